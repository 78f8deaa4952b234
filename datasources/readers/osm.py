"""Tags of surveillance in OpenStreetMap, as volunteers write them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from datasources.readers.places import number_of
from events.errors import InvalidRecord
from events.vocabulary import CameraKind

PUBLIC_SPACE = ("public", "traffic")
PRIVATE = "private"
Tags = Mapping[str, object]

_KINDS = {"fixed": CameraKind.FIXED, "panning": CameraKind.PTZ, "dome": CameraKind.DOME}
_PLATES = "alpr"
_POINTS = {
    name: 22.5 * number
    for number, name in enumerate(
        ("n", "nne", "ne", "ene", "e", "ese", "se", "sse", "s", "ssw", "sw", "wsw", "w", "wnw", "nw", "nnw")
    )
}
_DEGREES = re.compile(r"\d{1,3}(?:\.\d{1,3})?")


def values_of(tags: Tags, name: str) -> tuple[str, ...]:
    """Return the values of a tag, which may hold several with semicolons."""
    told = tags.get(name)
    parts = told.split(";") if isinstance(told, str) else ()
    return tuple(part.strip().lower() for part in parts if part.strip())


def kind_of(tags: Tags) -> CameraKind | None:
    """Return the kind of camera, fixed when the tags do not say; None for what is no camera."""
    what = values_of(tags, "surveillance:type") or ("camera",)
    if _PLATES in what:
        return CameraKind.ANPR
    if "camera" not in what:
        return None
    return next((_KINDS[word] for word in values_of(tags, "camera:type") if word in _KINDS), CameraKind.FIXED)


def surveillance_of(tags: Tags) -> str | None:
    """Return what is watched; `private` when anything in the tags says so, None when nothing is told."""
    watched = values_of(tags, "surveillance")
    if PRIVATE in values_of(tags, "operator:type") or {"indoor", PRIVATE} & set(watched):
        return PRIVATE
    return watched[0] if watched else None


def direction_of(tags: Tags) -> tuple[float | None, float | None]:
    """Return azimuth and field of view in degrees; None for what the tag does not say or says twice.

    The tag is a number, a point of the compass, or the range from one to the other, clockwise: `0-360` is all round.
    """
    told = values_of(tags, "camera:direction") or values_of(tags, "direction")
    if len(told) != 1:
        return None, None
    begin, dash, end = told[0].partition("-")
    first, last = _degrees(begin), _degrees(end)
    if not dash:
        return first, None
    if first is None or last is None:
        return None, None
    if last - first >= 360:
        return None, 360.0
    width = (last - first) % 360
    return (first + width / 2) % 360, width or None


def _degrees(word: str) -> float | None:
    word = word.strip().removesuffix("°")
    if word in _POINTS:
        return _POINTS[word]
    if not _DEGREES.fullmatch(word):
        return None
    number = number_of(word)
    if number is None or number > 360:
        raise InvalidRecord("the direction of the camera is not between 0 and 360")
    return number
