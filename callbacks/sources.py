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
from components import ids
from components.formats import clock_time, number, short_day, short_time, span
from components.sources import (
    STATES,
    LogLine,
    RejectLine,
    SourcePanel,
    SourcesView,
    SourceView,
    WithheldLine,
    draw_sources,
)
from components.texts import Words, words
from datasources.contract import Source, Verdict
from events.errors import StoreUnavailable
from store.kept import HalfHour, RunRow, WithheldRow

BARS = 48
BAR = timedelta(minutes=30)
_ANY_HALF_HOUR = datetime(2000, 1, 1, tzinfo=UTC)  # they begin on the hour and half past, as the store counts them
RUNS_FOR_PANEL = 200
LOG_LINES = 12
REJECT_LINES = 50
WITHHELD_LINES = 50

_AGREEMENT = "sources.why.agreement."
_BAR_OF = {Verdict.FAILED.value: "failed", Verdict.DEGRADED.value: "late"}
_LOG_STATE = {Verdict.FAILED.value: "failing", Verdict.DEGRADED.value: "late"}


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
    if said and (not parts or why.startswith(_AGREEMENT)):
        parts.insert(0, said)
    return " ".join(parts)


def agreement_of(state: Mapping[str, Any], zone: ZoneInfo, speak: Words) -> str:
    """Return until when the agreement of a source lets it be read."""
    end = state.get("end")
    if end is None:
        is_missing = state.get("why") == f"{_AGREEMENT}missing"
        return speak("sources.agreement.missing" if is_missing else "sources.agreement.open")
    last = datetime.fromtimestamp(int(end) - 1, UTC).astimezone(zone)
    day = f"{short_day(last, zone, speak)} {last.year}"
    is_over = state.get("why") == f"{_AGREEMENT}ended"
    return speak("sources.agreement.ended" if is_over else "sources.agreement.until", day=day)


def log_of(runs: Sequence[RunRow], now: datetime, zone: ZoneInfo, speak: Words) -> tuple[LogLine, ...]:
    """Return the last runs in words, newest first; runs of the same conclusion in a row are one line."""
    lines: list[LogLine] = []
    previous = None
    for run in runs:
        if run.verdict == previous and run.verdict in (Verdict.UNCHANGED.value, Verdict.FAILED.value):
            continue
        previous = run.verdict
        key = f"sources.verdict.{run.verdict}"
        counts = {
            "seen": run.records_seen, "new": run.new, "changed": run.changed, "withdrawn": run.withdrawn,
            "rejected": run.rejected, "status": run.http_status or "—",
        }  # fmt: skip
        text = speak(key, **counts)
        state, moment = _LOG_STATE.get(run.verdict, "ok"), short_time(run.finished_at, now, zone, speak)
        lines.append(LogLine(time=moment, state=state, text=text, reason=run.reason or ""))
        if len(lines) == LOG_LINES:
            break
    return tuple(lines)


def panel_of(
    services: Services,
    source: Source,
    state: Mapping[str, Any],
    row: SourceView,
    runs: Sequence[RunRow],
    speak: Words,
) -> SourcePanel:
    """Return the side panel of a source; rejects are those of its last reading that had any."""
    now, zone = services.clock(), ZoneInfo(services.city.timezone)
    with_rejects = next((run for run in runs[:20] if run.rejected), None)
    rejects = services.rejects(with_rejects.id) if with_rejects else ()
    withheld = services.withheld_words(source.id)
    late = source.late_after or 2 * source.poll_every
    facts = (
        (speak("sources.fact.owner"), row.owner),
        (speak("sources.fact.maintainer"), source.maintainer),
        (speak("sources.fact.licence"), source.licence),
        (speak("sources.fact.agreement"), agreement_of(state, zone, speak)),
        (speak("sources.fact.coverage"), speak(f"sources.coverage.{source.coverage.value}")),
        (speak("sources.fact.late"), span(late.total_seconds(), speak)),
        (speak("sources.fact.stale"), span(source.stale_after.total_seconds(), speak)),
        (speak("sources.fact.objects"), row.objects),
    )
    return SourcePanel(
        source=row,
        why=speak(str(state.get("why") or f"sources.why.{row.state}")),
        facts=tuple((label, value) for label, value in facts if value),
        log=log_of(runs, now, zone, speak),
        rejects=tuple(RejectLine(where=item.where, reason=item.reason) for item in rejects[:REJECT_LINES]),
        rejects_total=len(rejects),
        withheld=withheld_of(withheld[:WITHHELD_LINES], speak),
        withheld_total=len(withheld),
    )


def withheld_of(rows: Sequence[WithheldRow], speak: Words) -> tuple[WithheldLine, ...]:
    """Return the words that were withheld, each with what the publisher can do about it."""
    return tuple(
        WithheldLine(
            record=row.record or "—",
            field=row.field,
            start=row.start,
            end=row.end,
            advice=speak(f"gate.take.{row.type.lower()}"),
        )
        for row in rows
    )


def effect_of(rows: Sequence[SourceView], speak: Words) -> str:
    """Return in one sentence what readers see because of the sources that are not well."""
    hurt = [row.title for row in rows if row.state in ("failing", "stale")]
    late = [row.title for row in rows if row.state == "late"]
    if hurt:
        return speak("sources.effect.hurt", sources=", ".join(hurt))
    return speak("sources.effect.late", sources=", ".join(late)) if late else speak("sources.effect.none")


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
    """Join the page to the runs that are kept."""

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
