"""The figures that a copy of an analysis told, kept as long as the copy: what changed since the last is read from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, delete, insert, select

from store.database import Database
from store.report_tables import report_copy, report_figures

NAMES = ("total", "serious", "closed", "congested", "delay")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Figures of the local days `first` to `last`, counted for an audience (`public`, `partners`).

    `values` by NAMES: counts, hours, a share (0 to 1), seconds; None where nothing was measured.
    """

    audience: str
    first: date
    last: date
    is_whole: bool
    values: Mapping[str, float | None]


def keep_figures(connection: Connection, copy_id: str, figures: Figures) -> None:
    """Keep the figures of a copy instead of those it had, inside the caller's transaction."""
    connection.execute(delete(report_figures).where(report_figures.c.copy_id == copy_id))
    told = {"audience": figures.audience, "first": figures.first.isoformat(), "last": figures.last.isoformat()}
    made = {"copy_id": copy_id, "is_whole": figures.is_whole, **{name: figures.values[name] for name in NAMES}}
    connection.execute(insert(report_figures), made | told)


def figures_before(
    database: Database, report_id: str, due_at: datetime, audience: str
) -> tuple[datetime, Figures] | None:
    """Return when the last copy before one was made and its figures; None when none is kept for the same audience.

    Figures counted for who saw more, or less, are not compared: the difference would be that of the readers.
    """
    earlier = (
        report_copy.c.report_id == report_id, report_copy.c.due_at < due_at, report_copy.c.made_at.is_not(None),
        report_copy.c.content.is_not(None), report_figures.c.audience == audience,
    )  # fmt: skip
    query = select(report_copy.c.made_at, report_figures).select_from(report_copy.join(report_figures)).where(*earlier)
    with database.read() as connection:
        row = connection.execute(query.order_by(report_copy.c.due_at.desc()).limit(1)).first()
    if row is None:
        return None
    return row.made_at, Figures(
        audience=row.audience, first=date.fromisoformat(row.first), last=date.fromisoformat(row.last),
        is_whole=row.is_whole, values={name: getattr(row, name) for name in NAMES},
    )  # fmt: skip
