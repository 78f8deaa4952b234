"""Types and subtypes of Waze, which its closure format (CIFS) shares, as our categories."""

from __future__ import annotations

SUBTYPES = {
    "hazard_on_road_construction": "chantier",
    "hazard_on_road_lane_closed": "restriction",
    "hazard_on_road_car_stopped": "panne",
    "hazard_on_shoulder_car_stopped": "panne",
    "hazard_weather_flood": "inondation",
    "hazard_weather_monsoon": "orage",
    "hazard_weather_heavy_rain": "orage",
    "hazard_weather_hail": "orage",
    "hazard_weather_hurricane": "vent",
    "hazard_weather_tornado": "vent",
    "hazard_weather_heat_wave": "chaleur",
}
TYPES = {
    "accident": "accident",
    "construction": "chantier",
    "hazard": "obstacle",
    "jam": "congestion",
    "road_closed": "fermeture",
}
# Where patrols stand is nothing the observatory may tell (docs/decisions).
POLICE = "police"
NO_POLICE = "police alerts are not read"


def category_of(kind: str | None, subtype: str | None) -> str | None:
    """Return our category for a type and its subtype, the subtype first; None when neither is known."""
    return SUBTYPES.get((subtype or "").casefold()) or TYPES.get((kind or "").casefold())
