"""The Sources page: kept runs turned into rows; drawn at opening and after polls, at most every five seconds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from dash import Dash, Input, Output, ctx, no_update
from dash.development.base_component import Component
from flask import request

from callbacks.failures import failure_card
from callbacks.request import language_of
from callbacks.services import Services
from callbacks.source_orders import register_orders
from callbacks.source_panel import AGREEMENT, panel_of
from components import ids
from components.formats import clock_time, number, short_time, span
from components.source_state import SourceView
from components.sources import STATES, SourcesView, draw_sources
from components.texts import Words, words
from datasources.contract import Source, Verdict
from events.errors import StoreUnavailable
from store.kept import HalfHour, RunRow

BARS = 48
BAR = timedelta(minutes=30)
_ANY_HALF_HOUR = datetime(2000, 1, 1, tzinfo=UTC)  # they begin on the hour and half past, as the store counts them
RUNS_FOR_PANEL = 200

_BAR_OF = {Verdict.FAILED.value: "failed", Verdict.DEGRADED.value: "late"}


def bars_of(half_hours: Iterable[HalfHour], now: datetime) -> tuple[str, ...]:
    """Return the worst verdict of each of the last 48 half hours, oldest first; "none" where no run ended."""
    bars = ["none"] * BARS
    present = now - (now - _ANY_HALF_HOUR) % BAR
    for one in half_hours:
        slot = BARS - 1 - (present - one.start) // BAR
        if 0 <= slot < BARS:
            bars[slot] = "failed" if one.failed else "late" if one.degraded else "ok"
    return tuple(bars)


def row_of(
    services: Services,
    source: Source,
    state: Mapping[str, Any],
    last: RunRow | None,
    half_hours: Sequence[HalfHour],
    *,
    owner: str,
    speak: Words,
) -> SourceView:
    """Return one source as a row; `state` is its object of the snapshot."""
    now, zone = services.clock(), ZoneInfo(services.city.timezone)
    at = state.get("at")
    seconds = source.poll_every.total_seconds()
    following = last.finished_at + source.poll_every if last and state["state"] != "paused" else None
    return SourceView(
        id=source.id,
        title=source.title,
        owner=owner,
        format=format_name(source.kind, speak),
        state=state["state"] if state["state"] in STATES else "never",
        last_call=short_time(last.finished_at, now, zone, speak) if last else "—",
        age=span(now.timestamp() - at, speak) if at is not None else speak("sources.never"),
        age_at=int(at) if at is not None else None,
        cadence=span(seconds, speak),
        bars=bars_of(half_hours, now),
        objects=number(state.get("n") or 0, speak),
        next_call=short_time(max(following, now), now, zone, speak) if following else "—",
        remark=remark_of(state, last, speak),
        locked=int(state.get("locked") or 0),
    )


def format_name(kind: str, speak: Words) -> str:
    """Return a format as people call it."""
    return speak(f"sources.kind.{kind}")


def remark_of(state: Mapping[str, Any], last: RunRow | None, speak: Words) -> str:
    """Return what is particular to the last run, else why a source is not well; empty when there is nothing to say."""
    parts = []
    if last and last.verdict in _BAR_OF and last.http_status and last.http_status >= 400:
        parts.append(speak("sources.remark.http", status=last.http_status))
    if last and last.rejected:
        parts.append(speak.count("sources.remark.rejects", last.rejected))
    if last and last.text_withheld:
        parts.append(speak.count("sources.remark.withheld", last.text_withheld))
    why = str(state.get("why"))
    said = speak(why) if speak.has(why) else ""
    if said and (not parts or why.startswith(AGREEMENT)):
        parts.insert(0, said)
    return " ".join(parts)


def effect_of(rows: Sequence[SourceView], speak: Words) -> str:
    """Return what readers see because of the sources that are not well."""
    groups = (
        ("hurt", [row.title for row in rows if row.state in ("failing", "stale")]),
        ("late", [row.title for row in rows if row.state in ("late", "frozen")]),
        ("paused", [row.title for row in rows if row.state == "paused"]),
        ("locked", [row.title for row in rows if row.locked]),
    )
    said = [speak(f"sources.effect.{name}", sources=", ".join(titles)) for name, titles in groups if titles]
    return " ".join(said) or speak("sources.effect.none")


def view_of(services: Services, chosen: str | None, speak: Words) -> SourcesView:
    """Return the whole page, sources that need a person first, then by cadence."""
    states = {str(state["id"]): state for state in services.source_objects()}
    owners = {item.id: item.name for item in services.boot(speak.lang).organisations}
    bars = services.half_hours([source.id for source in services.sources])
    rows, panel = [], None
    for source in sorted(services.sources, key=lambda item: item.poll_every):
        runs = services.runs(source.id, RUNS_FOR_PANEL if source.id == chosen else 1)
        state = states.get(source.id, {"state": "never"})
        owner = owners.get(source.organisation, source.organisation)
        last = runs[0] if runs else None
        day = bars.get(source.id, ())
        row = row_of(services, source, state, last, day, owner=owner, speak=speak)
        rows.append(row)
        if source.id == chosen:
            panel = panel_of(services, source, state, row, runs, speak)
    rows.sort(key=lambda row: STATES.index(row.state))
    unknown = chosen if chosen and panel is None else None
    return SourcesView(rows=tuple(rows), effect=effect_of(rows, speak), panel=panel, unknown_id=unknown)


def register(app: Dash, services: Services) -> None:
    """Join the page to the runs that are kept, and to the orders that people give."""
    register_orders(app, services)

    def fail(error: Exception) -> list[Component] | Any:
        if isinstance(error, StoreUnavailable) and ctx.triggered_id is not None:
            return no_update  # the table stays as it was; every screen says of when it is
        lang = language_of(request)
        now = clock_time(services.clock(), ZoneInfo(services.city.timezone))
        return failure_card("sources page", words(lang)("sources.title"), error, lang, now)

    @app.callback(
        Output(ids.SOURCES_BODY, "children"),
        Input(ids.SOURCES_TICK, "data"),
        Input(ids.SOURCES_CHOSEN, "data"),
        on_error=fail,
    )
    def show_sources(_tick: int | None, chosen: str | None) -> list[Component]:
        speak = words(language_of(request))
        return draw_sources(view_of(services, chosen if isinstance(chosen, str) else None, speak), speak)
