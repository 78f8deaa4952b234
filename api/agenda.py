"""`GET /api/agenda`: each day of a span with its worst open conflict and its list; `/api/agenda/begins`: what begins on them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from api.answers import Problem, json_answer
from api.conflict_desk import may_decide
from api.conflicts import FILTER_KEYS, conflict_query, conflict_row, conflicts_for
from api.features import iso
from api.house import House
from api.parameters import check_keys, read_categories, read_districts, read_list, read_whole
from api.reading import is_restricted
from api.viewer import viewer_of
from events.audience import Viewer
from events.validity import Period
from store import readers
from store.conflicts import ConflictState
from store.conflicts_query import KeptConflict
from store.kept import EventQuery, KeptEvent
from store.period_sums import PeriodQuestion
from store.summed import Span

USUAL_DAYS = 30
MOST_DAYS = 62
MOST_BEGINS_DAYS = 7
MOST_BEGINS = 1000  # of all days asked for
KEYS = ("from", "to", "state", *FILTER_KEYS)
_SERIOUS = 3


async def answer_agenda(request: Request, house: House) -> Response:
    """Answer the days of `from` to `to` (local days, both included; default: today and 29 more)."""
    asked = check_keys(request, KEYS)
    days = _days(asked, house, MOST_DAYS)
    return await json_answer(request, await asyncio.to_thread(agenda, house, viewer_of(request), asked, days))


async def answer_begins(request: Request, house: House) -> Response:
    """Answer, for each day of `from` to `to` (a week at most), the events that begin on it, in order."""
    asked = check_keys(request, ("from", "to", *FILTER_KEYS))
    days = _days(asked, house, MOST_BEGINS_DAYS)
    return await json_answer(request, await asyncio.to_thread(_begins, house, viewer_of(request), asked, days))


def agenda(house: House, viewer: Viewer, asked: Mapping[str, str], days: Sequence[date]) -> dict[str, Any]:
    """Return the agenda of local days for a viewer: days, the conflicts they name by place in the list, and districts."""
    spans = [_span(day, house) for day in days]
    query = conflict_query(asked, house, spans[0].start, _end(spans[-1]))
    found = conflicts_for(house, viewer, query)
    counts = _counts(house, viewer, asked, spans)
    return {
        "from": days[0].isoformat(),
        "to": days[-1].isoformat(),
        "today": house.clock().astimezone(house.zone).date().isoformat(),
        "days": [
            _day(day, [number for number, one in enumerate(found) if _meets(one, span)], found)
            | {"events": counts.get(day, 0)}
            for day, span in zip(days, spans, strict=True)
        ],
        "districts": _districts(house, found),
        "conflicts": [
            conflict_row(one, spans[0].start) | {"may_decide": may_decide(viewer, one)} for one in found
        ],
    }  # fmt: skip


def _day(day: date, numbers: Sequence[int], found: Sequence[KeptConflict]) -> dict[str, Any]:
    is_open = [found[number] for number in numbers if found[number].state is ConflictState.OPEN]
    return {
        "date": day.isoformat(),
        "worst": max((one.severity for one in is_open), default=None),
        "open": len(is_open),
        "settled": len(numbers) - len(is_open),
        "conflicts": list(numbers),
    }


def _districts(house: House, found: Sequence[KeptConflict]) -> list[dict[str, Any]]:
    """Return, in the order of the city, how many conflicts are open in each district, and the worst of them."""
    rows = []
    for district in house.city.districts:
        there = [one for one in found if district.code in one.districts and one.state is ConflictState.OPEN]
        worst = max((one.severity for one in there), default=None)
        rows.append({"code": district.code, "open": len(there), "worst": worst})
    return rows


def _counts(house: House, viewer: Viewer, asked: Mapping[str, str], spans: Sequence[Period]) -> dict[date, int]:
    query = _event_query(house, asked, spans[0].start, _end(spans[-1]))
    days = Span(spans[0].start.date(), spans[-1].start.date())
    question = PeriodQuestion(periods=[days], query=query, serious=_SERIOUS, timezone=house.city.timezone)
    (told,) = readers.kinds(house.database, viewer=viewer, asked=question)
    return {day: sum(counts.values()) for day, counts in told.days}


def _begins(house: House, viewer: Viewer, asked: Mapping[str, str], days: Sequence[date]) -> dict[str, Any]:
    spans = [_span(day, house) for day in days]
    query = _event_query(house, asked, spans[0].start, _end(spans[-1]) + timedelta(microseconds=1))
    begun = readers.starts(house.database, viewer=viewer, query=query)
    kept = {
        one.id: one
        for one in readers.events_by_id(house.database, {one.event_id for one in begun}, viewer=viewer)
        if house.shows(one)
    }
    if house.access is not None and any(is_restricted(one) for one in kept.values()):
        house.access.noted.read(viewer, "events.read")
    rows: dict[date, list[dict[str, Any]]] = {day: [] for day in days}
    for one in begun:
        if one.event_id in kept:
            day = one.period.start.astimezone(house.zone).date()
            rows[day].append(_row(kept[one.event_id], one.period))
    told = [{"date": day.isoformat(), "events": rows[day]} for day in days]
    return {"days": told, "is_cut": len(begun) == MOST_BEGINS}


def _row(kept: KeptEvent, period: Period) -> dict[str, Any]:
    told = kept.event
    return {
        "id": kept.id, "number": f"EV-{kept.number}", "headline": told.headline, "language": told.language,
        "category": told.category, "severity": int(told.severity), "place": told.place or told.road_name,
        "districts": list(told.district_codes), "organisation": told.organisation,
        "status": told.status.value if told.status else "", "information_status": told.information_status.value,
        "start": iso(period.start), "end": iso(period.end), "restricted": is_restricted(kept),
    }  # fmt: skip


def _event_query(house: House, asked: Mapping[str, str], start: datetime, end: datetime) -> EventQuery:
    return EventQuery(
        start=start,
        end=end,
        districts=read_districts(asked, house.city),
        categories=read_categories(asked),
        organisations=read_list(asked, "organisation", house.organisations),
        severity=read_whole(asked, "severity", 0, 4) or None,
        text=asked.get("q") or None,
        limit=MOST_BEGINS,
    )


def _days(asked: Mapping[str, str], house: House, most: int) -> list[date]:
    today = house.clock().astimezone(house.zone).date()
    first = _date(asked, "from", today)
    last = _date(asked, "to", first + timedelta(days=min(USUAL_DAYS, most) - 1))
    count = (last - first).days + 1
    if not 1 <= count <= most:
        raise Problem(400, f"allowed: a day from 'from' on, {most} days in all at most", "to")
    return [first + timedelta(days=number) for number in range(count)]


def _date(asked: Mapping[str, str], key: str, usual: date) -> date:
    text = asked.get(key)
    if text is None:
        return usual
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = date.min
    if not 2000 <= found.year < 2100:
        raise Problem(400, f"found {text[:60]!r}; allowed: a day such as 2026-11-14, between 2000 and 2100", key)
    return found


def _span(day: date, house: House) -> Period:
    """Return a local day: 23 or 25 hours long twice a year."""
    following = datetime.combine(day + timedelta(days=1), time(), house.zone)
    return Period(datetime.combine(day, time(), house.zone), following)


def _end(span: Period) -> datetime:
    """Return the last moment of a day: the next day's first is not its."""
    assert span.end is not None
    return span.end - timedelta(microseconds=1)


def _meets(one: KeptConflict, span: Period) -> bool:
    return any(window.meets(span.start, _end(span)) for window in one.windows)
