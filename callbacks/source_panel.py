"""The panel of one source, from its kept runs, orders and fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from callbacks.services import Services
from components.formats import number, short_day, short_time, span
from components.reasons import say_reason
from components.source_panel import LockedField, LogLine, RejectLine, RunLine, SourcePanel, WithheldLine
from components.source_state import SourceView
from components.texts import Words
from datasources.contract import Source, Verdict
from store.kept import RunRow, WithheldRow
from store.orders import Fields, Order, Orders, What

AGREEMENT = "sources.why.agreement."
LOG_LINES = 16
RUN_LINES = 20
REJECT_LINES = 50
WITHHELD_LINES = 50
DROPPED_LINES = 60
DELAYS = 60

_LOG_STATE = {Verdict.FAILED.value: "failing", Verdict.DEGRADED.value: "late"}
_REPEATED = frozenset({Verdict.UNCHANGED.value, Verdict.FAILED.value})


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
    orders, fields = services.orders(source.id), services.fields(source.id)
    refusal = services.refusal_of_orders()
    delays = [(run.finished_at - run.started_at).total_seconds() * 1000 for run in reversed(runs[:DELAYS])]
    return SourcePanel(
        source=row,
        why=why_of(source, state, runs, orders, now, zone, speak),
        effect=speak(f"sources.seen.{row.state}", n=row.objects),
        facts=facts_of(source, state, row, zone, speak),
        log=log_of(runs, orders.last, now, zone, speak),
        rejects=tuple(
            RejectLine(where=one.where, reason=say_reason(one.reason, speak)) for one in rejects[:REJECT_LINES]
        ),
        rejects_total=len(rejects),
        withheld=withheld_of(withheld[:WITHHELD_LINES], speak),
        withheld_total=len(withheld),
        runs=tuple(_run_line(run, now, zone, speak) for run in runs[:RUN_LINES]),
        delays_ms=delays,
        delay=_delay(delays, speak),
        dropped=next((run.dropped_fields for run in runs if run.dropped_fields), ())[:DROPPED_LINES],
        locked=locked_of(fields, now, zone, speak),
        note=_note(orders, now, zone, speak),
        refusal=speak(refusal) if refusal else None,
        can_resume=source.is_enabled and not str(state.get("why")).startswith(AGREEMENT),
    )


def why_of(
    source: Source,
    state: Mapping[str, Any],
    runs: Sequence[RunRow],
    orders: Orders,
    now: datetime,
    zone: ZoneInfo,
    speak: Words,
) -> str:
    """Return why a source is in its state: since when, against which limit, on whose order."""
    word, why = state.get("state"), str(state.get("why") or f"sources.why.{state.get('state')}")
    if why == "sources.why.disabled":
        return speak("sources.why.disabled") + (f" {source.disabled_because}." if source.disabled_because else "")
    if word == "paused" and orders.paused_at is not None and not why.startswith(AGREEMENT):
        order = next((one for one in orders.last if one.what is What.PAUSE), None)
        by = authority_name(order.authority, speak) if order else ""
        return speak("sources.told.paused", time=short_time(orders.paused_at, now, zone, speak), by=by)
    if word == "failing":
        return _failing(runs, now, zone, speak)
    if word in ("late", "stale") and state.get("at") is not None:
        age = span(now.timestamp() - float(state["at"]), speak)
        return speak(f"sources.told.{word}", age=age, limit=span(float(state["late"]), speak))
    if word == "frozen":
        moved = datetime.fromtimestamp(int(state["moved"]), UTC)
        spans = {"age": span((now - moved).total_seconds(), speak), "limit": span(float(state["frozen"]), speak)}
        return speak("sources.told.frozen", time=short_time(moved, now, zone, speak), **spans)
    return speak(why)


def _failing(runs: Sequence[RunRow], now: datetime, zone: ZoneInfo, speak: Words) -> str:
    failed: list[RunRow] = []
    for run in runs:
        if run.verdict != Verdict.FAILED.value:
            break
        failed.append(run)
    if not failed:
        return speak("sources.why.failing")
    since = failed[-1].finished_at
    told = speak.count(
        "sources.told.failing", len(failed), time=short_time(since, now, zone, speak),
        age=span((now - since).total_seconds(), speak),
    )  # fmt: skip
    reason = say_reason(failed[0].reason or "", speak).text
    return f"{told} {reason[:1].upper()}{reason[1:]}." if reason else told


def facts_of(
    source: Source, state: Mapping[str, Any], row: SourceView, zone: ZoneInfo, speak: Words
) -> tuple[tuple[str, str], ...]:
    """Return what is known of a source as pairs of label and value; limits are those its state is judged by."""
    frozen = state.get("frozen")
    facts = (
        ("owner", row.owner),
        ("maintainer", source.maintainer),
        ("licence", source.licence),
        ("agreement", agreement_of(state, zone, speak)),
        ("coverage", speak(f"sources.coverage.{source.coverage.value}")),
        ("late", _limit(source, float(state.get("late") or 2 * source.poll_every.total_seconds()), speak)),
        ("frozen", span(float(frozen), speak) if frozen else speak("sources.frozen.free")),
        ("stale", span(source.stale_after.total_seconds(), speak)),
        ("retention", speak("sources.retention")),
        ("objects", row.objects),
    )
    return tuple((speak(f"sources.fact.{name}"), value) for name, value in facts if value)


def _limit(source: Source, late_s: float, speak: Words) -> str:
    if source.late_after is not None:
        how = "entry"
    else:
        how = "cadence" if late_s == 2 * source.poll_every.total_seconds() else "learnt"
    return speak(f"sources.limit.{how}", span=span(late_s, speak))


def agreement_of(state: Mapping[str, Any], zone: ZoneInfo, speak: Words) -> str:
    """Return until when the agreement of a source lets it be read."""
    end = state.get("end")
    if end is None:
        is_missing = state.get("why") == f"{AGREEMENT}missing"
        return speak("sources.agreement.missing" if is_missing else "sources.agreement.open")
    last = datetime.fromtimestamp(int(end) - 1, UTC).astimezone(zone)
    day = f"{short_day(last, zone, speak)} {last.year}"
    is_over = state.get("why") == f"{AGREEMENT}ended"
    return speak("sources.agreement.ended" if is_over else "sources.agreement.until", day=day)


def log_of(
    runs: Sequence[RunRow], orders: Sequence[Order], now: datetime, zone: ZoneInfo, speak: Words
) -> tuple[LogLine, ...]:
    """Return the last runs and orders in words, newest first; runs of the same conclusion in a row are one line."""
    told: list[tuple[datetime, LogLine]] = []
    previous = None
    for run in runs:
        if run.verdict == previous and run.verdict in _REPEATED:
            continue
        previous = run.verdict
        counts = {
            "seen": run.records_seen, "new": run.new, "changed": run.changed, "withdrawn": run.withdrawn,
            "rejected": run.rejected, "status": run.http_status or "—",
        }  # fmt: skip
        reason = say_reason(run.reason, speak) if run.reason else None
        state, moment = _LOG_STATE.get(run.verdict, "ok"), short_time(run.finished_at, now, zone, speak)
        text = speak(f"sources.verdict.{run.verdict}", **counts)
        told.append((run.finished_at, LogLine(time=moment, state=state, text=text, reason=reason)))
        if len(told) == LOG_LINES:
            break
    oldest = told[-1][0] if told else datetime.min.replace(tzinfo=UTC)
    given = [(one.ordered_at, _order_line(one, now, zone, speak)) for one in orders if one.ordered_at >= oldest]
    return tuple(line for _, line in sorted([*told, *given], key=lambda pair: pair[0], reverse=True)[:LOG_LINES])


def _order_line(order: Order, now: datetime, zone: ZoneInfo, speak: Words) -> LogLine:
    params = {
        "by": authority_name(order.authority, speak), "told": order.told or "", "reference": order.reference or "",
        "field": field_name(order.field or "", speak),
    }  # fmt: skip
    text = speak(f"sources.ordered.{order.what.value}", **params)
    return LogLine(time=short_time(order.ordered_at, now, zone, speak), state="paused", text=text)


def authority_name(authority: str, speak: Words) -> str:
    """Return who gave an order: the demonstration's visitor, else the id of an organisation."""
    key = f"sources.authority.{authority}"
    return speak(key) if speak.has(key) else authority


def field_name(name: str, speak: Words) -> str:
    """Return one of our fields as people call it, else its name."""
    key = f"sources.field.{name}"
    return speak(key) if speak.has(key) else name


def locked_of(fields: Fields, now: datetime, zone: ZoneInfo, speak: Words) -> tuple[LockedField, ...]:
    """Return the fields that wait for a decision, in order of name."""
    return tuple(
        LockedField(name=name, label=field_name(name, speak), since=short_time(since, now, zone, speak))
        for name, since in sorted(fields.locked.items())
    )


def _note(orders: Orders, now: datetime, zone: ZoneInfo, speak: Words) -> str:
    if orders.note is None:
        return ""
    moment = short_time(orders.note.ordered_at, now, zone, speak)
    return speak("sources.note.kept", time=moment, told=orders.note.told or "")


def _run_line(run: RunRow, now: datetime, zone: ZoneInfo, speak: Words) -> RunLine:
    delay = (run.finished_at - run.started_at).total_seconds() * 1000
    counts = (
        run.records_seen, run.new, run.changed, run.absent, run.withdrawn, run.rejected, run.text_withheld, round(delay),
    )  # fmt: skip
    return RunLine(
        time=short_time(run.finished_at, now, zone, speak),
        state=_LOG_STATE.get(run.verdict, "ok"),
        word=speak(f"sources.word.{run.verdict}"),
        counts=tuple(number(count, speak) for count in counts),
    )


def _delay(delays: Sequence[float], speak: Words) -> str:
    if len(delays) < 2:
        return ""
    told = {"n": len(delays), "median": number(median(delays), speak), "most": number(max(delays), speak)}
    return speak("sources.delay.told", **told)


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
