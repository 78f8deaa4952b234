"""Makes a report of the control from what is kept, each month and whenever somebody asks."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from datasources.contract import Source
from events.audience import ANONYMOUS, Viewer
from events.city import City
from store import control_rows, readers
from store.control_reports import KeptReport, flags_of, has_month, keep
from store.database import Database

if TYPE_CHECKING:
    from insight.control.beside import Beside

LEAST_RECORDS = 30  # a month with fewer has nothing to control
LOOK_EVERY = timedelta(minutes=5)
_ALL = Viewer(sees_restricted=True)

_log = logging.getLogger(__name__)


class Controls:
    """Makes and keeps the reports of one city."""

    def __init__(
        self, database: Database, city: City, sources: Iterable[Source], clock: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._city = city
        self.clock = clock
        self._organisation_of = {one.id: one.organisation for one in sources}
        self._look_at: datetime | None = None

    def tick(self, *, is_leading: bool = True) -> None:
        """Make the report of this month when it is missing; looks at most once in LOOK_EVERY. Raises StoreUnavailable."""
        now = self.clock()
        if not is_leading or (self._look_at is not None and now < self._look_at):
            return
        self._look_at = now + LOOK_EVERY
        month = self.month(now)
        if not has_month(self._database, month) and self._is_worth_it(now):
            self.make(month)

    def month(self, now: datetime) -> str:
        """Return the month of a moment on the city's clock, `2026-11`."""
        return f"{now.astimezone(ZoneInfo(self._city.timezone)):%Y-%m}"

    def make(self, month: str | None = None) -> KeptReport | None:
        """Make a report of the weeks before now and keep it; None when the month has one already. Raises StoreUnavailable."""
        now = self.clock()
        made = keep(self._database, self.content(now), now, month)
        if made is not None:
            flags = len(flags_of(made.content))
            _log.info("control report %d made for %s: %d differences flagged", made.id, month or "now", flags)
        return made

    def content(self, now: datetime) -> dict[str, Any]:
        """Return what a report made at a moment says; nothing is kept."""
        # scipy takes half a second to load and is needed once a month.
        from insight.control.beside import Beside
        from insight.control.findings import PUBLIC_PART
        from insight.control.observed import WEEK, WEEKS, observe
        from insight.control.report import report
        from insight.coverage import city_part, covered

        codes = [one.code for one in self._city.districts]
        told = tuple(control_rows.told(self._database, now - WEEKS * WEEK, now))
        beside = self._beside(now)
        # What anyone reads is made of what anyone may see alone: no difference of two figures tells of the rest.
        cameras = [kept.camera for kept in readers.cameras(self._database, viewer=ANONYMOUS)]
        covers = covered(cameras, self._city) if cameras else {}
        of_city = city_part(covers, self._city) if cameras else None
        public = Beside(places=beside.places, covered=covers, covered_city=of_city, zone=beside.zone)
        return {
            **report(observe(told, codes, now), beside),
            "public": report(observe([row for row in told if row.is_public], codes, now), public, PUBLIC_PART),
        }

    def _beside(self, now: datetime) -> Beside:
        from insight.control.beside import Beside
        from insight.control.exposure import Place
        from insight.control.uses import SPAN
        from insight.coverage import axis_km, city_part, covered

        kilometres = axis_km(self._city)
        places = {
            one.code: Place(
                code=one.code, inhabitants=one.population, axis_km=kilometres[one.code], area_km2=one.area_km2
            )
            for one in self._city.districts
        }
        found = covered((kept.camera for kept in readers.cameras(self._database, viewer=_ALL)), self._city)
        return Beside(
            places=places,
            covered=found,
            covered_city=city_part(found, self._city),
            uses=tuple(control_rows.uses(self._database, now - SPAN, now)),
            sent=tuple(control_rows.attached(self._database, now - SPAN, now)),
            runs=tuple(control_rows.screened(self._database, now - SPAN, now)),
            organisation_of=self._organisation_of,
            zone=ZoneInfo(self._city.timezone),
        )

    def _is_worth_it(self, now: datetime) -> bool:
        rows = control_rows.told(self._database, now - timedelta(weeks=4), now)
        return sum(1 for _, _ in zip(range(LEAST_RECORDS), rows, strict=False)) == LEAST_RECORDS
