"""One record seen through a field map: values of the right type, checked, or InvalidRecord."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from datasources.contract import Source
from datasources.readers.codes import audience_of, code_text
from datasources.readers.fieldmap import FieldMap
from datasources.readers.paths import Row, resolve
from datasources.readers.places import geometry_of, number_of, pair_of, point_of
from datasources.readers.text import SHORT_CHARS, clean
from events.audience import Audience, listed
from events.errors import InvalidRecord
from events.geometry import check_geometry
from events.records import Geometry

_TRUE = frozenset({"true", "1", "yes", "oui", "vrai", "o", "y"})


@dataclass(frozen=True, slots=True)
class Mapped:
    """A publisher's record and the map that reads it."""

    fields: FieldMap
    row: Row

    @property
    def source(self) -> Source:
        """Return the source the record came from."""
        return self.fields.source

    def value(self, name: str) -> object:
        """Return the publisher's value, or the map's constant, for one of our fields."""
        return self.fields.value(self.row, name)

    def raw(self, name: str) -> object:
        """Return the publisher's value even when the map counts it as missing."""
        paths = self.fields.fields.get(name, ())
        return resolve(self.row, paths[0]) if paths else None

    def text(self, name: str, limit: int = SHORT_CHARS) -> str | None:
        """Return a plain text; the first member of a list that has one."""
        value = self.value(name)
        for part in value if isinstance(value, list) else [value]:
            text = clean(part, limit)
            if text:
                return text
        return None

    def moment(self, name: str, *, is_end: bool = False) -> datetime | None:
        """Return a moment in UTC."""
        return self.fields.times.moment(self.value(name), is_end=is_end)

    def code(self, name: str) -> str | None:
        """Return our word for the publisher's code; None when there is none or no table knows it."""
        paths = self.fields.fields.get(name, ())
        found = resolve(self.row, paths[0]) if len(paths) == 1 else self.value(name)
        known = None if found is None else self.fields.codes.ours(name, found)
        constant = self.fields.constants.get(name)
        if known is None and constant is not None and code_text(found) == "":
            return code_text(constant)
        return known

    def has_value(self, name: str) -> bool:
        """Tell whether the publisher or the map gives anything for this field."""
        return self.value(name) is not None

    def number(self, name: str, low: float | None = None, high: float | None = None) -> float | None:
        """Return a finite number between the limits; raise InvalidRecord outside them."""
        number = number_of(self.value(name), self.fields.decimal)
        if number is not None and ((low is not None and number < low) or (high is not None and number > high)):
            raise InvalidRecord(f"{name} is not between {low:g} and {high:g}")
        return number

    def flag(self, name: str) -> bool:
        """Tell whether the publisher says yes."""
        return code_text(self.value(name)) in _TRUE

    def organisation(self) -> str:
        """Return the organisation a table names, else the source's own: a publisher's text never becomes one."""
        named = self.fields.codes.ours("organisation", self.value("organisation"))
        return named or self.source.organisation

    def audience(self) -> Audience:
        """Return the record's audience, never wider than the source's; an unknown code is the narrowest."""
        if not self.has_value("audience"):
            return self.source.default_audience
        word = self.code("audience")
        try:
            stated = audience_of(word) if word else listed([self.source.organisation])
        except InvalidRecord:
            stated = listed([self.source.organisation])
        audience = self.source.default_audience.meet(stated)
        if audience is None:
            raise InvalidRecord("its audience leaves no one who may see it")
        return audience

    def geometry(self) -> Geometry | None:
        """Return the checked geometry, from whichever of the place fields the map names first."""
        return place_of(self.fields, self.value)


def place_of(fields: FieldMap, value: Callable[[str], object]) -> Geometry | None:
    """Return the checked geometry that `value` gives under the names of place fields; None when it gives none."""
    found = geometry_of(value("geometry"), fields.turn, fields.pair_order, fields.decimal)
    if found is None:
        pair = pair_of(value("position"), fields.pair_order, fields.decimal)
        if pair is None:
            x = value("lon") if value("lon") is not None else value("x")
            y = value("lat") if value("lat") is not None else value("y")
            pair = point_of(x, y, fields.decimal)
        if pair is not None:
            found = {"type": "Point", "coordinates": list(fields.turn(*pair))}
    if found is None or found.get("coordinates") == [0.0, 0.0]:
        return None
    return check_geometry(found, fields.source.area)
