"""When a recurring report is due: once for each local day, in the nights when the clocks change too."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from access.recurring import last_due, next_due

PARIS = ZoneInfo("Europe/Paris")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=PARIS).astimezone(UTC)


def test_a_morning_is_seven_on_the_city_s_clock_in_summer_and_winter() -> None:
    assert last_due(None, 420, at("2026-07-14T09:00"), PARIS) == (
        date(2026, 7, 14),
        datetime(2026, 7, 14, 5, tzinfo=UTC),
    )
    assert last_due(None, 420, at("2026-11-14T09:00"), PARIS) == (
        date(2026, 11, 14),
        datetime(2026, 11, 14, 6, tzinfo=UTC),
    )
    assert last_due(None, 420, at("2026-11-14T06:59"), PARIS)[0] == date(2026, 11, 13)
    assert next_due(None, 420, at("2026-11-14T07:00"), PARIS) == at("2026-11-15T07:00")


def test_a_week_is_its_weekday() -> None:
    assert last_due(0, 420, at("2026-11-16T06:59"), PARIS)[0] == date(2026, 11, 9)  # a Monday, a minute too early
    assert last_due(0, 420, at("2026-11-16T07:00"), PARIS)[0] == date(2026, 11, 16)
    assert next_due(0, 420, at("2026-11-16T07:00"), PARIS) == at("2026-11-23T07:00")


@pytest.mark.parametrize(("night", "hours"), [("2026-03-29", 23), ("2026-10-25", 25)])
@pytest.mark.parametrize("minute", [0, 60, 120, 150, 179, 180, 420])
def test_trap_the_night_the_clocks_change_makes_each_day_due_once(night: str, hours: int, minute: int) -> None:
    begin = at(f"{night}T00:00") - timedelta(days=1)
    found = [last_due(None, minute, begin + timedelta(minutes=step), PARIS) for step in range(60 * (48 + hours))]
    days = [day for day, _ in found]
    assert days == sorted(days), "a slot never comes back"
    for day in set(days):
        moments = {due for slot, due in found if slot == day}
        assert len(moments) == 1
    assert date.fromisoformat(night) in days
