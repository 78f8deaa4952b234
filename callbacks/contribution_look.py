"""What the panel is told while somebody writes: times, closures, words to take out, events that are very close, all at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from access.drafts import TEXTS, Draft, Problem, problems_of
from access.members import Member
from callbacks.contribution_form import Desk, Filled, read_form
from callbacks.contribution_reach import say_reach
from callbacks.contribution_words import reader_of, say_audience, say_geometry, say_problem, say_value
from callbacks.services import Services
from components.formats import clock_time, district, time_range
from components.texts import Words
from events.errors import InvalidRecord
from events.geometry import bounds, check_geometry
from events.records import Geometry
from events.taxonomy import category, in_family
from events.validity import Period
from insight.linking import already_told, figure_of_draft
from store.kept import EventQuery, KeptEvent
from store.links import Link

_METRES_PER_DEGREE = 70_000  # of longitude or latitude, at least, wherever a city of ours lies
_MOST_NEAR = 200
_MOST_TOLD = 3


def look(
    services: Services, member: Member, asked: Mapping[str, Any], speak: Words, base: Draft | None
) -> dict[str, Any]:
    """Return everything the panel shows beside what was typed; nothing is kept."""
    form = asked.get("form")
    desk = desk_of(services, member)
    filled = read_form(form if isinstance(form, Mapping) else {}, desk, lang=speak.lang, base=base)
    problems = all_problems(filled, services)
    zone, now = desk.zone, desk.now
    return {
        "title": filled.title,
        "place": filled.place or "",
        "problems": [say_problem(one, now, zone, speak) for one in problems],
        "way": _way(filled, zone, speak),
        "advice": advice_of(services, filled.draft, speak),
        "duplicates": _duplicates(services, filled, str(asked.get("event") or ""), speak),
        "preview": _preview(services, filled, speak),
        "reach": _reach(services, member, filled.draft, speak, is_new=base is None),
    }


def _reach(services: Services, member: Member, draft: Draft, speak: Words, *, is_new: bool) -> list[str]:
    placed = replace(draft, geometry=_placed(services, draft))
    partners = services.desk.contributions.partners(member) if services.desk else ()
    until, reader = draft.embargo_until, reader_of(services, speak)
    embargo = say_value("embargo_until", until, reader) if until is not None and until > reader.now else ""
    return say_reach(placed, member, partners, services.city, speak, is_new=is_new, embargo=embargo)


def desk_of(services: Services, member: Member) -> Desk:
    """Return what reading a form needs to know of a member's desk."""
    return Desk(city=services.city, places=services.places, home=member.home, now=services.clock())


def all_problems(filled: Filled, services: Services) -> list[Problem]:
    """Return what could not be read, then what the draft lacks; one problem per field, the first."""
    found: dict[str, Problem] = {}
    for problem in (*filled.problems, *problems_of(filled.draft, services.city)):
        found.setdefault(problem.name, problem)
    return list(found.values())


def advice_of(services: Services, draft: Draft, speak: Words) -> dict[str, Any]:
    """Return, per field whose words cannot be kept, which words and what to write instead."""
    texts = [(name, getattr(draft, name)) for name in TEXTS]
    points = draft.route.checkpoints if draft.route else ()
    texts += [(f"points.{number}", point.label) for number, point in enumerate(points)]
    found = {}
    for name, text in texts:
        advice = services.advise(str(text), speak) if text else None
        if advice is None or advice.kind == "cleared":
            continue
        found[name] = {
            "text": speak("gate.refused_text"),
            "words": [
                {"said": str(text)[one.start : one.end], "why": one.reason, "instead": one.replacement}
                for one in advice.removals
            ],
            "suggestion": advice.suggestion,
        }
    return found


def _way(filled: Filled, zone: ZoneInfo, speak: Words) -> dict[str, Any] | None:
    way = filled.way
    if way is None or way.route is None:
        return None
    off = {one.axis_id for one in way.closures} - {one.axis_id for one in way.effects}
    return {
        "length": speak("form.km", n=f"{way.length_m / 1000:.1f}".replace(".", "," if speak.lang == "fr" else ".")),
        "times": [clock_time(one.planned_at, zone) if one.planned_at else "" for one in way.route.checkpoints],
        "labels": [one.label for one in way.route.checkpoints],
        "end": way.ends_at.astimezone(zone).strftime("%Y-%m-%dT%H:%M") if way.ends_at else "",
        "axes": [
            {
                "id": one.axis_id,
                "text": f"{one.name} {clock_time(one.closed_from, zone)} – {clock_time(one.open_again, zone)}",
                "on": one.axis_id not in off,
            }
            for one in way.closures
        ],
    }


def _duplicates(services: Services, filled: Filled, own_id: str, speak: Words) -> list[dict[str, Any]]:
    draft = filled.draft
    geometry = _placed(services, draft)
    if geometry is None or not draft.category or filled.problems:
        return []
    rule, latitude = services.nearness, (services.city.area[1] + services.city.area[3]) / 2
    margin = rule.distance_m / _METRES_PER_DEGREE
    west, south, east, north = bounds(geometry)
    query = EventQuery(
        start=draft.start, end=draft.end or draft.start + timedelta(hours=2), limit=_MOST_NEAR,
        categories=tuple(in_family(category(draft.category).family)),
        bbox=(west - margin, south - margin, east + margin, north + margin),
    )  # fmt: skip
    near = [one for one in services.events(query) if one.id != own_id]
    mine = figure_of_draft(draft.category, geometry, Period(draft.start, draft.end), latitude)
    return [_told(kept, link, services, speak) for kept, link in already_told(mine, near, rule, latitude)[:_MOST_TOLD]]


def _told(kept: KeptEvent, link: Link, services: Services, speak: Words) -> dict[str, Any]:
    now, zone = services.clock(), ZoneInfo(services.city.timezone)
    period = kept.periods[0]
    shared = None if link.shared_line is None else round(link.shared_line * 100)
    why = speak("dup.metres", n=round(link.distance_m)) if shared is None else speak("dup.why", pct=shared)
    names = {item.id: item.name for item in services.boot(speak.lang).organisations}
    owner = names.get(kept.event.organisation, kept.event.organisation)
    when = time_range(period.start, period.end, now, zone, speak)
    return {
        "id": kept.id, "number": f"EV-{kept.number}", "why": why, "is_ours": kept.event.source_id.endswith("-contributions"),
        "text": " · ".join(part for part in (kept.event.headline, when, kept.event.place or "", owner) if part),
    }  # fmt: skip


def _preview(services: Services, filled: Filled, speak: Words) -> list[dict[str, str]]:
    draft, reader = filled.draft, reader_of(services, speak)
    now, zone, names = reader.now, reader.zone, reader.names
    shorts = {one.code: one.short for one in services.city.districts}
    placed = _placed(services, draft)
    where = ", ".join(district(shorts[code], speak) for code in services.city.districts_of(placed))
    when = time_range(draft.start, draft.end, now, zone, speak)
    rows = [
        ("headline", draft.headline), ("category", category(draft.category).name(speak.lang) if draft.category else ""),
        ("severity", speak(f"sev.{int(draft.severity)}")), ("when", when),
        ("check_at", say_value("check_at", draft.check_at, reader) if draft.check_at else ""),
        ("place", " · ".join(part for part in (draft.place or "", where) if part)),
        ("geometry", say_geometry(placed, speak) if placed and not draft.route else ""),
        ("march_status", say_value("march_status", draft.march_status, reader) if draft.march_status else ""),
        ("route", say_value("route", draft.route, reader) if draft.route else ""),
        ("effects", "; ".join(one.text for one in draft.effects)),
        ("description", draft.description or ""), ("instruction", draft.instruction or ""),
        ("audience", say_audience(draft.audience, speak, names)),
        ("embargo_until", say_value("embargo_until", draft.embargo_until, reader) if draft.embargo_until else ""),
    ]  # fmt: skip
    return [{"name": speak(f"form.field.{name}"), "value": value} for name, value in rows if value]


def _placed(services: Services, draft: Draft) -> Geometry | None:
    """Return the geometry of a draft once it is a good one, None before."""
    try:
        return None if draft.geometry is None else check_geometry(draft.geometry, services.city.area)
    except InvalidRecord:
        return None
