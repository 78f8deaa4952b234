"""A report of the control as a year of a made city gives it: differences, classes, every panel measured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from events.city import City
from insight.control.beside import Beside
from insight.control.exposure import Place
from insight.control.findings import PUBLIC_PART
from insight.control.observed import observe
from insight.control.report import report
from insight.coverage import Covered, axis_km
from store.control_rows import STOPPED, Attached, Screened, Told, Use

TOLD_BY = {"police-municipale": "initiative", "voirie": "report", "rtm": "sensor"}
LATE = 12  # the place of the district whose events are published late
ONE_VOICE = "obstacle"  # the category that the first organisation alone tells of in the first district
_WEEKS = 30


def made_report(city: City, end: datetime, seed: int = 4) -> Mapping[str, Any]:
    """Return the content of a report of a city where one district is served later than the others."""
    rng = np.random.default_rng(seed)
    codes = [one.code for one in city.districts]
    rows = _records(rng, codes, end)
    kilometres = axis_km(city)
    places = {
        one.code: Place(code=one.code, inhabitants=one.population, axis_km=kilometres[one.code], area_km2=one.area_km2)
        for one in city.districts
    }
    zone = ZoneInfo(city.timezone)
    seen = {code: Covered(cameras=3 + number % 5, area=0.02, axes=0.1) for number, code in enumerate(codes)}
    whole = Beside(
        places=places, covered=seen, zone=zone, organisation_of={one: one for one in TOLD_BY}, **_around(rng, end)
    )
    public = [row for row in rows if row.is_public]
    opened = report(observe(public, codes, end), Beside(places=places, covered=seen, zone=zone), PUBLIC_PART)
    return {**report(observe(rows, codes, end), whole), "public": opened}


def _records(rng: np.random.Generator, codes: list[str], end: datetime) -> list[Told]:
    rows = []
    for week in range(_WEEKS):
        for organisation, mode in TOLD_BY.items():
            for number, code in enumerate(codes):
                for _ in range(int(rng.poisson(12))):
                    start = end - timedelta(days=7 * week + 7 * float(rng.random()))
                    delay = rng.lognormal(6.8 if number == LATE else 5.9, 0.6)
                    rows.append(
                        Told(
                            organisation=organisation, mode=mode, category=("accident", "travaux", "inconnu")[int(rng.integers(0, 20)) % 3 if rng.random() < 0.1 else int(rng.integers(0, 2))],
                            severity=int(rng.integers(0, 4)), districts=(code,), start=start, recorded_at=start + timedelta(seconds=float(delay)),
                            closed_at=start + timedelta(seconds=float(rng.lognormal(8, 0.5))), is_public=bool(rng.random() < 0.7),
                            source=f"{organisation}-{int(rng.integers(0, 3))}", is_confirmed=bool(rng.random() < 0.9), is_lacking=bool(rng.random() < 0.1),
                        )
                    )  # fmt: skip
    alone = [one for one in rows if one.districts == (codes[0],) and one.organisation == next(iter(TOLD_BY))]
    return [*rows, *(replace(one, category=ONE_VOICE) for one in alone[::2])]


def _around(rng: np.random.Generator, end: datetime) -> dict[str, Any]:
    """Return lines of the audit, polls and attachments spread over half a year."""

    def moments(count: int) -> list[datetime]:
        return [end - timedelta(hours=float(one)) for one in rng.uniform(0, 24 * 7 * 25, count)]

    used = (("manager", "export.csv", 400), ("reader", "export.csv", 300), ("supervisor", "event.read", 90))
    uses = [Use(at, role, "ville", action, "done") for role, action, count in used for at in moments(count)]
    return {
        "uses": [*uses, *(Use(at, "contributor", "voirie", STOPPED, "done") for at in moments(240))],
        "runs": [Screened(at, one, 50, int(rng.integers(0, 4))) for one in TOLD_BY for at in moments(200)],
        "sent": [Attached(at, "police-municipale", "refused" if rng.random() < 0.5 else "published", 2, 2) for at in moments(500)],
    }  # fmt: skip
