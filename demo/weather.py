"""The weather service: it publishes warnings, and answers for each message of its index."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from demo.clock import read_moment
from demo.desk import Desk
from demo.formats import cap
from demo.formats.cap import Chain
from demo.happening import Happening

LATE_SOURCE = "meteo-vigilance"
LATE_PUBLICATION = "14:00"
"""From this played hour on the weather service speaks only when a warning changes: its data grow old."""


class Weather:
    """What a service says at a minute; `revision` counts the changes a test asked of its first warning."""

    def __init__(self, happenings: Sequence[Happening]) -> None:
        self._happenings = tuple(happenings)

    def index(self, desk: Desk, revision: int, is_empty: bool) -> bytes:
        """Return the Atom index of the messages in force."""
        chains = [] if is_empty else self._chains(desk, revision)
        updated = max([read_moment(LATE_PUBLICATION), *(chain[-1].updated for chain in chains)])
        return cap.write_index(desk, chains, desk.iso(updated))

    def message(self, desk: Desk, revision: int, name: str) -> bytes | None:
        """Return the message of this name; None when the index never named it. Superseded ones can still be had."""
        for chain in self._chains(desk, revision):
            for count, happening in enumerate(chain, start=1):
                if name == f"{cap.FOLDER}/{cap.identifier(desk, happening)}.xml":
                    return cap.write_message(desk, chain[:count])
        return None

    def _chains(self, desk: Desk, revision: int) -> list[Chain]:
        known: list[Chain] = [chain for one in self._happenings if (chain := _chain(one, desk.minute))]
        if known and revision:
            last = known[0][-1]
            known[0] = [*known[0], *(last.bumped(count, desk.minute) for count in range(1, revision + 1))]
        return known


def _chain(happening: Happening, minute: float) -> list[Happening]:
    """Return everything said of a happening until a played minute, one state for each publication."""
    first = replace(happening, changes=()).as_of(minute)
    if first is None:
        return []
    later = [happening.as_of(change.at) for change in happening.changes if change.at <= minute]
    return [first, *(state for state in later if state is not None)]
