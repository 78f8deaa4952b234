"""What a row must not hold to be a count: where exactly, by which crew, by whom, at which door."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache

from events.errors import InvalidRecord

_FORBIDDEN = {
    "a position": "lon lat lng long longitude latitude coord coords coordonnees coordinates geom geometry geometrie point x y xl93 yl93 wkt",
    "a unit": "unite equipage patrouille brigade indicatif callsign crew patrol",
    "an agent": "agent agents matricule badge officer operator auteur nom prenom surname name telephone phone mail email plaque",
    "an address": "adresse address addr rue street voie",
}
_WHAT = {word: what for what, words in _FORBIDDEN.items() for word in words.split()}
# "unite_de_compte" and "nb_agents" say how is counted, not who; "nom_commune" names an area.
_COUNTING = frozenset(
    {
        "compte", "comptage", "measure", "mesure", "nb", "nombre", "count", "effectif", "commune", "arrondissement",
        "departement", "region", "quartier", "district", "secteur",
    }
)  # fmt: skip
_DEPTH = 5


def check_counted_row(row: Mapping[str, object], depth: int = 0) -> None:
    """Raise InvalidRecord for a row whose filled columns place or name what it counts; the value is never quoted.

    Police operations and incident logs are taken as district x day x slot only: a row with more is refused whole,
    because its publisher sent what it may not.
    """
    for name, value in row.items():
        if isinstance(value, Mapping) and depth < _DEPTH:
            check_counted_row(value, depth + 1)
        if value is None or (isinstance(value, str) and not value.strip()):
            continue
        what = what_it_tells(name)
        if what is not None:
            raise InvalidRecord(f"a count by district and period has {what} in the column {_shown(name)!r}: not kept")


@lru_cache(maxsize=4096)
def what_it_tells(name: str) -> str | None:
    """Return what a column of this name may hold that no count has: "a position", "a unit"…; None for nothing such."""
    words = words_of(name[:200])
    what = next((_WHAT[word] for word in sorted(words) if word in _WHAT), None)
    return None if words & _COUNTING else what


def words_of(name: str) -> frozenset[str]:
    """Return the words in the name of a column, without accents or case."""
    split = re.sub(r"([a-z])([A-Z])", r"\1 \2", name)
    plain = unicodedata.normalize("NFKD", split).encode("ascii", "ignore").decode().lower()
    return frozenset(re.findall(r"[a-z]+\d*|\d+", plain)) | frozenset(re.findall(r"[a-z]+", plain))


def _shown(name: str) -> str:
    return re.sub(r"[^\w .-]", "", name)[:60]
