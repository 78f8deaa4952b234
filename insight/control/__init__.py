"""The control of drift and discrimination: whether the city is observed everywhere in the same way, and what changed.

Counts of records only, by district and organisation: no person, no score of a place, no ranking, no forecast.
"""

VERSION = 2
"""Of what a report holds: raised when a measure is added or computed otherwise, with its line in the history of the rules."""
