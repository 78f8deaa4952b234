"""Times, ages, ordinals and numbers as people write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from components.formats import district, number, short_day, signed, span, time_range
from components.texts import words

ZONE = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 11, 14, 13, 32, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(-3, "0 s"), (59, "59 s"), (61, "1 min"), (3600, "1 h"), (47 * 3600, "47 h"), (13 * 86400, "13 j")],
)
def test_span_takes_the_largest_unit(seconds: float, expected: str) -> None:
    assert span(seconds, words("fr")) == expected


@pytest.mark.parametrize(
    ("short", "lang", "expected"),
    [
        ("1", "fr", "1er"),
        ("2", "fr", "2e"),
        ("1", "en", "1st"),
        ("12", "en", "12th"),
        ("22", "en", "22nd"),
        ("nord", "fr", "nord"),
    ],
)
def test_district_is_an_ordinal(short: str, lang: str, expected: str) -> None:
    assert district(short, words(lang)) == expected


def test_days_are_those_of_the_city_not_of_utc() -> None:
    late = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)
    assert short_day(late, ZONE, words("fr")) == "mar. 1er déc."
    assert short_day(late, ZONE, words("en")) == "Tue 1 Dec"


def test_time_range_says_what_it_knows() -> None:
    speak, hour = words("fr"), timedelta(hours=1)
    assert time_range(NOW, NOW + 3 * hour, NOW, ZONE, speak) == "14:32 – 17:32"
    assert time_range(NOW, NOW + 20 * hour, NOW, ZONE, speak) == "14:32 – dim. 15 nov. 10:32"
    assert time_range(NOW, None, NOW, ZONE, speak) == "depuis 14:32"
    assert time_range(None, NOW, NOW, ZONE, speak) == "jusqu’à 14:32"
    assert time_range(None, None, NOW, ZONE, speak) == ""


def test_numbers_follow_the_language() -> None:
    assert number(1900.5, words("fr"), decimals=1) == "1\u202f900,5"
    assert number(1900.5, words("en"), decimals=1) == "1,900.5"
    assert signed(-1200, words("fr")) == "−1\u202f200"
    assert signed(0, words("fr")) == "0"
