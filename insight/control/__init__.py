"""The control of drift and discrimination: whether the city is observed everywhere in the same way, and what changed.

Counts of records only, by district and organisation: no person, no score of a place, no ranking, no forecast.
"""

VERSION = 3
"""Of what a report holds: raised when a measure is added or computed otherwise, with its line in the history of the rules."""

DRAWN_FROM = 2
"""The first version whose figures are drawn as they are today: those after it only added measures."""


def is_drawn(version: int) -> bool:
    """Tell whether the figures of a report of this version can be drawn."""
    return DRAWN_FROM <= version <= VERSION
