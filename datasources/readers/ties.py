"""Records that their publisher ties to one another: several closures, directions or days of one situation."""

from __future__ import annotations

from collections.abc import Iterable


def situations(ties: Iterable[tuple[str, Iterable[str]]]) -> dict[str, str]:
    """Return, for each record tied to others, the one identifier all of them share: the first in order of letters.

    `ties`: the identifier of a record and those it names, whether or not the document holds them.
    """
    leaders: dict[str, str] = {}

    def leader(one: str) -> str:
        while leaders.setdefault(one, one) != one:
            leaders[one] = leaders[leaders[one]]
            one = leaders[one]
        return one

    for record_id, named in ties:
        for other in named:
            first, second = sorted((leader(record_id), leader(other)))
            leaders[second] = first
    return {one: leader(one) for one in list(leaders)}
