"""The calendar of a city: facts read whole or refused, and no day told as ordinary that it does not know."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from dateutil.easter import easter

from events.calendar import NO_HOLIDAYS
from events.calendar_file import read_calendar
from events.errors import ConfigurationError
from settings import ROOT

HEAD = 'since = 2026-01-01\nuntil = 2026-12-31\nattribution = "Somebody"\n'
CITIES = sorted(path.parent for path in (ROOT / "cities").glob("*/calendar.toml"))


def read(folder: Path, told: str):
    (folder / "calendar.toml").write_text(HEAD + told, encoding="utf-8")
    return read_calendar(folder)


def test_holidays_come_in_order_of_time_by_name_and_kind(tmp_path):
    found = read(
        tmp_path,
        '[[school]]\nname = { fr = "Toussaint" }\nfirst = 2026-10-17\nlast = 2026-11-01\n'
        '[[public]]\nname = { fr = "Fête", en = "Feast" }\ndays = [2026-05-01, 2026-11-01]\n',
    )
    assert [(one.first, one.is_public, one.name_in("en")) for one in found.holidays] == [
        (date(2026, 5, 1), True, "Feast"), (date(2026, 10, 17), False, "Toussaint"), (date(2026, 11, 1), True, "Feast")
    ]  # fmt: skip
    assert [one.is_public for one in found.during(date(2026, 11, 1), date(2026, 11, 9))] == [False, True]
    assert found.during(date(2026, 11, 2), date(2026, 11, 9)) == ()
    assert found.knows(date(2026, 1, 1), date(2026, 12, 31))
    assert not found.knows(date(2026, 1, 1), date(2027, 1, 1))


def test_a_city_without_a_calendar_has_no_holidays_and_knows_no_day(tmp_path):
    assert read_calendar(tmp_path) is NO_HOLIDAYS
    assert not NO_HOLIDAYS.knows(date(2026, 1, 1), date(2026, 1, 1))


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ('[[school]]\nname = { fr = "x" }\nfirst = 2026-03-02\nlast = 2026-03-01\n', "first must not come after last"),
        ('[[public]]\nname = { fr = "x" }\ndays = [2027-05-01]\n', "2027-05-01 must lie between since and until"),
        ('[[public]]\nname = { fr = "x" }\ndays = ["soon"]\n', "public.0.days.0"),
        ('zone = "B"\n', "'zone' is not known"),
    ],
)
def test_a_wrong_calendar_is_refused_with_its_key(tmp_path, told, said):
    with pytest.raises(ConfigurationError) as error:
        read(tmp_path, told)
    assert said in str(error.value)
    assert "calendar.toml" in str(error.value)


@pytest.mark.parametrize("folder", CITIES, ids=lambda folder: folder.name)
def test_public_holidays_of_a_city_follow_easter_and_fixed_dates(folder):
    calendar = read_calendar(folder)
    told = {one.first for one in calendar.holidays if one.is_public}
    expected: set[date] = set()
    for year in range(calendar.since.year, calendar.until.year + 1):
        fixed = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))
        expected |= {date(year, *day) for day in fixed} | {easter(year) + timedelta(days=n) for n in (1, 39, 50)}
    assert told == {day for day in expected if calendar.since <= day <= calendar.until}


@pytest.mark.parametrize("folder", CITIES, ids=lambda folder: folder.name)
def test_school_holidays_of_a_city_do_not_overlap_and_come_five_or_six_times_a_year(folder):
    schools = [one for one in read_calendar(folder).holidays if not one.is_public]
    assert all(one.last < other.first for one, other in pairwise(schools))
    assert all(2 <= (one.last - one.first).days + 1 <= 62 for one in schools)
    for year in (2026, 2027):
        assert 5 <= len([one for one in schools if one.first.year == year]) <= 6
