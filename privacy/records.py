"""Every text of every record, field by field, through a screen: what it refuses is withheld, the record is kept."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import Any, Protocol, TypeVar
from zoneinfo import available_timezones

from events.audience import Audience, listed
from events.errors import InvalidRecord
from events.records import Camera, Checkpoint, Effect, Event, RoadState, Route, Tally
from events.taxonomy import UNKNOWN_CATEGORY, categories
from events.validity import Validity
from events.vocabulary import InformationStatus
from privacy.shapes import bare, coarsened
from privacy.title import effect_label, generated_titles, passage_label

LEAST_SLOT = timedelta(hours=3)  # slots of 4 hours are the shortest, and one of them loses an hour in March
_DISTRICT = re.compile(r"\d[\dAB]\d{3}")
Record = TypeVar("Record", Event, RoadState, Camera, Tally)
_LANGUAGE = re.compile(r"[a-z]{2}(?:-[A-Z]{2})?")

# What an agreement may leave out of a record; the rest is its identity, its place in time, its state.
OPTIONAL_FIELDS: dict[type, tuple[str, ...]] = {
    Event: (
        "situation_id",
        "version",
        "source_code",
        "description",
        "instruction",
        "published_at",
        "observed_at",
        "geometry",
        "place",
        "road_name",
        "direction",
        "size_class",
        "route",
        "attribution",
    ),
    RoadState: ("name", "speed_kmh", "flow_vph", "reliability", "geometry", "axis_id"),
    Camera: (
        "label", "range_m", "azimuth_deg", "field_of_view_deg", "purpose", "legal_reference", "authorised_until",
        "sectors", "masks", "masked_areas", "detail_px_m", "verified_on", "is_occluded", "service", "assessment",
    ),
    Tally: (),
}  # fmt: skip

_LISTS = frozenset({"effects", "sectors", "masks", "masked_areas"})


class Screen(Protocol):
    """What the gate offers to the walk over a record; every text it returns may be kept."""

    def text(self, raw: str | None, name: str) -> str | None:
        """Return the text of the field `name` without markup, or None when it is empty or withheld."""

    def identifier(self, raw: str, name: str) -> str:
        """Return a publisher's identifier, or a keyed stand-in that is the same at every poll."""

    def code(self, raw: str | None, name: str) -> str | None:
        """Return a word of a closed vocabulary, or None when it does not look like one."""

    def ours(self, *candidates: str) -> str:
        """Return the first candidate that passes, else the last, which holds our own words only."""


def screen_event(event: Event, source_id: str, organisation: str, allowed: Audience, screen: Screen) -> Event:
    """Return the event with every text screened; raise InvalidRecord for a test message or an audience of nobody.

    `allowed` is the widest audience the source may have. Withheld: the headline gives way to a title made of the
    category, the road and the place; labels to numbered ones; any other text to None.
    """
    if event.information_status is InformationStatus.TEST:
        raise InvalidRecord("a test message: not kept")
    language = event.language if _LANGUAGE.fullmatch(event.language) else "fr"
    category_id = event.category if event.category in categories() else UNKNOWN_CATEGORY
    road, place = screen.text(event.road_name, "road_name"), screen.text(event.place, "place")
    titles = generated_titles(category_id, road=road, place=place, language=language)
    return replace(
        event,
        source_id=source_id,
        external_id=screen.identifier(event.external_id, "external_id"),
        organisation=screen.code(event.organisation, "organisation") or screen.ours(organisation),
        category=screen.ours(category_id),
        headline=screen.text(event.headline, "headline") or screen.ours(*titles),
        validity=_in_known_zones(event.validity),
        audience=narrowed(event.audience, allowed, screen),
        situation_id=_identifier(event.situation_id, "situation_id", screen),
        version=_identifier(event.version, "version", screen),
        source_code=screen.text(event.source_code, "source_code"),
        description=screen.text(event.description, "description"),
        instruction=screen.text(event.instruction, "instruction"),
        language=screen.ours(language),
        geometry=coarsened(bare(event.geometry), category_id),
        place=place,
        road_name=road,
        direction=screen.text(event.direction, "direction"),
        district_codes=_codes(event.district_codes, screen),
        route=_route(event.route, language, screen),
        effects=tuple(_effect(number, effect, language, screen) for number, effect in enumerate(event.effects, 1)),
        attribution=screen.text(event.attribution, "attribution"),
    )


def screen_road(road: RoadState, source_id: str, organisation: str, allowed: Audience, screen: Screen) -> RoadState:
    """Return the road state with its name and identifiers screened; raise InvalidRecord for an audience of nobody."""
    return replace(
        road,
        source_id=source_id,
        segment_id=screen.identifier(road.segment_id, "segment_id"),
        organisation=screen.code(road.organisation, "organisation") or screen.ours(organisation),
        audience=narrowed(road.audience, allowed, screen),
        name=screen.text(road.name, "name"),
        geometry=bare(road.geometry),
        axis_id=screen.code(road.axis_id, "axis_id"),
    )


def screen_camera(camera: Camera, source_id: str, organisation: str, allowed: Audience, screen: Screen) -> Camera:
    """Return the camera with its texts screened; raise InvalidRecord for an audience of nobody."""
    return replace(
        camera,
        source_id=source_id,
        external_id=screen.identifier(camera.external_id, "external_id"),
        organisation=screen.code(camera.organisation, "organisation") or screen.ours(organisation),
        audience=narrowed(camera.audience, allowed, screen),
        label=screen.text(camera.label, "label"),
        purpose=screen.text(camera.purpose, "purpose"),
        legal_reference=screen.text(camera.legal_reference, "legal_reference"),
        assessment=screen.text(camera.assessment, "assessment"),
        district_codes=_codes(camera.district_codes, screen),
    )


def screen_tally(tally: Tally, source_id: str, organisation: str, allowed: Audience, screen: Screen) -> Tally:
    """Return the tally; raise InvalidRecord when its measure, area or unit is no code: a figure of nothing is false.

    Refused too: a period shorter than a slot, and, under a week, an area that is no district.
    """
    measure, area, unit = (screen.code(getattr(tally, name), name) for name in ("measure", "area_code", "unit"))
    if measure is None or area is None or unit is None:
        raise InvalidRecord("the measure, area or unit of a tally is not a short code: not kept")
    if tally.value is not None and not 0 <= tally.value < math.inf:
        raise InvalidRecord("the value of a tally is not a number from 0 on: not kept")
    length = tally.end - tally.start
    if length < LEAST_SLOT:
        raise InvalidRecord("a count of less than a slot of some hours says when each thing happened: not kept")
    if length < timedelta(days=6) and not _DISTRICT.fullmatch(area):
        raise InvalidRecord("a count of less than a week names a district by its INSEE code: not kept")
    return replace(
        tally,
        source_id=source_id,
        external_id=screen.identifier(tally.external_id, "external_id"),
        organisation=screen.code(tally.organisation, "organisation") or screen.ours(organisation),
        audience=narrowed(tally.audience, allowed, screen),
        measure=measure,
        area_code=area,
        unit=unit,
    )


def narrowed(asked: Audience, allowed: Audience, screen: Screen) -> Audience:
    """Return the audience asked for, never wider than the source's own; raise InvalidRecord when nobody is left."""
    audience = asked.meet(allowed)
    if audience is not None and audience.organisations:
        names = [name for name in audience.organisations if screen.code(name, "audience") is not None]
        audience = listed(names) if names else None
    if audience is None:
        raise InvalidRecord("its audience and that of its source have no organisation in common: not kept")
    return audience


def limited(record: Record, fields: frozenset[str] | None) -> Record:
    """Return the record without the optional fields its agreement does not name; None means no limit."""
    if fields is None:
        return record
    emptied = {name: nothing_of(name) for name in OPTIONAL_FIELDS[type(record)] if name not in fields}
    if isinstance(record, Event):
        emptied |= {name: empty for name, empty in (("headline", ""), ("effects", ())) if name not in fields}
    return replace(record, **emptied)


def nothing_of(name: str) -> Any:
    """Return what an optional field holds when it may not be kept: an empty list for what is one, else None."""
    return () if name in _LISTS else None


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _in_known_zones(validity: Validity) -> Validity:
    if any(recurrence.timezone not in _zones() for recurrence in validity.recurrences):
        raise InvalidRecord("a recurrence in a time zone that does not exist: not kept")
    return validity


def _identifier(raw: str | None, name: str, screen: Screen) -> str | None:
    return None if raw is None else screen.identifier(raw, name)


def _codes(codes: tuple[str, ...], screen: Screen) -> tuple[str, ...]:
    return tuple(kept for code in codes if (kept := screen.code(code, "district_codes")) is not None)


def _route(route: Route | None, language: str, screen: Screen) -> Route | None:
    if route is None:
        return None
    return Route(
        checkpoints=tuple(
            _checkpoint(number, point, language, screen) for number, point in enumerate(route.checkpoints, 1)
        )
    )


def _checkpoint(number: int, point: Checkpoint, language: str, screen: Screen) -> Checkpoint:
    return replace(
        point, label=screen.text(point.label, f"route.{number}.label") or screen.ours(passage_label(number, language))
    )


def _effect(number: int, effect: Effect, language: str, screen: Screen) -> Effect:
    return replace(
        effect,
        text=screen.text(effect.text, f"effects.{number}.text") or screen.ours(effect_label(number, language)),
        axis_id=screen.code(effect.axis_id, f"effects.{number}.axis_id"),
    )
