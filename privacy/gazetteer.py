"""The names a city lends to the gate: its places, its role mailboxes, and first names when a list is given."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from events.city import City
from privacy.normalise import fold, normalise

WORD = re.compile(r"[^\W_]+")
MAX_NAME_WORDS = 8


def words_of(name: str) -> tuple[str, ...]:
    """Return the folded words of a name: "Rue de l'Évêché" gives rue, de, l, eveche."""
    return tuple(fold(word) for word in WORD.findall(normalise(name).text))


@dataclass(frozen=True)
class Gazetteer:
    """What the deployment knows: `toponyms` and `first_names` as people write them, in any case.

    `role_domains` are the domains whose role mailboxes ("voirie@…") may be shown; None means all but free mail.
    """

    toponyms: frozenset[str] = frozenset()
    first_names: frozenset[str] = frozenset()
    role_domains: frozenset[str] | None = None
    names: frozenset[tuple[str, ...]] = field(init=False, repr=False)
    longest: int = field(init=False, repr=False)
    given: frozenset[str] = field(init=False, repr=False)
    version: str = field(init=False)

    def __post_init__(self) -> None:
        names = frozenset(words for name in self.toponyms if 0 < len(words := words_of(name)) <= MAX_NAME_WORDS)
        given = frozenset(fold(name) for name in self.first_names)
        object.__setattr__(self, "names", names)
        object.__setattr__(self, "longest", max(map(len, names), default=0))
        object.__setattr__(self, "given", given)
        parts = (
            sorted(map(" ".join, names)),
            sorted(given),
            sorted(self.role_domains or ()),
            self.role_domains is None,
        )
        object.__setattr__(self, "version", hashlib.sha256(repr(parts).encode()).hexdigest()[:12])


EMPTY = Gazetteer()


def city_gazetteer(
    city: City, landmarks: Iterable[str] = (), *, role_domains: Iterable[str] | None = None
) -> Gazetteer:
    """Return the gazetteer of a city: the names of its districts and axes, and the landmarks given."""
    places = {district.name for district in city.districts} | {axis.name for axis in city.axes} | set(landmarks)
    return Gazetteer(
        toponyms=frozenset(places),
        role_domains=None if role_domains is None else frozenset(domain.lower() for domain in role_domains),
    )
