"""What stands at the head of every report: when, for whom, of which view."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from api.house import House
from components.formats import clock_time, district, short_day, short_time
from components.plot import colours
from components.report import Head
from components.texts import Words
from events.audience import Viewer
from events.taxonomy import categories, document
from events.vocabulary import Phase, StoredStatus
from store.kept import EventQuery

_STATUS = {
    Phase.ONGOING: "en_cours", Phase.PLANNED: "prevu", Phase.ENDED: "termine", Phase.CANCELLED: "annule",
    StoredStatus.TO_CONFIRM: "a_confirmer",
}  # fmt: skip
_MOST_NAMED = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class For:
    """Whom a report is for and in which words: `keys` are the parameters as given, `view` the address on the screen."""

    viewer: Viewer
    keys: Mapping[str, str]
    view: str
    words: Words
    has_restricted: bool = False
    title: str = ""  # of the saved view


def head_of(house: House, title: str, asked: For, query: EventQuery, at: datetime, made: str) -> Head:
    """Return the head of a report of a moment; `made` is the sentence that says it."""
    words = asked.words
    named = [(words("report.view"), asked.title)] if asked.title else []
    return Head(
        title=title,
        city=house.said.name,
        made=made,
        audience=words(f"report.audience.{audience_of(asked)}"),
        view=[*named, *view_told(house, asked, query, at)],
        address=asked.view,
        is_restricted=asked.has_restricted,
        is_demo=is_demo(house),
        ink=colours("light"),
    )


def audience_of(asked: For) -> str:
    """Return for whom the content is: `public`, `partners` or `restricted`."""
    if asked.has_restricted:
        return "restricted"
    return "partners" if asked.viewer.is_partner else "public"


def is_demo(house: House) -> bool:
    """Tell whether nothing of it is real."""
    return house.access is not None and house.access.is_demonstration


def moment(at: datetime, house: House, words: Words) -> str:
    """Return a moment on the city's clock with its year: "lun. 30 nov. 2026, 14:32"."""
    return f"{short_day(at, house.zone, words)} {at.astimezone(house.zone):%Y}, {clock_time(at, house.zone)}"


def view_told(house: House, asked: For, query: EventQuery, at: datetime) -> Iterator[tuple[str, str]]:
    """Yield what was asked for, as names and values."""
    words = asked.words
    if query.start is not None and query.end is not None:
        bounds = (short_time(one, at, house.zone, words) for one in (query.start, query.end))
        yield words("report.period"), " – ".join(bounds)
    yield words("report.districts"), _districts(house, query, words)
    if "category" in asked.keys:
        yield words("report.categories"), _listed(_kinds(asked.keys["category"], words.lang))
    if query.organisations:
        names = {one.id: one.name_in(words.lang) for one in house.said.organisation}
        yield words("report.organisations"), _listed([names.get(one, one) for one in query.organisations])
    if query.severity:
        yield words("report.severity"), words("report.severity.least", severity=words(f"sev.{query.severity}"))
    if query.phases:
        yield (
            words("report.statuses"),
            _listed([words(f"status.{_STATUS[one]}") for one in query.phases if one in _STATUS]),
        )
    if query.text:
        yield words("report.text"), query.text
    if query.bbox is not None:
        yield words("report.area"), words("report.area.frame")


def _districts(house: House, query: EventQuery, words: Words) -> str:
    if not query.districts:
        return words("report.districts.all")
    shorts = {one.code: district(one.short, words) for one in house.city.districts}
    return _listed([shorts.get(code, code) for code in query.districts])


def _kinds(given: str, lang: str) -> list[str]:
    names = {one.id: one.name(lang) for one in categories().values()}
    names |= {str(one["id"]): str(one[lang]) for one in document()["families"]}
    return [names.get(one.strip(), one.strip()) for one in given.split(",") if one.strip()]


def _listed(names: list[str]) -> str:
    shown = ", ".join(names[:_MOST_NAMED])
    return shown if len(names) <= _MOST_NAMED else f"{shown}, +{len(names) - _MOST_NAMED}"
