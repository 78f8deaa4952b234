"""Events, road states, cameras and tallies as CSV, the French way: semicolons, decimal commas."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from demo.desk import Desk
from demo.formats.features import LEVELS, TRAFFIC_WORDS
from demo.happening import Happening

MEDIA_TYPE = "text/csv; charset=utf-8"
LOCAL_TIME = "%d/%m/%Y %H:%M:%S"

Row = dict[str, object]
Cell = Callable[[Desk, Happening], object]

_STATES = {"to_confirm": "À confirmer", "cancelled": "Annulé"}


def local(moment: datetime) -> str:
    """Return a wall-clock time without offset, as French spreadsheets write it."""
    return moment.strftime(LOCAL_TIME)


def decimal(value: float | None, places: int = 5) -> str:
    """Return a number with a decimal comma; empty for None."""
    return "" if value is None else f"{value:.{places}f}".replace(".", ",")


def write_table(columns: Sequence[str], rows: Sequence[Mapping[str, object]], *, has_bom: bool = False) -> bytes:
    """Return the table; the header is always there, rows or not."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns, delimiter=";", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode("utf-8-sig" if has_bom else "utf-8")


def _position(happening: Happening, index: int) -> str:
    geometry = happening.geometry
    if geometry is None or geometry["type"] != "Point":
        return ""
    coordinates = geometry["coordinates"]
    assert isinstance(coordinates, list)
    return decimal(coordinates[index])


EVENT_COLUMNS: dict[str, Cell] = {
    "Référence": lambda desk, one: desk.reference(one.id),
    "Nature": lambda _, one: one.category,
    "Objet": lambda desk, one: desk.text(one, "headline", one.headline),
    "Lieu": lambda desk, one: desk.text(one, "place", one.place),
    "Précisions": lambda desk, one: desk.text(one, "description", one.description),
    "Effet": lambda desk, one: desk.text(one, "effect0", one.effects[0].text if one.effects else ""),
    "Axe": lambda _, one: (one.effects[0].axis or "") if one.effects else "",
    "Circulation": lambda _, one: TRAFFIC_WORDS.get(one.effects[0].state or "", "") if one.effects else "",
    "Début": lambda desk, one: local(desk.wall(one.start)),
    "Fin": lambda desk, one: local(desk.wall(one.end)),
    "Mise à jour": lambda desk, one: local(desk.wall(one.updated)),
    "Gravité": lambda _, one: LEVELS[one.severity],
    "État": lambda _, one: _STATES.get(one.status, "Confirmé"),
    "Jauge": lambda _, one: one.size or "",
    "Longitude": lambda _, one: _position(one, 0),
    "Latitude": lambda _, one: _position(one, 1),
    "Observations internes": lambda desk, one: desk.canaries.contact(desk.source, one.id, "internal") or "",
}


def write_events(desk: Desk, happenings: Sequence[Happening], codes: Mapping[str, str]) -> bytes:
    """Return events as a table with a byte-order mark, as spreadsheets save it."""
    rows: list[Row] = []
    for happening in happenings:
        row = {column: cell(desk, happening) for column, cell in EVENT_COLUMNS.items()}
        rows.append(row | {"Nature": codes.get(happening.category, happening.category)})
    if desk.is_poisoned and rows:
        rows[-1]["Début"], rows[-1]["Fin"] = rows[-1]["Fin"], rows[-1]["Début"]
    return write_table(list(EVENT_COLUMNS), rows, has_bom=True)
