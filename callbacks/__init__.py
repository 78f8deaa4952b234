"""Joins screen and kept records; each topic has its module, `register` joins them to an application."""
