"""What changed of an analysis since the last kept copy: its figures beside those of now, the differences in words and numbers."""

from __future__ import annotations

from datetime import datetime

from api.house import House
from api.reports.head import moment
from components.analysis_panels import noon
from components.differences import change_told, value_told
from components.formats import short_day
from components.report import TableOf
from components.texts import Words
from insight.periods import Periods
from store.report_figures import NAMES, Figures

_KINDS = {"total": "count", "serious": "count", "closed": "hours", "congested": "share", "delay": "minutes"}


def figures_of(found: Periods, audience: str) -> Figures:
    """Return the figures of a period as its report tells them; raises StoreUnavailable."""
    days, coverage = found.question.days, found.coverage
    values = (found.total, found.serious, found.closed_hours, found.congested_share, found.delay)
    return Figures(
        audience=audience, first=days.first, last=days.last, is_whole=not coverage.partial and coverage.since is None,
        values={name: figure.now for name, figure in zip(NAMES, values, strict=True)},
    )  # fmt: skip


def since_last(before: tuple[datetime, Figures] | None, now: Figures, house: House, words: Words) -> TableOf:
    """Return the figures of the last kept copy beside those of now; without rows, and said so, where there is none."""
    if before is None:
        return TableOf(title=words("report.since"), heads=[], rows=[], told=words("report.since.first"))
    at, then = before
    rows = [
        [
            words(f"analysis.figure.{name}"), value_told(then.values[name], kind, words),
            value_told(now.values[name], kind, words), change_told(then.values[name], now.values[name], kind, words),
        ]
        for name, kind in _KINDS.items()
    ]  # fmt: skip
    told = [words("report.since.periods", then=_days(then, house, words), now=_days(now, house, words))]
    if then.last - then.first != now.last - now.first:
        told.append(words("report.since.lengths"))
    if not (then.is_whole and now.is_whole):
        told.append(words("report.since.partial"))
    heads = [
        (words("analysis.col.figure"), False),
        (words("report.since.then"), True),
        (words("report.since.now"), True),
    ]
    return TableOf(
        title=words("report.changes", time=moment(at, house, words)),
        heads=[*heads, (words("report.since.change"), False)], rows=rows, told=" ".join(told),
    )  # fmt: skip


def _days(figures: Figures, house: House, words: Words) -> str:
    first, last = (short_day(noon(day, house.zone), house.zone, words) for day in (figures.first, figures.last))
    return f"{first} – {last}"
