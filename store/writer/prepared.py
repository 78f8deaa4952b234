"""What comes in, made ready before the transaction begins: districts, snapshot, fingerprint."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import reduce
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import Row

from events.axes import AxisMatcher
from events.city import City
from events.errors import InvalidRecord
from events.geometry import Area, bounds
from events.records import Event
from events.vocabulary import GeometryPrecision
from store.admitted import AdmittedReject, Cleared
from store.derived import fold
from store.frozen import Snapshot, fingerprint, freeze, is_keepable
from store.snapshot import event_to_snapshot

_WHERE = Cleared("after the privacy gate")


@dataclass(frozen=True, slots=True)
class PreparedEvent:
    """An event with what is computed from it."""

    event: Event
    districts: tuple[str, ...]  # those its geometry touches, else those of ours that it names
    snapshot: Snapshot
    fingerprint: str
    snapshot_sha256: str
    bounds: Area | None
    search: Cleared


def is_only_imported(row: Row[Any]) -> bool:
    """Tell whether only documents of the past told a kept record: whatever a poll tells is seen once it is recorded."""
    return bool(row.last_seen_at < row.recorded_at)


def prepare_stories(
    events: Iterable[Event], source_id: str, city: City
) -> tuple[dict[str, list[PreparedEvent]], list[AdmittedReject]]:
    """Return the events by external id, all that was told of each in order, and those the store cannot keep."""
    prepared: dict[str, list[PreparedEvent]] = {}
    rejects: list[AdmittedReject] = []
    all_told = tuple(events)
    known = frozenset(district.code for district in city.districts)
    for told, touched in zip(all_told, city.districts_of_each([one.geometry for one in all_told]), strict=True):
        try:
            codes = (
                touched if told.geometry is not None else tuple(code for code in told.district_codes if code in known)
            )
            one = _prepared(told, source_id, codes)
        except InvalidRecord as error:
            rejects.append(reject_of(error, told.external_id))
            continue
        prepared.setdefault(told.external_id, []).append(one)
    return prepared, rejects


def latest(told: Iterable[PreparedEvent]) -> PreparedEvent:
    """Return the latest publication of what a document tells of one event several times, the last of equal ones."""
    return reduce(lambda kept, one: kept if is_older(one.event.published_at, kept.event.published_at) else one, told)


def along_axes(events: Iterable[Event], axes: AxisMatcher) -> list[Event]:
    """Return the events; a stretch known by its two ends follows the axis between them, and stays marked `endpoints`."""
    return [
        replace(one, geometry=section)
        if one.geometry_precision is GeometryPrecision.ENDPOINTS
        and (section := axes.section_between(one.geometry, one.road_name)) is not None
        else one
        for one in events
    ]


def reject_of(error: InvalidRecord, external_id: str) -> AdmittedReject:
    """Return the reject of a record that the store cannot keep; its identifier only when it passed the gate."""
    is_fit = isinstance(external_id, Cleared) and is_keepable(external_id)
    # The sentence is one of `store.frozen`: it names a field and never what it held.
    return AdmittedReject(_WHERE, Cleared(error), external_id if is_fit else None)  # type: ignore[arg-type]


def check_source(named: str, source_id: str) -> None:
    """Raise InvalidRecord when a record names another source than the poll that brought it."""
    if named != source_id:
        raise InvalidRecord("the record names another source than the poll that brought it")


def is_older(one: datetime | None, other: datetime | None) -> bool:
    """Tell whether a publication is known to be older than another."""
    return one is not None and other is not None and one < other


def _prepared(told: Event, source_id: str, codes: tuple[str, ...]) -> PreparedEvent:
    check_source(told.source_id, source_id)
    _check_zones(told)
    content = event_to_snapshot(told) | {"district_codes": list(codes)}
    snapshot = freeze(content)
    return PreparedEvent(
        event=told,
        districts=codes,
        snapshot=snapshot,
        fingerprint=fingerprint(content),
        snapshot_sha256=snapshot.sha256,
        bounds=bounds(told.geometry) if told.geometry is not None else None,
        search=Cleared(fold(f"{told.headline}\n{told.place or ''}")),
    )


def _check_zones(told: Event) -> None:
    for recurrence in told.validity.recurrences:
        try:
            ZoneInfo(recurrence.timezone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise InvalidRecord("a recurrence names no time zone that exists") from None
