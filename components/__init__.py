"""Draws: pure functions from plain values to Dash components. Knows no database, no source, no request."""
