"""One event of OpenAgenda: as its API gives it, or flattened by the mirror on Opendatasoft (`title_fr`, `location_name` ...)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson

from datasources.readers.places import LAT_LON, pair_of, point_of
from datasources.readers.text import DESCRIPTION_CHARS, HEADLINE_CHARS, SHORT_CHARS, clean, identifier
from datasources.readers.times import Times
from events.errors import InvalidRecord
from events.validity import MAX_PERIODS, Period, Validity
from events.vocabulary import StoredStatus

LANGUAGES = ("fr", "en")
PUBLISHED = 2
ONLINE, MOVED_ONLINE = 2, 3
IMAGES = frozenset({"image", "thumbnail", "originalimage"})
READ = frozenset(
    {
        "uid", "title", "description", "longDescription", "longdescription", "keywords", "timings", "firstTiming",
        "lastTiming", "firstdate_begin", "lastdate_end", "status", "state", "draft", "private", "attendanceMode",
        "attendancemode", "updatedAt", "updatedat", "location", "location_coordinates", "location_name",
        "location_address", "slug", "nextTiming", "dateRange", "daterange", "firstdate_end", "lastdate_begin",
    }
)  # fmt: skip
_MAX_JSON = 1_000_000
_MAX_KEYWORDS = 50
# 2 and 5, rescheduled and full: it takes place, at the times it tells.
_STATUS = {4: StoredStatus.TO_CONFIRM, 6: StoredStatus.CANCELLED}
_KNOWN_STATUS = range(1, 7)
_LABELS = {
    "programmé": 1, "reprogrammé": 2, "déplacé en ligne": 3, "reporté": 4, "complet": 5, "annulé": 6,
    "sur place": 1, "hors ligne": 1, "en ligne": 2, "mixte": 3,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class AgendaEvent:
    """An event as published; only what a reader of the city needs is ever looked at: no contributor, no contact."""

    told: Mapping[str, object]

    def identity(self) -> str:
        """Return the uid, the same in every agenda that takes the event up."""
        return identifier(self.told.get("uid"))

    def is_published(self) -> bool:
        """Tell whether the agenda shows it: neither a draft, nor private, nor waiting, refused or taken back."""
        hidden = any(_number(self.told.get(name)) for name in ("draft", "private"))
        state = self.told.get("state")
        return not hidden and (state is None or _number(state) == PUBLISHED)

    def text(self, name: str, limit: int) -> tuple[str | None, str]:
        """Return a text and its language: French, English, else the first there is; plain texts pass for French."""
        for key in (name, name.lower()):
            value = self.told.get(key)
            if isinstance(value, Mapping):
                spoken = {str(language)[:2].lower(): clean(words, limit) for language, words in value.items()}
                for language in (*LANGUAGES, *spoken):
                    if spoken.get(language):
                        return spoken[language], language
            elif found := clean(value, limit):
                return found, LANGUAGES[0]
            for language in LANGUAGES:
                if found := clean(self.told.get(f"{key}_{language}"), limit):
                    return found, language
        return None, LANGUAGES[0]

    def headline(self) -> tuple[str | None, str]:
        """Return the title and its language."""
        return self.text("title", HEADLINE_CHARS)

    def description(self) -> str | None:
        """Return the short description, else the long one."""
        return self.text("description", DESCRIPTION_CHARS)[0] or self.text("longDescription", DESCRIPTION_CHARS)[0]

    def keywords(self) -> tuple[str, ...]:
        """Return the keywords of every language, whether they come as an object, a list or one text."""
        found: list[str] = []
        for key in ("keywords", *(f"keywords_{language}" for language in LANGUAGES)):
            value = _parsed(self.told.get(key))
            parts = [part for one in value.values() for part in _listed(one)] if isinstance(value, Mapping) else value
            found += [word for part in _listed(parts)[:_MAX_KEYWORDS] if (word := clean(part))]
        return tuple(dict.fromkeys(found))

    def status(self) -> StoredStatus | None:
        """Return what of the status cannot be told by time; one that no table knows has to be looked at."""
        if self.told.get("status") is None:
            return None
        code = _number(self.told.get("status"))
        return _STATUS.get(code) if code is not None and code in _KNOWN_STATUS else StoredStatus.TO_CONFIRM

    def is_online(self) -> bool:
        """Tell whether it takes place nowhere: online from the start, or moved there."""
        mode = self.told.get("attendanceMode", self.told.get("attendancemode"))
        return _number(mode) == ONLINE or _number(self.told.get("status")) == MOVED_ONLINE

    def place(self) -> str | None:
        """Return the name of the place and its address."""
        location = self.told.get("location")
        told = location if isinstance(location, Mapping) else {}
        name, address = (
            clean(told.get(key) or self.told.get(f"location_{key}"), SHORT_CHARS) for key in ("name", "address")
        )
        parts = [name, None if name and address and address.startswith(name) and name != address else address]
        return clean(", ".join(dict.fromkeys(part for part in parts if part)))

    def position(self) -> tuple[float, float] | None:
        """Return longitude and latitude; None when there is none or the event is online."""
        if self.is_online():
            return None
        location = self.told.get("location")
        if isinstance(location, Mapping):
            return point_of(location.get("longitude"), location.get("latitude"))
        return pair_of(_parsed(self.told.get("location_coordinates")), LAT_LON)  # an array of v1 begins with latitude

    def validity(self, times: Times) -> Validity:
        """Return the timings as periods and their hull; the first and last moment when there are no timings."""
        timings = _listed(_parsed(self.told.get("timings")))
        if len(timings) > MAX_PERIODS:
            raise InvalidRecord(f"the event has more than {MAX_PERIODS} timings")
        periods = tuple(sorted(_periods(timings, times), key=lambda period: period.start))
        if periods:
            end = max(period.end for period in periods if period.end is not None)
            return Validity(start=periods[0].start, end=end, periods=periods if len(periods) > 1 else ())
        start = times.moment(_begin(self.told.get("firstTiming")) or self.told.get("firstdate_begin"))
        end_at = times.moment(_end(self.told.get("lastTiming")) or self.told.get("lastdate_end"), is_end=True)
        if start is None:
            raise InvalidRecord("the event tells no time")
        return Validity(start=start, end=end_at)

    def updated_at(self, times: Times) -> datetime | None:
        """Return when it was last changed."""
        return times.moment(self.told.get("updatedAt") or self.told.get("updatedat"))

    def codes(self, field: str | None) -> tuple[str, ...]:
        """Return what its category may be read from: one field of the agenda's own, else the keywords."""
        if field is None:
            return self.keywords()
        return tuple(code for part in _listed(self.told.get(field))[:_MAX_KEYWORDS] if (code := _word(part)))

    def images(self) -> int:
        """Return how many addresses of images it holds."""
        return sum(bool(self.told.get(name)) for name in IMAGES)

    def dropped(self, field: str | None) -> Iterator[str]:
        """Yield the names of the fields that hold something and are not read."""
        for name, value in self.told.items():
            stem = name.rpartition("_")[0] if name.endswith(tuple(f"_{language}" for language in LANGUAGES)) else name
            if stem not in READ and name not in (field, "image") and value not in (None, "", [], {}):
                yield name


def _periods(timings: Sequence[object], times: Times) -> Iterator[Period]:
    for timing in timings:
        start, end = times.moment(_begin(timing)), times.moment(_end(timing), is_end=True)
        if start is None or end is None:
            raise InvalidRecord("a timing lacks its begin or its end")
        yield Period(start, end)


def _begin(timing: object) -> object:
    return timing.get("begin", timing.get("start")) if isinstance(timing, Mapping) else None


def _end(timing: object) -> object:
    return timing.get("end") if isinstance(timing, Mapping) else None


def _word(part: object) -> str | None:
    return clean(part.get("id") or part.get("label")) if isinstance(part, Mapping) else clean(part)


def _listed(value: object) -> list[object]:
    if isinstance(value, list):
        return value
    if isinstance(value, str):
        return [part for part in value.split(",") if part.strip()]
    return [] if value is None or isinstance(value, Mapping) else [value]


def _parsed(value: object) -> object:
    """Return a value, and for a text that is JSON what it says: the mirror writes lists and objects as texts."""
    if not isinstance(value, str) or not value.lstrip().startswith(("[", "{")):
        return value
    if len(value) > _MAX_JSON:
        raise InvalidRecord("a list written as a text is too long")
    try:
        parsed: object = orjson.loads(value)
    except orjson.JSONDecodeError as error:
        raise InvalidRecord("a list written as a text is not JSON") from error
    return parsed


def _number(value: object) -> int | None:
    """Return a code, given as a number, a text, a label in French, or an object with its id."""
    value = _parsed(value)
    if isinstance(value, Mapping):
        value = value.get("id")
    if isinstance(value, bool | int):
        return int(value)
    text = value.strip().casefold() if isinstance(value, str) else ""
    if text.isascii() and text.isdecimal() and len(text) < 4:
        return int(text)
    return _LABELS.get(text, -1 if text else None)
