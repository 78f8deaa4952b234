"""The detail panel: the one server callback of the Situation page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from dash import Dash, Input, Output
from dash.development.base_component import Component
from flask import request

from callbacks.conflicts import conflicts_of
from callbacks.event_acts import acts_of
from callbacks.failures import note_failure
from callbacks.links import links_of, register_links
from callbacks.pieces import pieces_of
from callbacks.request import language_of
from callbacks.services import Services
from components import ids
from components.detail import (
    DetailView,
    EffectLine,
    RelatedEvent,
    draw_detail,
    draw_failure,
    draw_not_visible,
)
from components.formats import clock_time, district, short_time, span, time_range
from components.messages import draw_away_card
from components.passing import Passage
from components.texts import Words, words
from events.audience import AudienceLevel
from events.errors import StoreUnavailable
from events.records import Checkpoint, Effect, Event
from events.taxonomy import category
from events.timetable import delay, passings
from events.validity import Period
from events.vocabulary import StoredStatus, TrafficState
from store.kept import KeptEvent

_EFFECT_ICONS = {
    TrafficState.CLOSED: "fermeture",
    TrafficState.CONGESTED: "ralenti",
    TrafficState.SLOW: "ralenti",
}


def view_of(kept: KeptEvent, services: Services, speak: Words, now: datetime) -> DetailView:
    """Return an event as the panel draws it, at a moment."""
    event, zone = kept.event, ZoneInfo(services.city.timezone)
    kind = category(event.category)
    period = relevant_period(kept.periods, now)
    updated = event.published_at or kept.changed_at
    names = {item.id: item.name for item in services.boot(speak.lang).organisations}
    titles = {source.id: source.title for source in services.sources}
    return DetailView(
        id=kept.id,
        number=f"EV-{kept.number}",
        title=event.headline,
        place=_place(event, services, speak),
        category=kind.name(speak.lang),
        icon=kind.icon,
        family=kind.family,
        severity=int(event.severity),
        status=status_of(event, kept, now),
        is_to_confirm=event.status is StoredStatus.TO_CONFIRM,
        march_status=event.march_status.value if event.march_status else None,
        verified=verified_ends(event, speak),
        embargo=embargo_of(event, now, zone, speak),
        information_status=event.information_status.value,
        when=time_range(period.start, period.end, now, zone, speak) if period else "",
        updated_at=int(updated.timestamp()),
        updated_age=span((now - updated).total_seconds(), speak),
        organisation=names.get(event.organisation, event.organisation),
        audience=speak(f"ev.visible.{_audience(event, now)}"),
        versions=len(services.versions(kept.id)),
        source_id=event.source_id,
        source_title=titles.get(event.source_id, event.source_id),
        attribution=event.attribution,
        is_source_error=kept.source_error,
        delay_min=delay_of(event.route.checkpoints) if event.route else None,
        passages=passages_of(event.route.checkpoints, now, zone, speak) if event.route else (),
        effects=tuple(EffectLine(text=effect.text, icon=_effect_icon(effect)) for effect in event.effects),
        instruction=event.instruction,
        description=event.description,
        language=event.language,
        links=links_of(kept, services, speak),
        conflicts=conflicts_of(kept, services, speak),
        related=tuple(_related(other, now, zone, speak) for other in services.related(kept)),
        acts=acts_of(services, kept),
        pieces=pieces_of(services, kept, speak),
    )


def embargo_of(event: Event, now: datetime, zone: ZoneInfo, speak: Words) -> str:
    """Return until when an event is under embargo, in words; empty for one that is not."""
    until = event.embargo_until
    return speak("ev.embargo", time=short_time(until, now, zone, speak)) if until and until > now else ""


def _audience(event: Event, now: datetime) -> str:
    if event.embargo_until is not None and event.embargo_until > now:
        return "embargo"
    return "restricted" if event.audience.level is AudienceLevel.LISTED else event.audience.level.value


def _effect_icon(effect: Effect) -> str:
    if effect.state is None:
        return "fermeture" if effect.axis_id else "info"  # of a march: the closure itself is an event beside it
    return _EFFECT_ICONS.get(effect.state, "obstacle")


def _place(event: Event, services: Services, speak: Words) -> str:
    shorts = {item.code: item.short for item in services.city.districts}
    names = [district(shorts[code], speak) for code in event.district_codes if code in shorts]
    where = speak.count("ev.districts", len(names)) if len(names) > 4 else ", ".join(names)
    return " · ".join(part for part in (event.place or event.road_name or "", where) if part)


def _related(kept: KeptEvent, now: datetime, zone: ZoneInfo, speak: Words) -> RelatedEvent:
    period = relevant_period(kept.periods, now)
    when = time_range(period.start, period.end, now, zone, speak) if period else ""
    return RelatedEvent(id=kept.id, title=kept.event.headline, when=when)


def relevant_period(periods: tuple[Period, ...], now: datetime) -> Period | None:
    """Return the period that holds `now`, else the next one, else the last one."""
    for period in periods:
        if period.end is None or period.end > now:
            return period
    return periods[-1] if periods else None


def status_of(event: Event, kept: KeptEvent, now: datetime) -> str:
    """Return the status as the catalogue of texts names it."""
    if event.status is StoredStatus.CANCELLED:
        return "annule"
    if event.status is StoredStatus.DRAFT:
        return "brouillon"
    period = relevant_period(kept.periods, now)
    if kept.withdrawn_at is not None or period is None or (period.end is not None and period.end <= now):
        return "termine"
    return "en_cours" if period.start <= now else "prevu"


def head_index(checkpoints: tuple[Checkpoint, ...], now: datetime) -> int | None:
    """Return which checkpoint the head has reached last, by observation, else by the timetable; None before the start."""
    observed = [i for i, point in enumerate(checkpoints) if point.observed_at and point.observed_at <= now]
    if observed:
        return observed[-1]
    planned = [i for i, point in enumerate(checkpoints) if point.planned_at and point.planned_at <= now]
    return planned[-1] if planned else None


def passages_of(
    checkpoints: tuple[Checkpoint, ...], now: datetime, zone: ZoneInfo, speak: Words
) -> tuple[Passage, ...]:
    """Return the rows of the passing table: done, here, to come."""
    head = head_index(checkpoints, now)
    states = [
        "to_come" if head is None or i > head else "here" if i == head else "done" for i in range(len(checkpoints))
    ]
    if states and head == len(checkpoints) - 1:
        states[-1] = "done"
    expected = passings(checkpoints, None)
    is_late = delay(checkpoints) != timedelta()
    return tuple(
        Passage(
            label=point.label,
            planned=clock_time(point.planned_at, zone) if point.planned_at else "—",
            observed=_observed(point, time.head_at, zone, is_moved=is_late and state == "to_come"),
            state=state,
            tolerance=tolerance_of(point, speak),
            is_beyond=time.is_beyond,
        )
        for point, time, state in zip(checkpoints, expected, states, strict=True)
    )


def tolerance_of(point: Checkpoint, speak: Words) -> str:
    """Return what a checkpoint allows: its halt, and by how much passage or halt may differ from the plan."""
    halt = speak("ev.halt", n=point.halt_min) if point.halt_min else ""
    allowed = speak("ev.tolerance", n=point.tolerance_min) if point.tolerance_min else ""
    return ", ".join(part for part in (halt, allowed) if part)


def verified_ends(event: Event, speak: Words) -> str:
    """Return which ends of an event somebody verified, in words; empty for none."""
    ends = (("start", event.is_start_verified), ("end", event.is_end_verified))
    return ", ".join(speak(f"ev.verified.{name}") for name, is_verified in ends if is_verified)


def _observed(point: Checkpoint, head_at: datetime | None, zone: ZoneInfo, *, is_moved: bool) -> str:
    """Return when the head passed, or when it is expected where a passage before moved it."""
    if point.observed_at is not None:
        return clock_time(point.observed_at, zone)
    return f"≈ {clock_time(head_at, zone)}" if is_moved and head_at is not None else ""


def delay_of(checkpoints: tuple[Checkpoint, ...]) -> int | None:
    """Return by how many minutes the last observed passage was late, None when it was not or nothing was observed."""
    seen = [point for point in checkpoints if point.observed_at and point.planned_at]
    if not seen:
        return None
    last = seen[-1]
    assert last.observed_at is not None
    assert last.planned_at is not None
    minutes = round((last.observed_at - last.planned_at).total_seconds() / 60)
    return minutes if minutes > 0 else None


def panel_of(selection: Mapping[str, Any] | None, services: Services, lang: str) -> tuple[list[Component], bool]:
    """Return the content of the panel and whether it is hidden."""
    chosen = selection.get("id") if isinstance(selection, Mapping) else None
    if not isinstance(chosen, str) or not chosen:
        return [], True
    speak = words(lang)
    kept = services.event(chosen)
    if kept is None:
        return draw_not_visible(speak), False
    return draw_detail(view_of(kept, services, speak, services.clock()), speak), False


def register(app: Dash, services: Services) -> None:
    """Join the selection to the panel."""
    register_links(app, services)

    def fail(error: Exception) -> tuple[list[Component], bool]:
        speak = words(language_of(request))
        if isinstance(error, StoreUnavailable):
            return draw_away_card(speak), False
        reference = note_failure("detail panel", error)
        time = clock_time(services.clock(), ZoneInfo(services.city.timezone))
        return draw_failure(speak, reference=reference, time=time), False

    @app.callback(
        Output(ids.DETAIL_BODY, "children"),
        Output(ids.DETAIL, "hidden"),
        Input(ids.SELECTED_EVENT, "data"),
        prevent_initial_call=True,
        on_error=fail,
    )
    def show_detail(selection: Mapping[str, Any] | None) -> tuple[list[Component], bool]:
        return panel_of(selection, services, language_of(request))
