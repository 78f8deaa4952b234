"""The names that the gate reads with: the city's places, its role mailboxes, and first names."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from events.city import City
from privacy.first_names import FirstNames, Need, known_first_names
from privacy.normalise import fold, normalise

WORD = re.compile(r"[^\W_]+")
MAX_NAME_WORDS = 8


def words_of(name: str) -> tuple[str, ...]:
    """Return the folded words of a name: "Rue de l'Évêché" gives rue, de, l, eveche."""
    return tuple(fold(word) for word in WORD.findall(normalise(name).text))


@dataclass(frozen=True)
class Gazetteer:
    """What the deployment knows: `toponyms` as people write them, in any case, and first names (INSEE's unless given).

    `role_domains` are the domains whose role mailboxes ("voirie@…") may be shown; None means all but free mail.
    `given` are the first names and their need: one that is also the whole name of a place needs a neighbour.
    """

    toponyms: frozenset[str] = frozenset()
    first_names: FirstNames = field(default_factory=known_first_names, repr=False)
    role_domains: frozenset[str] | None = None
    names: frozenset[tuple[str, ...]] = field(init=False, repr=False)
    longest: Mapping[str, int] = field(init=False, repr=False)
    given: Mapping[str, Need] = field(init=False, repr=False)
    version: str = field(init=False)

    def __post_init__(self) -> None:
        names = frozenset(words for name in self.toponyms if 0 < len(words := words_of(name)) <= MAX_NAME_WORDS)
        longest: dict[str, int] = {}
        for words in names:
            if len(words) > 1:
                longest[words[0]] = max(len(words), longest.get(words[0], 0))
        places = {words[0] for words in names if len(words) == 1}
        needs = self.first_names.needs
        object.__setattr__(self, "names", names)
        object.__setattr__(self, "longest", longest)
        object.__setattr__(self, "given", {**needs, **dict.fromkeys(places & set(needs), Need.NEIGHBOUR)})
        parts = (
            sorted(map(" ".join, names)),
            self.first_names.version,
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
