"""Published counts put into tables: districts in the city's order, one column a week or longer period, newest last."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from callbacks.view_state import ViewState
from components.counts import CountTable
from components.formats import district, number, short_day
from components.texts import Words
from events.city import City
from privacy.counts import PublishedCount

_COLUMNS = 5
_INSTANT = timedelta(seconds=1)
Period = tuple[datetime, datetime]


def count_tables(
    counts: Sequence[PublishedCount], view: ViewState, city: City, names: Mapping[str, str], least: int, speak: Words
) -> tuple[CountTable, ...]:
    """Return one table per publisher and measure whose periods meet the view; nothing is added up here.

    A sum over what is shown could tell what is not: only counts that were published as such are written.
    """
    groups: dict[tuple[str, str, str], list[PublishedCount]] = defaultdict(list)
    for one in counts:
        if one.end > view.start and one.start < view.end:
            groups[one.organisation, one.measure, one.source_id].append(one)
    return tuple(
        _table(group, view, city, names.get(organisation, organisation), least, speak)
        for (organisation, _, _), group in sorted(groups.items())
        if any(one.area_code in {item.code for item in city.districts} for one in group)
    )


def _table(
    group: Sequence[PublishedCount], view: ViewState, city: City, publisher: str, least: int, speak: Words
) -> CountTable:
    zone = ZoneInfo(city.timezone)
    spans = _spans({(one.start, one.end) for one in group})[-_COLUMNS:]
    found = {(one.area_code, (one.start, one.end)): one.value for one in group}
    shown = [item for item in city.districts if not view.districts or item.code in view.districts]
    key = f"counts.measure.{group[0].measure}"
    return CountTable(
        title=speak(key) if speak.has(key) else group[0].measure,
        publisher=publisher,
        periods=tuple(_written(span, zone, speak) for span in spans),
        rows=tuple(
            (district(item.short, speak), tuple(_count(found.get((item.code, span)), speak) for span in spans))
            for item in shown
        ),
        least=least,
    )


def _spans(periods: set[Period]) -> list[Period]:
    """Return the periods that lie in no longer one, in order: weeks, whatever their days and slots."""
    widest: list[Period] = []
    for start, end in sorted(periods, key=lambda period: (period[0], -period[1].timestamp())):
        if not widest or end > widest[-1][1]:
            widest.append((start, end))
    return widest


def _written(span: Period, zone: ZoneInfo, speak: Words) -> str:
    first, last = span[0].astimezone(zone), (span[1] - _INSTANT).astimezone(zone)
    return f"{short_day(first, zone, speak)} – {short_day(last, zone, speak)}"


def _count(value: float | None, speak: Words) -> str | None:
    return None if value is None else number(value, speak)
