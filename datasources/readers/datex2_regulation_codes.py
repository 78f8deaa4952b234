"""What the words of a DATEX II traffic regulation mean here: types to categories, states, whom a condition names."""

from __future__ import annotations

from collections.abc import Iterable

from events.taxonomy import UNKNOWN_CATEGORY
from events.vocabulary import StoredStatus

ACCESS, NO_ENTRY, SPEED = "AccessRestriction", "noEntry", "SpeedLimit"
CLOSED = "fermeture"
_CATEGORIES = {
    ACCESS: "restriction",
    SPEED: "restriction",
    "AlternateRoadOrCarriagewayOrLaneLayout": "restriction",
    "DirectionRestriction": "restriction",
    "MandatoryRoadOrCarriagewayOrLaneUsage": "restriction",
    "NoOvertaking": "restriction",
    "OvertakingRestriction": "restriction",
    "StandingOrParkingRestriction": "parking",
}
_RANK = (CLOSED, "restriction", "parking", UNKNOWN_CATEGORY)  # of several types of one regulation the first one counts

WITHDRAWN = "withdrawn"
# None: the order holds. What is announced, or of a state we do not know, waits for someone to look.
STATUS: dict[str, StoredStatus | None] = {
    "": None,
    "active": None,
    "madeAndImplemented": None,
    "madeAndPartiallyImplemented": None,
    "partiallyWithdrawn": None,
}
WORDS = {
    "agriculturalVehicle": "véhicules agricoles",
    "anyVehicle": "tous véhicules",
    "bicycle": "vélos",
    "bus": "bus",
    "car": "voitures",
    "caravan": "caravanes",
    "cityLogistics": "logistique urbaine",
    "commercial": "véhicules commerciaux",
    "emergencyServices": "véhicules de secours",
    "hazardousMaterials": "matières dangereuses",
    "heavyGoodsVehicle": "poids lourds",
    "lorry": "poids lourds",
    "moped": "cyclomoteurs",
    "motorcycle": "motos",
    "pedestrians": "piétons",
    "cyclists": "cyclistes",
    "taxi": "taxis",
}
# Leaf of a characteristic -> its name and unit. How it compares is not told: DiaLog writes "at most 3.5 t" for a ban of
# what is heavier, so that only the limit itself can be trusted.
MEASURES = {
    "grossVehicleWeight": ("poids", "t"),
    "vehicleHeight": ("hauteur", "m"),
    "vehicleWidth": ("largeur", "m"),
    "vehicleLength": ("longueur", "m"),
    "heaviestAxleWeight": ("poids à l’essieu", "t"),
}
NAMED = frozenset({"vehicleType", "vehicleUsage", "loadType", "fuelType", "nonVehicularRoadUser"})
FREE_WORDS = frozenset({"otherVehicleType", "emissionClassificationOther"})


def category_of(kinds: Iterable[tuple[str, str]], *, is_for_some: bool) -> str:
    """Return the category of a regulation: entry forbidden to all is a closure, to some a restriction."""
    found = {
        CLOSED if (kind, code) == (ACCESS, NO_ENTRY) and not is_for_some else _CATEGORIES.get(kind, UNKNOWN_CATEGORY)
        for kind, code in kinds
    }
    return next((one for one in _RANK if one in found), UNKNOWN_CATEGORY)


def status_of(*words: str) -> StoredStatus | None:
    """Return the stored status of an order and its regulation."""
    return next((StoredStatus.TO_CONFIRM for word in words if word not in STATUS), None)
