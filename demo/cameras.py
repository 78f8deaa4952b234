"""Sixty cameras that do not exist, at public junctions: the ends of the city's axes. Positions and coverage only."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from demo.desk import Desk
from demo.formats.tables import Row, decimal, write_table
from demo.streets import METRES_PER_DEGREE, Position, Streets

COUNT = 60
APART_M = 90.0
EXPIRED = frozenset({17, 33, 48})
"""Numbers of the cameras whose authorisation is over."""
ENDING = {8: 25}
"""Days left of an authorisation that its owner has to renew, by the number of its camera."""

COLUMNS = (
    "Identifiant",
    "Libellé",
    "Type",
    "Longitude",
    "Latitude",
    "Portée (m)",
    "Azimut",
    "Ouverture",
    "Finalité",
    "Fondement",
    "Autorisée jusqu'au",
    "Couverture vérifiée",
    "Vérifiée le",
    "Secteurs",
    "Masques",
    "Zones masquées",
    "Niveau de détail (px/m)",
    "Obstacles",
    "Service",
    "Analyse d'impact",
    "Diffusion",
)
_KINDS = ("dôme", "fixe", "dôme", "motorisée", "fixe", "lecture de plaques", "dôme", "fixe", "mobile", "motorisée")
_REACH_M = {"dôme": 95, "fixe": 70, "motorisée": 150, "lecture de plaques": 30, "mobile": 60}
_OPENING = {"fixe": 60, "lecture de plaques": 25}
_DETAIL = {"dôme": 62, "fixe": 125, "motorisée": 125, "lecture de plaques": 250, "mobile": 25}
_SEVERAL = 9
"""Every ninth camera has sensors that look two ways more."""
_MASKED = frozenset({4, 12, 20, 28, 36, 44, 52})
"""Numbers of the cameras with masks: the fronts of houses on one side, or a courtyard."""
_OFF = {25: "hors service", 57: "prévue"}
_YARD_M = 18.0
_PURPOSES = ("Régulation du trafic", "Sécurité des personnes et des biens", "Protection des bâtiments publics")


@dataclass(frozen=True, slots=True)
class Spot:
    """A junction, and the direction (degrees from north) of the axis that leaves it."""

    position: Position
    azimuth: float


def spots(streets: Streets) -> list[Spot]:
    """Return COUNT junctions at least APART_M apart, spread over the axes, always the same ones."""
    kept: list[Spot] = []
    for spot in _junctions(streets):
        if all(_metres(streets, spot.position, other.position) >= APART_M for other in kept):
            kept.append(spot)
    step = len(kept) / COUNT
    if step < 1:
        return kept
    return [kept[int(number * step)] for number in range(COUNT)]


def write_cameras(desk: Desk, streets: Streets, *, revision: int = 0) -> bytes:
    """Return the register; each revision moves the verification of one camera."""
    rows = [_row(desk, number, spot, revision) for number, spot in enumerate(spots(streets), start=1)]
    if desk.is_poisoned:
        rows.append(_misplaced(desk, rows[-1]))
    return write_table(COLUMNS, rows, has_bom=True)


def _row(desk: Desk, number: int, spot: Spot, revision: int) -> Row:
    kind = _KINDS[number % len(_KINDS)]
    today = desk.clock.started_at.astimezone(desk.clock.zone).date()
    ends_in = -40 if number in EXPIRED else ENDING.get(number, 200 + number * 7)
    opening = _OPENING.get(kind)
    is_verified = (number + revision) % 3 == 0
    return {
        "Identifiant": f"CAM-DEMO-{number:03d}",
        "Libellé": desk.canaries.planted(f"Caméra de démonstration {number}", desk.source, str(number), "label"),
        "Type": kind,
        "Longitude": decimal(spot.position[0]),
        "Latitude": decimal(spot.position[1]),
        "Portée (m)": _REACH_M[kind],
        "Azimut": "" if opening is None else round(spot.azimuth),
        "Ouverture": "" if opening is None else opening,
        "Finalité": desk.canaries.planted(_PURPOSES[number % len(_PURPOSES)], desk.source, str(number), "purpose"),
        "Fondement": "Arrêté fictif de démonstration",
        "Autorisée jusqu'au": (today + timedelta(days=ends_in)).strftime("%d/%m/%Y"),
        "Couverture vérifiée": "oui" if is_verified else "non",
        "Vérifiée le": (today - timedelta(days=30 + number)).strftime("%d/%m/%Y") if is_verified else "",
        "Secteurs": _sectors(number, spot, _REACH_M[kind]),
        "Masques": f"{round(spot.azimuth + 40) % 360}/50" if number in _MASKED else "",
        "Zones masquées": _yard(spot) if number in _MASKED and opening is None else "",
        "Niveau de détail (px/m)": _DETAIL[kind],
        "Obstacles": "oui" if number % 4 == 0 else "non",
        "Service": _OFF.get(number, "en service"),
        "Analyse d'impact": f"AIPD de démonstration {1 + number % 3}",
        "Diffusion": "partenaires" if number % 4 == 0 else "public",
    }


def _sectors(number: int, spot: Spot, reach_m: int) -> str:
    """Return two directions more, each with its reach, as the registers of cities write them."""
    if number % _SEVERAL:
        return ""
    aims = ((spot.azimuth + 120, 50, reach_m), (spot.azimuth + 240, 40, reach_m // 2))
    return " | ".join(f"{round(azimuth) % 360}/{opening}/{reach}" for azimuth, opening, reach in aims)


def _yard(spot: Spot) -> str:
    """Return a courtyard beside the junction as WKT."""
    lon, lat = spot.position
    high, wide = _YARD_M / METRES_PER_DEGREE, _YARD_M / METRES_PER_DEGREE / math.cos(math.radians(lat))
    corners = ((1, 1), (3, 1), (3, 3), (1, 3), (1, 1))
    return f"POLYGON(({', '.join(f'{lon + x * wide:.6f} {lat + y * high:.6f}' for x, y in corners)}))"


def _misplaced(desk: Desk, row: Row) -> Row:
    """Return one row more, whose longitude and latitude changed places."""
    number = COUNT + 1
    label = desk.canaries.planted(f"Caméra de démonstration {number}", desk.source, str(number), "label")
    swapped = {"Longitude": row["Latitude"], "Latitude": row["Longitude"]}
    return row | swapped | {"Identifiant": f"CAM-DEMO-{number:03d}", "Libellé": label}


def _junctions(streets: Streets) -> Iterator[Spot]:
    for street in streets.axes.values():
        if street.road_class in ("motorway", "tunnel"):
            continue
        line: list[Position] = [(point[0], point[1]) for point in street.line.coords]
        yield Spot(line[0], streets.azimuth(line[0], line[1]))
        yield Spot(line[-1], streets.azimuth(line[-1], line[-2]))


def _metres(streets: Streets, one: Position, other: Position) -> float:
    (x1, y1), (x2, y2) = streets.metres([one, other]).coords
    return math.hypot(x2 - x1, y2 - y1)
