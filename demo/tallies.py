"""Police operations as counts per district and 6-hour slot, of past days only; whoever publishes them hides small ones."""

from __future__ import annotations

import random
from datetime import date, datetime, time, timedelta

from demo.desk import Desk
from demo.formats.tables import Row, local, write_table
from demo.happening import steady_number
from demo.streets import Streets

DAYS = 14  # the last whole week is always among them
SLOT_HOURS = (0, 6, 12, 18)
COLUMNS = ("Référence", "Arrondissement", "Début", "Fin", "Mesure", "Nombre", "Masqué", "Observations internes")
_BUSY = {0: 0.5, 6: 0.8, 12: 1.3, 18: 1.6}
_PEOPLE_PER_OPERATION = 4500.0


def write_tallies(desk: Desk, streets: Streets, *, revision: int = 0) -> bytes:
    """Return the counts of the days before this one; the publisher is one day late and never names a place."""
    today = desk.now.astimezone(desk.clock.zone).date()
    rows = [
        _row(desk, district, people, day, hour)
        for day in (today - timedelta(days=back) for back in range(1, DAYS + 1))
        for hour in SLOT_HOURS
        for district, people in streets.populations.items()
    ]
    if revision:
        rows[0] |= {"Nombre": revision}
    if desk.is_poisoned:
        rows[-1]["Début"] = "hier"
    return write_table(COLUMNS, rows)


def _row(desk: Desk, district: str, people: int, day: date, hour: int) -> Row:
    start = datetime.combine(day, time(hour), desk.clock.zone)
    end_day, end_hour = (day + timedelta(days=1), 0) if hour == SLOT_HOURS[-1] else (day, hour + 6)
    reference = f"{district}-{day:%Y-%m-%d}-{hour:02d}h"
    return {
        "Référence": reference,
        "Arrondissement": district,
        "Début": local(start),
        "Fin": local(datetime.combine(end_day, time(end_hour), desk.clock.zone)),
        "Mesure": "operations_police",
        "Nombre": _count(district, people, day, hour),
        "Masqué": "non",
        "Observations internes": desk.canaries.contact(desk.source, reference, "internal") or "",
    }


def _count(district: str, people: int, day: date, hour: int) -> int:
    chance = random.Random(steady_number(district, day, hour))
    return max(0, round(people / _PEOPLE_PER_OPERATION * _BUSY[hour] * chance.uniform(0.4, 1.6)))
