"""Keeps versions and changes of what was admitted; answers what was in force, and what we knew."""
