"""The fields of the camera register as a reader meets them, on `/cameras`, in its table and on `/transparence/cameras`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from api.house import House
from components.formats import number
from components.texts import Words
from events.records import Camera, Sector
from events.vocabulary import detail_level
from insight.coverage import looks

PUBLIC = (
    "camera", "owner", "kind", "purpose", "reference", "until", "state", "assessment", "service", "coverage",
    "verified_on", "detail", "districts",
)  # fmt: skip
"""The fields of a public camera that anyone may read."""
STAFF = (
    *PUBLIC, "range", "azimuth", "opening", "sectors", "masks", "occluded", "audience", "source", "external_id", "lon", "lat",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Told:
    """What the fields of one camera are written with: names of organisations and districts, words, the city's day."""

    camera: Camera
    owners: Mapping[str, str]
    places: Mapping[str, str]
    speak: Words
    today: date


def state_of(camera: Camera, today: date) -> str:
    """Return `unknown`, `in_force` or `expired`: an authorisation holds until the end of its last day, on the city's calendar."""
    if camera.authorised_until is None:
        return "unknown"
    return "expired" if camera.authorised_until < today else "in_force"


def values_of(cameras: Iterable[Camera], names: Sequence[str], house: House, speak: Words) -> list[list[object]]:
    """Return the fields `names` of each camera, a line each; None for what its owner does not say."""
    owners = {one.id: one.name_in(speak.lang) for one in house.said.organisation}
    places, today = {one.code: one.name for one in house.city.districts}, today_of(house)
    return [[_FIELDS[name](Told(one, owners, places, speak, today)) for name in names] for one in cameras]


def today_of(house: House) -> date:
    """Return the day on the city's calendar."""
    return house.clock().astimezone(house.zone).date()


def heads_of(names: Sequence[str], speak: Words) -> list[str]:
    """Return the titles of fields."""
    return [speak(f"register.head.{one}") for one in names]


def cell(value: object, speak: Words) -> str:
    """Return a field as a page shows it."""
    if isinstance(value, float):
        return number(value, speak, decimals=0 if value.is_integer() else 5)
    return "–" if value in (None, "") else str(value)


def _detail(told: Told) -> str | None:
    density = told.camera.detail_px_m
    if density is None:
        return None
    level = detail_level(density)
    said = told.speak("camera.detail", n=number(density, told.speak))
    return f"{said} ({told.speak(f'camera.level.{level}')})" if level else said


def _directions(sectors: Iterable[Sector], speak: Words) -> str:
    return " ; ".join(_direction(one, speak) for one in sectors)


def _direction(one: Sector, speak: Words) -> str:
    azimuth, opening = (number(value, speak) for value in (one.azimuth_deg, one.field_of_view_deg))
    said = speak("camera.direction", azimuth=azimuth, opening=opening)
    return said if one.range_m is None else f"{said}, {speak('camera.metres', n=number(one.range_m, speak))}"


def _masks(told: Told) -> str:
    said = _directions(told.camera.masks, told.speak)
    areas = len(told.camera.masked_areas)
    return " ; ".join(part for part in (said, told.speak.count("camera.areas", areas) if areas else "") if part)


_FIELDS: Mapping[str, Callable[[Told], object]] = {
    "camera": lambda told: told.camera.label or told.camera.external_id,
    "owner": lambda told: told.owners.get(told.camera.organisation, told.camera.organisation),
    "kind": lambda told: told.speak(f"camera.kind.{told.camera.kind.value}"),
    "purpose": lambda told: told.camera.purpose,
    "reference": lambda told: told.camera.legal_reference,
    "until": lambda told: told.camera.authorised_until and told.camera.authorised_until.isoformat(),
    "state": lambda told: told.speak(f"register.state.{state_of(told.camera, told.today)}"),
    "assessment": lambda told: told.camera.assessment,
    "service": lambda told: told.camera.service and told.speak(f"register.service.{told.camera.service.value}"),
    "coverage": lambda told: told.speak(
        "register.verified" if told.camera.is_coverage_verified else "register.nominal"
    ),
    "verified_on": lambda told: told.camera.verified_on and told.camera.verified_on.isoformat(),
    "detail": _detail,
    "districts": lambda told: ", ".join(told.places.get(code, code) for code in told.camera.district_codes),
    "range": lambda told: told.camera.range_m,
    "azimuth": lambda told: told.camera.azimuth_deg,
    "opening": lambda told: told.camera.field_of_view_deg,
    "sectors": lambda told: _directions(looks(told.camera), told.speak),
    "masks": _masks,
    "occluded": lambda told: (
        None
        if told.camera.is_occluded is None
        else told.speak("camera.occluded" if told.camera.is_occluded else "camera.clear")
    ),
    "audience": lambda told: told.speak(f"register.audience.{told.camera.audience.level.value}"),
    "source": lambda told: told.camera.source_id,
    "external_id": lambda told: told.camera.external_id,
    "lon": lambda told: round(told.camera.position[0], 6),
    "lat": lambda told: round(told.camera.position[1], 6),
}
