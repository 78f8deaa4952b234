"""The page of one event: its record, its timetable as it is expected now, its versions in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from dash import Dash, Input, Output
from dash.development.base_component import Component
from flask import request

from callbacks.contribution_words import Reader, reader_of, say_field, say_value
from callbacks.detail import tolerance_of, view_of
from callbacks.failures import failure_card
from callbacks.request import language_of
from callbacks.services import Services
from components import ids
from components.detail import draw_not_visible
from components.event_page import Change, EventPage, TimetableRow, VersionView, draw_event_body
from components.formats import clock_time, short_time, time_range
from components.texts import Words, words
from events.city import MarchRules
from events.records import Event
from events.timetable import passings
from store.kept import KeptVersion

_UNSAID = frozenset({"published_at", "observed_at", "version", "district_codes", "external_id", "source_id"})
"""Fields of a version's difference that follow from others, or that are of the publication and not of the event."""


def body_of(services: Services, event_id: str, speak: Words) -> list[Component]:
    """Return the body of the page; an event that is not for this reader and one that does not exist say the same."""
    kept = services.event(event_id)
    if kept is None:
        return draw_not_visible(speak)
    reader = reader_of(services, speak)
    page = EventPage(
        detail=view_of(kept, services, speak, reader.now),
        timetable=timetable_of(kept.event, reader.zone, services.city.march, speak),
        versions=versions_of(services.versions(event_id), reader),
        computed=speak("event.computed", time=short_time(reader.now, reader.now, reader.zone, speak)),
    )
    return draw_event_body(page, speak)


def timetable_of(event: Event, zone: ZoneInfo, rules: MarchRules, speak: Words) -> tuple[TimetableRow, ...]:
    """Return the checkpoints with what is expected at each; times that passages moved are the moved ones."""
    points = event.route.checkpoints if event.route else ()

    def clock(at: datetime | None) -> str:
        return clock_time(at, zone) if at is not None else "—"

    return tuple(
        TimetableRow(
            label=point.label,
            planned=clock(point.planned_at),
            tolerance=tolerance_of(point, speak) or "—",
            head=clock(expected.head_at),
            tail=clock(point.tail_observed_at or expected.tail_at),
            closed=clock(expected.closed_from),
            opened=clock(expected.open_again),
            is_observed=expected.is_observed,
        )
        for point, expected in zip(points, passings(points, event.size_class, rules), strict=True)
    )


def versions_of(versions: Sequence[KeptVersion], reader: Reader) -> tuple[VersionView, ...]:
    """Return the versions newest first, with each field that changed."""
    told: list[VersionView] = []
    before: Event | None = None
    for one in versions:
        told.append(
            VersionView(
                number=one.version,
                time=short_time(one.recorded_at, reader.now, reader.zone, reader.speak),
                organisation=reader.names.get(one.organisation, one.organisation),
                is_withdrawal=one.withdrawn_at is not None,
                changes=() if before is None else _changes(before, one.event, one.diff, reader),
            )
        )
        before = one.event
    return tuple(reversed(told))


def _changes(before: Event, after: Event, diff: Mapping[str, object], reader: Reader) -> tuple[Change, ...]:
    names = [name for name in diff if name not in _UNSAID and hasattr(after, name)]
    return tuple(
        Change(
            name=say_field(name, reader.speak),
            before=_said(name, getattr(before, name), reader),
            after=_said(name, getattr(after, name), reader),
        )
        for name in names
    )


def _said(name: str, value: object, reader: Reader) -> str:
    if name == "validity":
        bounds = (getattr(value, "start", None), getattr(value, "end", None))
        return time_range(*bounds, reader.now, reader.zone, reader.speak) or reader.speak("form.nothing")
    if name == "status":
        key = f"event.status.{value}" if value is not None else "event.status.none"
        return reader.speak(key)
    return say_value(name, value, reader)


def register(app: Dash, services: Services) -> None:
    """Join the page to the event at its address; an act on it draws it again."""

    def fail(error: Exception) -> list[Component]:
        lang = language_of(request)
        now = clock_time(services.clock(), ZoneInfo(services.city.timezone))
        return failure_card("event-page", words(lang)("event.title"), error, lang, now)

    @app.callback(
        Output(ids.EVENT_BODY, "children"),
        Input(ids.EVENT_CHOSEN, "data"),
        Input(ids.EVENT_TICK, "data"),
        on_error=fail,
    )
    def show_event(chosen: str | None, _tick: object) -> list[Component]:
        return body_of(services, chosen if isinstance(chosen, str) else "", words(language_of(request)))
