"""A contribution in words: problems under their field, the value of a field, who may see it, what a save led to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from access.answers import Saved
from access.drafts import Problem
from callbacks.desk import Post, Turn
from callbacks.services import Services
from components.formats import clock_time, short_time
from components.texts import Words
from events.audience import Audience, AudienceLevel
from events.records import Checkpoint, Effect, Route
from events.taxonomy import category
from events.vocabulary import GeometryPrecision, MarchStatus, Severity
from store.contributions import PROPOSED


def say_problem(problem: Problem, now: datetime, zone: ZoneInfo, speak: Words) -> dict[str, str]:
    """Return a problem as the form shows it: the field it stands under, and what to do."""
    params = {
        name: short_time(value, now, zone, speak) if isinstance(value, datetime) else value
        for name, value in problem.params.items()
    }
    return {"field": problem.name, "text": speak(problem.key, **params)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Who reads: the present moment, the city's clock, the language, and the names of organisations by id."""

    now: datetime
    zone: ZoneInfo
    speak: Words
    names: Mapping[str, str]


def reader_of(services: Services, speak: Words) -> Reader:
    """Return the reader of the present request."""
    names = {item.id: item.name for item in services.boot(speak.lang).organisations}
    return Reader(now=services.clock(), zone=ZoneInfo(services.city.timezone), speak=speak, names=names)


def say_value(name: str, value: object, reader: Reader) -> str:
    """Return the value of one field of a draft in words."""
    if value in (None, "", ()):
        return reader.speak("form.nothing")
    if name == "category":
        return category(str(value)).name(reader.speak.lang)
    say = next((say for kind, say in _SAY if isinstance(value, kind)), None)
    return str(value) if say is None else say(value, reader)


def _say_route(route: Route, reader: Reader) -> str:
    def passing(point: Checkpoint) -> str:
        planned = clock_time(point.planned_at, reader.zone) if point.planned_at else "—"
        if point.tolerance_min:
            planned += f" ± {reader.speak('form.minutes', n=point.tolerance_min)}"
        seen = [at for at in (point.observed_at, point.tail_observed_at) if at is not None]
        told = "".join(f" ✓ {clock_time(at, reader.zone)}" for at in seen)
        return f"{planned} {point.label}{told}"

    return ", ".join(passing(point) for point in route.checkpoints)


_SAY: Sequence[tuple[type, Callable[[Any, Reader], str]]] = (
    (datetime, lambda at, reader: short_time(at, reader.now, reader.zone, reader.speak)),
    (bool, lambda yes, reader: reader.speak("form.yes" if yes else "form.no")),
    (MarchStatus, lambda status, reader: reader.speak(f"march.{status.value}")),
    (Severity, lambda severity, reader: reader.speak(f"sev.{int(severity)}")),
    (GeometryPrecision, lambda precision, reader: reader.speak(f"form.precision.{precision.value}")),
    (Audience, lambda audience, reader: say_audience(audience, reader.speak, reader.names)),
    (Route, _say_route),
    (Mapping, lambda geometry, reader: say_geometry(geometry, reader.speak)),
    (tuple, lambda effects, _reader: "; ".join(one.text for one in effects if isinstance(one, Effect))),
)


def say_geometry(geometry: Mapping[str, Any], speak: Words) -> str:
    """Return a geometry in words: where a point is, how many points draw a line or a zone."""
    kind, pairs = str(geometry.get("type")), geometry.get("coordinates")
    if kind == "Point" and isinstance(pairs, Sequence):
        return f"{float(pairs[1]):.4f}, {float(pairs[0]):.4f}"
    count = str(pairs).count("[") - (2 if kind == "Polygon" else 1)
    return speak("form.drawn", n=max(count, 1))


def say_audience(audience: Audience, speak: Words, names: Mapping[str, str]) -> str:
    """Return who may see a record."""
    if audience.level is AudienceLevel.LISTED:
        return ", ".join(sorted(names.get(one, one) for one in audience.organisations))
    return speak(f"form.audience.{audience.level.value}")


def say_field(name: str, speak: Words) -> str:
    """Return the name of a field of the form."""
    return speak(f"form.field.{name}") if speak.has(f"form.field.{name}") else name


def say_turn(turn: Turn, reader: Reader) -> dict[str, str | None]:
    """Return who edits an event instead of who reads this (`locked`), and who else waits for it (`waiting`)."""
    told: dict[str, str | None] = {"locked": None, "waiting": None}
    if turn.holder is not None:
        since = reader.now if turn.since is None else turn.since
        told["locked"] = reader.speak(
            "form.edited_by", who=_post(turn.holder, reader), time=clock_time(since, reader.zone)
        )
    if turn.waiting is not None:
        key = "form.lock.waiting" if turn.holder is None else "form.lock.after"
        told["waiting"] = reader.speak(key, who=_post(turn.waiting, reader))
    return told


def _post(post: Post, reader: Reader) -> str:
    name = reader.names.get(post.organisation or "")
    return f"{name} ({post.account_id})" if name else post.account_id


def say_saved(saved: Saved, what: str, audience: str, speak: Words) -> str:
    """Return what a save led to, for the toast."""
    number = f"EV-{saved.number}"
    if saved.state == PROPOSED and what == "publish":
        return speak("pub.proposed", id=number)
    if saved.awaits_alert and what in ("publish", "change"):
        return speak("pub.awaits", id=number)
    key = f"pub.{what}"
    return speak(key, id=number) if what != "publish" else speak("pub.done", id=number, who=audience)
