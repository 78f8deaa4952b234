"""One entry of the list of sources, as it is written in TOML, and its checks."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Annotated, Self
from zoneinfo import ZoneInfo

import httpx
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from datasources.addresses import read_networks
from datasources.contract import Coverage, Reference, Source
from events.audience import Audience, AudienceLevel, read_audience
from events.errors import InvalidRecord
from events.vocabulary import DetectionMode

_SPAN = re.compile(r"(\d{1,9}(?:\.\d{1,3})?) ?(ms|s|min|h|d)")
_SECONDS = {"ms": 0.001, "s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0}
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)+")
_NAME = re.compile(r"[a-z0-9]+([-_][a-z0-9]+)*")
_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]*")
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_LAST_ONES = frozenset({"rss"})  # kinds whose documents hold the last entries: absence from them is not an end
_CONFIDENTIAL = frozenset({"emsi"})  # kinds that emergency services give under an agreement, to named organisations
_UNSHARED = frozenset({"waze"})  # kinds whose agreement forbids to give the data on
_OURS = frozenset(
    {"host", "connection", "content-length", "transfer-encoding", "accept-encoding", "if-none-match", "user-agent"}
)
_WIDEST = {4: 8, 6: 16}  # a shorter prefix would allow nearly everything, which is no allow-list


def read_span(text: object) -> timedelta:
    """Return the time span written as "30 s", "5 min", "1 h" or "2 d"; raise ValueError for anything else."""
    match = _SPAN.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise ValueError("a number and a unit (ms, s, min, h, d), such as '30 s'")
    return timedelta(seconds=float(match[1]) * _SECONDS[match[2]])


def _positive_span(text: object) -> timedelta:
    span = read_span(text)
    if span <= timedelta(0):
        raise ValueError("a span longer than zero")
    return span


def _id(text: str) -> str:
    if not _ID.fullmatch(text) or len(text) > 64:
        raise ValueError("'publisher-topic': lower case, digits, hyphens, at most 64 characters")
    return text


def _organisation(text: str) -> str:
    if not _NAME.fullmatch(text) or len(text) > 64:
        raise ValueError("the id of an organisation: lower case, digits, hyphens, at most 64 characters")
    return text


def _audience(text: object) -> Audience:
    try:
        return read_audience(text if isinstance(text, str) else "")
    except InvalidRecord:
        raise ValueError("'public', 'partners' or 'listed:<organisation>,…'") from None


def _timezone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (OSError, ValueError, KeyError):  # an empty name or a folder's name raises OSError
        raise ValueError("a zone of the IANA database, such as 'Europe/Paris'") from None
    return text


def _area(corners: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    west, south, east, north = corners
    is_finite = all(math.isfinite(corner) for corner in corners)
    if not (is_finite and -180 <= west < east <= 180 and -90 <= south < north <= 90):
        raise ValueError("[west, south, east, north] in degrees, west < east, south < north")
    return corners


def _networks(texts: list[str]) -> tuple[str, ...]:
    try:
        networks = read_networks(texts)
    except ValueError:
        raise ValueError("networks as CIDR without host bits, such as '10.1.2.0/24'") from None
    if any(network.prefixlen < _WIDEST[network.version] for network in networks):
        raise ValueError("the partner's own networks: prefixes of at least /8 (IPv6: /16)")
    return tuple(dict.fromkeys(texts))


def _header_names(names: dict[str, str]) -> Mapping[str, str]:
    for header, variable in names.items():
        if not _HEADER.fullmatch(header) or header.lower() in _OURS:
            raise ValueError("header names that the client does not set itself")
        if not _VARIABLE.fullmatch(variable):
            raise ValueError("the NAME of an environment variable (A-Z, 0-9, _), never the secret itself")
    return MappingProxyType(names)


Text = Annotated[str, Field(min_length=1, max_length=500)]
Span = Annotated[timedelta, BeforeValidator(_positive_span)]


class ReferenceEntry(BaseModel):
    """A `[source.references.<name>]` table; its keys are the fields of Reference."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    url: Annotated[str, Field(max_length=2000)]
    every: Span = timedelta(days=1)
    max_bytes: Annotated[int, Field(ge=1, le=2**31)] = 64 * 2**20
    deadline: Span = timedelta(seconds=60)


class Entry(BaseModel):
    """A `[[source]]` table; its keys are the fields of Source."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, arbitrary_types_allowed=True)

    id: Annotated[str, AfterValidator(_id)]
    kind: Text
    title: Text
    organisation: Annotated[str, AfterValidator(_organisation)]
    licence: Text
    url: Annotated[str, Field(max_length=2000)]
    poll_every: Span
    timezone: Annotated[str, AfterValidator(_timezone)]
    area: Annotated[tuple[float, float, float, float], Field(strict=False), AfterValidator(_area)]
    coverage: Annotated[Coverage, Field(strict=False)]
    default_audience: Annotated[Audience, BeforeValidator(_audience)]
    maintainer: Text
    attribution: Text | None = None
    agreement: Text | None = None
    late_after: Span | None = None
    stale_after: Span = timedelta(hours=6)
    frozen_after: Span | None = None
    known_fields: list[str] | None = None
    detection_mode: Annotated[DetectionMode, Field(strict=False)] = DetectionMode.OPEN_DATA
    is_national: bool = False
    precedence: int = Field(default=100, ge=0, le=1000)
    absences_before_withdrawal: Annotated[int, Field(ge=1, le=1000)] = 2
    max_age: Span | None = None
    max_bytes: Annotated[int, Field(ge=1, le=2**31)] = 32 * 2**20
    deadline: Span = timedelta(seconds=20)
    allowed_networks: Annotated[list[str], AfterValidator(_networks)] = Field(default_factory=list)
    header_env: Annotated[dict[str, str], AfterValidator(_header_names)] = Field(default_factory=dict)
    is_enabled: bool = True
    is_pushed: bool = False
    disabled_because: Text | None = None
    options: dict[str, object] = Field(default_factory=dict)
    references: dict[str, ReferenceEntry] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _rules_between_keys(self) -> Self:
        problem = _url_problem(self.url, is_private=bool(self.allowed_networks))
        if problem:
            raise ValueError(f"url: {problem}")
        if not timedelta(seconds=1) <= self.poll_every <= timedelta(days=7):
            raise ValueError("poll_every: from '1 s' to '7 d'")
        if self.deadline > timedelta(minutes=10):
            raise ValueError("deadline: at most '10 min'")
        _check_limit("late", self.late_after, self.poll_every)
        _check_limit("frozen", self.frozen_after, self.poll_every)
        _check_kind(self)
        for name, reference in self.references.items():
            _check_reference(f"references.{name}", reference, is_private=bool(self.allowed_networks))
        return self

    def to_source(self) -> Source:
        """Return the entry as the rest of the software knows it."""
        values = {name: getattr(self, name) for name in type(self).model_fields}
        values["allowed_networks"] = tuple(self.allowed_networks)
        values["known_fields"] = None if self.known_fields is None else frozenset(self.known_fields)
        values["options"] = MappingProxyType(self.options)
        values["references"] = MappingProxyType(
            {name: Reference(**dict(reference)) for name, reference in self.references.items()}
        )
        return Source(**values)


def _check_kind(entry: Entry) -> None:
    if entry.kind in _LAST_ONES:
        _check_last_ones(entry.coverage, entry.max_age)
    if entry.kind in _CONFIDENTIAL:
        _check_confidential(entry.default_audience, entry.agreement)
    if entry.kind in _UNSHARED:
        _check_unshared(entry)


def _check_last_ones(coverage: Coverage, max_age: timedelta | None) -> None:
    if coverage is not Coverage.DELTA:
        raise ValueError("coverage: 'delta', an entry that left the feed is not over")
    if max_age is None:
        raise ValueError("max_age: a span such as '7 d', since an announcement tells no end")


def _check_confidential(audience: Audience, agreement: str | None) -> None:
    if audience.level is not AudienceLevel.LISTED:
        raise ValueError("default_audience: 'listed:<organisation>,…', what emergency services tell is never wider")
    if not agreement:
        raise ValueError("agreement: the one with the emergency service, without which it may not be read")


def _check_limit(word: str, limit: timedelta | None, poll_every: timedelta) -> None:
    if limit is not None and limit < poll_every:
        raise ValueError(f"{word}_after: not shorter than poll_every, or the source would always be {word}")


def _check_unshared(entry: Entry) -> None:
    if entry.default_audience.level is AudienceLevel.PUBLIC:
        raise ValueError("default_audience: 'partners' or narrower, the partner agreement forbids to give the data on")
    if not entry.attribution:
        raise ValueError("attribution: the words the partner agreement asks for")
    if entry.coverage is not Coverage.SNAPSHOT:
        raise ValueError("coverage: 'snapshot', nothing tells an end and what vanishes is over")


def _check_reference(where: str, reference: ReferenceEntry, *, is_private: bool) -> None:
    problem = _url_problem(reference.url, is_private=is_private)
    if problem:
        raise ValueError(f"{where}.url: {problem}")
    if not timedelta(minutes=1) <= reference.every <= timedelta(days=31):
        raise ValueError(f"{where}.every: from '1 min' to '31 d'")
    if reference.deadline > timedelta(minutes=10):
        raise ValueError(f"{where}.deadline: at most '10 min'")


def _url_problem(text: str, *, is_private: bool) -> str | None:
    try:
        url = httpx.URL(text)
    except (httpx.InvalidURL, ValueError):
        return "an address such as 'https://partner.example/feed.json'"
    if not url.host or url.userinfo or any(letter.isspace() for letter in text):
        return "an address with a host, without spaces, user name or password"
    if url.scheme != "https" and not (url.scheme == "http" and is_private):
        return "an https address (http only together with allowed_networks)"
    if url.port is not None and url.port not in (80, 443) and not is_private:
        return "port 443 (another only together with allowed_networks)"
    return None
