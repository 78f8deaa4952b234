"""What a row must not hold to be a count: where exactly, by which crew, by whom, at which door."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from events.errors import InvalidRecord

_FORBIDDEN = {
    "a position": "lon lat longitude latitude coord coords coordonnees coordinates geom geometry geometrie point x y xl93 yl93 wkt",
    "a unit": "unite equipage patrouille brigade indicatif callsign crew patrol",
    "an agent": "agent agents matricule badge officer operator auteur nom prenom surname telephone phone mail email",
    "an address": "adresse address addr rue street voie",
}
_WHAT = {word: what for what, words in _FORBIDDEN.items() for word in words.split()}
# "unite_de_compte" and "nb_agents" say how is counted, not who.
_COUNTING = frozenset({"compte", "comptage", "measure", "mesure", "nb", "nombre", "count", "effectif"})


def check_counted_row(row: Mapping[str, object]) -> None:
    """Raise InvalidRecord for a row whose filled columns place or name what it counts; the value is never quoted.

    Police operations and incident logs are taken as district x day x slot only: a row with more is refused whole,
    because its publisher sent what it may not.
    """
    for name, value in row.items():
        if isinstance(value, Mapping):
            check_counted_row(value)
        if value is None or (isinstance(value, str) and not value.strip()):
            continue
        words = _words(name)
        what = next((_WHAT[word] for word in sorted(words) if word in _WHAT), None)
        if what is not None and not words & _COUNTING:
            raise InvalidRecord(f"a count by district and period has {what} in the column {name[:60]!r}: not kept")


def _words(name: str) -> frozenset[str]:
    split = re.sub(r"([a-z])([A-Z])", r"\1 \2", name)
    plain = unicodedata.normalize("NFKD", split).encode("ascii", "ignore").decode().lower()
    return frozenset(re.findall(r"[a-z]+\d*|\d+", plain))
