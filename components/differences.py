"""Differences between two periods in words: more or fewer, never better or worse."""

from __future__ import annotations

from typing import Any

from components.formats import number, signed, span
from components.texts import Words


def against(figure: Any, kind: str, speak: Words, *, is_whole: bool = True) -> str:
    """Return the difference in words: per cent from ten on, else the difference itself; no judgement, no colour.

    None with a period that was not wholly collected: only its value, and that it is not whole.
    """
    if figure.now is None or figure.then is None:
        return speak("analysis.against.none")
    change, then = figure.now - figure.then, number(round(figure.then), speak)
    if kind == "share":
        told = speak("analysis.points", n=signed(round(change * 100), speak))
        then = speak("analysis.percent", n=number(round(figure.then * 100), speak))
    elif kind == "minutes":
        sign = "" if not round(change) else "+" if change > 0 else "−"  # what is written as 0 has none
        told = sign + span(abs(change), speak)
        then = span(figure.then, speak)
    elif min(figure.now, figure.then) >= 10:
        told = speak("analysis.percent", n=signed(round(change * 100 / figure.then), speak))
    else:
        told = signed(round(change), speak)
    if kind == "hours":
        then = speak("analysis.hours", n=then)
    return speak("analysis.against" if is_whole else "analysis.against.partial", change=told, then=then)


def change_of(row: Any, speak: Words) -> str:
    """Return the difference of a district: per cent where both periods have ten events, else how many more or fewer."""
    if not row.is_comparable:
        return signed(row.now - row.then, speak)
    return speak("analysis.percent", n=signed(round((row.now - row.then) * 100 / row.then), speak))


def value_told(value: float | None, kind: str, speak: Words) -> str:
    """Return a figure with its unit; `kind` is count, hours, share (0 to 1) or minutes (given in seconds)."""
    if value is None:
        return "–"
    if kind == "share":
        return speak("analysis.percent", n=number(round(value * 100), speak))
    if kind == "minutes":
        return span(value, speak)
    told = number(round(value), speak)
    return speak("analysis.hours", n=told) if kind == "hours" else told


def change_told(then: float | None, now: float | None, kind: str, speak: Words) -> str:
    """Return how a figure moved, in words and numbers: that of the figures as written, per cent beside it from ten on."""
    if then is None or now is None:
        return speak("report.since.unmeasured")
    scale = 100 if kind == "share" else 1
    was, moved = round(then * scale), round(now * scale) - round(then * scale)
    if not moved:
        return speak("report.since.same")
    size = abs(moved)
    amount = speak("analysis.points", n=number(size, speak)) if kind == "share" else value_told(size, kind, speak)
    told = speak("report.since.up" if moved > 0 else "report.since.down", n=amount)
    share = round(moved * 100 / was) if kind in ("count", "hours") and min(was, was + moved) >= 10 else 0
    return f"{told} ({speak('analysis.percent', n=signed(share, speak))})" if share else told
