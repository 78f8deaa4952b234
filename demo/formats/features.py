"""Events as a GeoJSON FeatureCollection, property names and codes being each partner's own."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from demo.desk import Desk
from demo.happening import Happening, Stop

MEDIA_TYPE = "application/geo+json"
LEVELS = ("information", "mineur", "modéré", "majeur", "critique")


@dataclass(frozen=True, slots=True)
class Dialect:
    """A partner's own words: `names` of properties (ours -> theirs), `codes` of categories (ours -> theirs)."""

    names: Mapping[str, str] = field(default_factory=dict)
    codes: Mapping[str, str] = field(default_factory=dict)

    def name(self, ours: str) -> str:
        """Return the partner's name of a property."""
        return self.names.get(ours, ours)


def write_features(desk: Desk, happenings: Sequence[Happening], dialect: Dialect, published: str) -> bytes:
    """Return the collection; `published` is the partner's own time of publication."""
    features = [_feature(desk, happening, dialect) for happening in happenings]
    if desk.is_poisoned and features:
        _poison(features[-1], dialect)
    document = {"type": "FeatureCollection", "timeStamp": published, "features": features}
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def _feature(desk: Desk, happening: Happening, dialect: Dialect) -> dict[str, object]:
    reference = desk.reference(happening.id)
    ours: dict[str, object] = {
        "reference": reference,
        "version": happening.version,
        "categorie": dialect.codes.get(happening.category, happening.category),
        "gravite": LEVELS[happening.severity],
        "intitule": desk.text(happening, "headline", happening.headline),
        "lieu": desk.text(happening, "place", happening.place),
        "description": desk.text(happening, "description", happening.description) or None,
        "consigne": desk.text(happening, "instruction", happening.instruction) or None,
        "debut": desk.iso(happening.start),
        "fin": desk.iso(happening.end),
        "mise_a_jour": desk.iso(happening.updated),
        "etat": {"to_confirm": "a_confirmer", "cancelled": "annule"}.get(happening.status, "confirme"),
        "statut": MARCH_WORDS[happening.march] if happening.march else None,
        "nature": "exercice" if happening.exercise else "reel",
        "classe_effectif": happening.size,
        "effets": _effects(desk, happening),
        "passages": [_passage(desk, happening, stop) for stop in happening.stops] or None,
        "contact": desk.canaries.contact(desk.source, happening.id, "contact"),
    }
    properties = {dialect.name(key): value for key, value in ours.items() if value is not None}
    return {"type": "Feature", "id": reference, "geometry": happening.geometry, "properties": properties}


def _effects(desk: Desk, happening: Happening) -> list[dict[str, str]] | None:
    effects: list[dict[str, str]] = []
    for number, effect in enumerate(happening.effects):
        written = {"texte": desk.text(happening, f"effect{number}", effect.text)}
        if effect.axis:
            written["axe"] = effect.axis
        if effect.state:
            written["circulation"] = TRAFFIC_WORDS[effect.state]
        effects.append(written)
    return effects or None


def _passage(desk: Desk, happening: Happening, stop: Stop) -> dict[str, object]:
    passage: dict[str, object] = {
        "libelle": desk.text(happening, f"stop{stop.chainage_m}", stop.label),
        "type": STOP_WORDS[stop.kind],
        "distance_m": stop.chainage_m,
        "prevu": desk.iso(stop.planned),
        "longitude": stop.position[0],
        "latitude": stop.position[1],
    }
    if stop.observed is not None:
        passage["constate"] = desk.iso(stop.observed)
    return passage


def _poison(feature: dict[str, object], dialect: Dialect) -> None:
    properties = feature["properties"]
    assert isinstance(properties, dict)
    start, end = dialect.name("debut"), dialect.name("fin")
    properties[start], properties[end] = properties[end], properties[start]


TRAFFIC_WORDS = {"free": "fluide", "slow": "ralenti", "congested": "sature", "closed": "ferme", "unknown": "inconnu"}
MARCH_WORDS = {"declared": "declaree", "under_way": "en_cours", "dispersed": "dispersee"}
STOP_WORDS = {
    "assembly": "rassemblement",
    "start": "depart",
    "pass": "passage",
    "halt": "arret",
    "dispersal": "dispersion",
}
