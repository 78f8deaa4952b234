"""The panels of the analysis as tables of plain values with a sentence each: what the page, its tables and its files say alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from components.formats import district, number, short_day, signed
from components.holidays import calendar_says, holidays_of
from components.texts import Words
from events.calendar import Calendar
from events.city import City
from events.taxonomy import document

FIGURES, DISTRICTS, DAYS, CATEGORIES, HEAT, AXES = "figures", "districts", "days", "categories", "heat", "axes"
PANELS = (FIGURES, DISTRICTS, DAYS, CATEGORIES, HEAT, AXES)
TOGETHER = (("rass",), ("chant",), ("circ", "tc"))
"""Families that the chart by day tells apart; the others are one series."""

Value = str | int | float | date | None


class Found(Protocol):
    """What `insight.periods.Periods` tells; see there."""

    @property
    def question(self) -> Any: ...
    @property
    def total(self) -> Any: ...
    @property
    def serious(self) -> Any: ...
    @property
    def closed_hours(self) -> Any: ...
    @property
    def congested_share(self) -> Any: ...
    @property
    def delay(self) -> Any: ...
    @property
    def families(self) -> Any: ...
    @property
    def before_by_day(self) -> Any: ...
    @property
    def categories(self) -> Any: ...
    @property
    def kinds(self) -> Any: ...
    @property
    def districts(self) -> Any: ...
    @property
    def coverage(self) -> Any: ...
    @property
    def axes(self) -> Any: ...
    @property
    def heat(self) -> Any: ...


@dataclass(frozen=True, slots=True)
class Column:
    """One column: `kind` says how its values are written: text, day, count, hours, share, rate, mean, change."""

    label: str
    kind: str = "count"

    @property
    def is_number(self) -> bool:
        """Whether its values stand at the right."""
        return self.kind not in ("text", "day")


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One panel as a table; `summary` is its sentence."""

    key: str
    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Value]]
    summary: str


def written(value: Value, kind: str, zone: ZoneInfo, speak: Words) -> str:
    """Return a value as the page writes it; a dash where nothing was measured."""
    if isinstance(value, date):
        return short_day(noon(value, zone), zone, speak)
    if value is None or isinstance(value, str):
        return "–" if value is None else value
    if kind == "share":
        return speak("analysis.percent", n=number(round(value * 100), speak))
    if kind == "hours":
        return speak("analysis.hours", n=number(round(value), speak))
    if kind == "change":
        return signed(value, speak)
    return number(value, speak, decimals=1 if kind in ("rate", "mean") else 0)


def noon(day: date, zone: ZoneInfo) -> datetime:
    """Return the middle of a local day."""
    return datetime.combine(day, time(12), zone)


def names_of_families(speak: Words) -> dict[str, str]:
    """Return the name of each family of the taxonomy."""
    return {str(one["id"]): str(one[speak.lang]) for one in document()["families"]}


def names_of_categories(speak: Words) -> dict[str, str]:
    """Return the name of each category of the taxonomy."""
    return {str(one["id"]): str(one[speak.lang]) for one in document()["categories"]}


def panel(key: str, found: Found, city: City, speak: Words) -> Panel:
    """Return one panel; only what it needs is asked of the store."""
    zone = ZoneInfo(city.timezone)
    draw: Mapping[str, Any] = {
        FIGURES: lambda: _figures(found, speak),
        DISTRICTS: lambda: _districts(found, city, speak),
        DAYS: lambda: _days(found, city.calendar, zone, speak),
        CATEGORIES: lambda: _categories(found, speak),
        HEAT: lambda: _heat(found, speak),
        AXES: lambda: _axes(found, city, speak),
    }
    drawn: Panel = draw[key]()
    return drawn


def _figures(found: Found, speak: Words) -> Panel:
    rows = [
        (speak(f"analysis.figure.{key}"), figure.now, figure.then)
        for key, figure in (
            ("total", found.total),
            ("serious", found.serious),
            ("closed", found.closed_hours),
            ("congested", found.congested_share),
            ("delay", found.delay),
        )
    ]
    return Panel(
        key=FIGURES,
        title=speak("analysis.figures"),
        columns=(Column(speak("analysis.col.figure"), "text"), Column(speak("analysis.col.now"), "mean"),
                 Column(speak("analysis.col.before"), "mean")),
        rows=rows,
        summary=speak("analysis.figures.summary"),
    )  # fmt: skip


def _districts(found: Found, city: City, speak: Words) -> Panel:
    shorts = {one.code: one.short for one in city.districts}
    is_whole = found.coverage.compared_since is None
    rows = [
        (
            district(shorts.get(one.code, one.code), speak), one.now, one.then, one.now - one.then if is_whole else None, one.serious,
            one.rate, one.closed_s / 3600,
        )
        for one in found.districts
    ]  # fmt: skip
    kinds = (("district", "text"), ("count", "count"), ("before", "count"), ("difference", "change"),
             ("serious", "count"), ("rate", "rate"), ("closed", "hours"))  # fmt: skip
    concerned = sum(1 for one in found.districts if one.now)
    return Panel(
        key=DISTRICTS,
        title=speak("analysis.districts"),
        columns=[Column(speak(f"analysis.col.{name}"), kind) for name, kind in kinds],
        rows=rows,
        summary=" ".join(
            (
                speak("analysis.districts.summary", n=concerned, all=len(found.districts)),
                speak("analysis.districts.twice"),
            )
        ),
    )


def _days(found: Found, calendar: Calendar, zone: ZoneInfo, speak: Words) -> Panel:
    names, period = names_of_families(speak), found.question.days
    series = list(found.families.items())
    holidays = calendar.during(period.first, period.last)
    rows = [
        (
            day, *(values[number] for _, values in series), sum(values[number] for _, values in series), before,
            holidays_of(day, holidays, speak),
        )
        for number, (day, before) in enumerate(zip(period.each(), found.before_by_day, strict=True))
    ]  # fmt: skip
    return Panel(
        key=DAYS,
        title=speak("analysis.days"),
        columns=[
            Column(speak("analysis.day"), "day"),
            *(Column(names.get(family, family)) for family, _ in series),
            Column(speak("analysis.total")),
            Column(speak("analysis.col.before")),
            Column(speak("analysis.col.calendar"), "text"),
        ],
        rows=rows,
        summary=" ".join(
            [_days_summary(found, zone, speak), *calendar_says(calendar, period.first, period.last, speak)]
        ),
    )


def _days_summary(found: Found, zone: ZoneInfo, speak: Words) -> str:
    totals = found.total.series
    top = max(totals, default=0)
    if not top:
        return speak("analysis.days.none")
    day = found.question.days.each()[totals.index(top)]
    return speak(
        "analysis.days.summary",
        total=number(found.total.now, speak),
        day=short_day(noon(day, zone), zone, speak),
        top=number(top, speak),
        mean=number(sum(totals) / len(totals), speak, decimals=1),
    )


def _categories(found: Found, speak: Words) -> Panel:
    families, categories = names_of_families(speak), names_of_categories(speak)
    rows = [
        (categories.get(row.category, row.category), families.get(row.family, row.family), row.now, row.then)
        for row in found.categories
    ]
    first = rows[0] if rows else None
    return Panel(
        key=CATEGORIES,
        title=speak("analysis.categories"),
        columns=(Column(speak("analysis.col.category"), "text"), Column(speak("analysis.col.family"), "text"),
                 Column(speak("analysis.col.count")), Column(speak("analysis.col.before"))),
        rows=rows,
        summary=speak("analysis.days.none") if first is None else speak(
            "analysis.categories.summary", category=first[0], n=number(first[2], speak), then=number(first[3], speak)
        ),
    )  # fmt: skip


def weekdays(speak: Words) -> list[str]:
    """Return the names of the days of the week, Monday first."""
    days = speak("date.days.long").split(",")
    return [*days[1:], days[0]]


def _heat(found: Found, speak: Words) -> Panel:
    hours = [Column(speak("analysis.hour", n=hour), "mean") for hour in range(24)]
    days = weekdays(speak)
    return Panel(
        key=HEAT,
        title=speak("analysis.heat"),
        columns=[Column(speak("analysis.col.weekday"), "text"), *hours],
        rows=[(days[weekday], *row) for weekday, row in enumerate(found.heat)],
        summary=_heat_summary(found, speak),
    )


def _heat_summary(found: Found, speak: Words) -> str:
    peak = peak_of(found.heat)
    if peak is None:
        is_known = any(value is not None for row in found.heat for value in row)
        return speak("analysis.heat.calm" if is_known else "analysis.roads.none")
    day, first, after, top = peak
    return speak(
        "analysis.heat.peak", day=weekdays(speak)[day], first=first, after=after, n=number(top, speak, decimals=1)
    )


def peak_of(heat: Sequence[Sequence[float | None]]) -> tuple[int, int, int, float] | None:
    """Return day (Monday 0), first hour, the hour after the last one and the height of the worst hours in a row.

    They are the hours around the highest value that reach three quarters of it; None when nothing was hindered.
    """
    values = [(value, day, hour) for day, row in enumerate(heat) for hour, value in enumerate(row) if value]
    if not values:
        return None
    top, day, hour = max(values, key=lambda one: one[0])
    first = last = hour
    while first > 0 and (heat[day][first - 1] or 0.0) >= 0.75 * top:
        first -= 1
    while last < 23 and (heat[day][last + 1] or 0.0) >= 0.75 * top:
        last += 1
    return day, first, last + 1, top


def _axes(found: Found, city: City, speak: Words) -> Panel:
    names = {one.id: one.name for one in city.axes}
    rows = [
        (names.get(row.axis_id, row.axis_id), row.closed, row.congested, row.slow, row.hindered, row.unknown)
        for row in found.axes
    ]
    kinds = (("axis", "text"), ("closed_share", "share"), ("congested_share", "share"), ("slow_share", "share"),
             ("hindered", "share"), ("unmeasured", "share"))  # fmt: skip
    summary = speak("analysis.axes.none")
    if rows:
        summary = speak("analysis.axes.summary", axis=rows[0][0], n=round(rows[0][4] * 100), all=len(rows))
    return Panel(
        key=AXES,
        title=speak("analysis.axes"),
        columns=[Column(speak(f"analysis.col.{name}"), kind) for name, kind in kinds],
        rows=rows,
        summary=summary,
    )
