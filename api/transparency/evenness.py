"""The rubric of evenness: the last report of the control as everyone may read it, its differences and the answers given."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from api.control.pages import day, names_of, span_told
from api.house import House
from api.transparency.shown import Shown
from components.clear import Card
from components.control_names import Names, flag_told
from components.control_panels import panels
from components.texts import Words
from insight.control import is_drawn
from privacy.published_control import is_publishable, published, published_flags
from store import control_reports
from store.control_reports import KeptReport, Review

_MONTHS = 60  # reports are kept for five years


def evenness(house: House, speak: Words, _now: object) -> Shown:
    """Return the last published report of the control without small cells, its differences and the answers given."""
    faces = Card(
        name="faces",
        title=speak("transparency.faces"),
        texts=[f"{speak('transparency.unmeasured')} {speak('transparency.faces_why')}"],
    )
    found = control_reports.reports(house.database, 1, monthly=True)
    if not found or not is_readable(found[0]):
        why = speak("transparency.report_old" if found else "control.none")
        texts = [f"{speak('transparency.unmeasured')} {why}"]
        return Shown(cards=[Card(name="none", title=speak("transparency.equite"), texts=texts, is_wide=True), faces])
    report, names = found[0], names_of(house, speak)
    told = published(report.content, house.said.thresholds.small_cell)
    flagged = [flag_told(one, names) for one in told["flags"]]
    texts = [span_told(told, house, speak, report.sha256), speak("transparency.of_public")]
    texts += [] if flagged else [speak("control.flagged_none")]
    return Shown(
        cards=[
            Card(name="flags", title=speak("control.flagged"), texts=texts, items=flagged, is_wide=True),
            _reviews(house, names),
            faces,
        ],
        panels=panels(told, names),
        files=("equite.csv",),
        dated=speak("transparency.report", id=report.id, month=report.month),
    )


def is_readable(report: KeptReport) -> bool:
    """Tell whether a report can be published as it is drawn today: an older one has other measures, or counted all records."""
    return is_drawn(report.content["version"]) and is_publishable(report.content)


def _reviews(house: House, names: Names) -> Card:
    """Return the differences that were published and their answers; which post answered stays inside."""
    speak, least = names.speak, house.said.thresholds.small_cell
    asked = control_reports.reviews(house.database)
    flags = [
        (one, {flag["key"]: flag for flag in published_flags(one.content, least)})
        for one in _reports(house, {one.report_id for one in asked})
        if is_publishable(one.content)
    ]
    said = []
    for one in asked:
        flag = _published(one, flags)
        if flag is not None:
            said.append((flag_told(flag, names), _answer(one, house, speak)))
    texts = [speak("transparency.reviews_inside"), *([] if said else [speak("control.open_none")])]
    return Card(name="reviews", title=speak("transparency.answers"), texts=texts, said=said, is_wide=True)


def _reports(house: House, asked: set[int]) -> list[KeptReport]:
    """Return the published reports, and those that opened a review, newest first."""
    monthly = {one.id: one for one in control_reports.reports(house.database, _MONTHS, monthly=True)}
    others = (control_reports.report(house.database, number) for number in asked - monthly.keys())
    found = [*monthly.values(), *(one for one in others if one is not None)]
    return sorted(found, key=lambda one: one.id, reverse=True)


def _published(review: Review, flags: list[tuple[KeptReport, dict[str, dict[str, Any]]]]) -> Mapping[str, Any] | None:
    """Return the difference of a review as the newest report that it is about published it, None where none did."""
    about = (
        by_key[review.flag]
        for report, by_key in flags
        if review.flag in by_key
        and report.id >= review.report_id
        and (review.decided_at is None or report.made_at <= review.decided_at)
    )
    return next(about, None)


def _answer(one: Review, house: House, speak: Words) -> str:
    if one.decision is None or one.decided_at is None:
        return speak("control.due", date=day(one.due_at, house, speak))
    decided = speak(f"control.decision.{one.decision}")
    return speak("transparency.answered", decision=decided, date=day(one.decided_at, house, speak), finding=one.finding)
