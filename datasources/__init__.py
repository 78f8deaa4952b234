"""Reads partners: the contract of a source, the catalogue, the guarded client, polling, its schedule and verdicts."""
