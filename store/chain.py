"""The chain of an event's versions: how a link is made, and whether all links hold."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

import orjson
from sqlalchemy import Row, select

from store.database import Database
from store.frozen import Snapshot, when
from store.tables import event, event_version

# What a link seals beside the content. `superseded_at` is written later, and checked against the next version.
_SEALED = (
    "event_id",
    "v",
    "valid_from",
    "valid_to",
    "recorded_at",
    "source_id",
    "organisation",
    "audience",
    "category",
    "severity",
    "status",
    "withdrawn_at",
)


@dataclass(frozen=True, slots=True)
class Break:
    """One place where the chain does not hold: which version of which event, and what is wrong."""

    event_id: str
    version: int
    reason: str


@dataclass(frozen=True, slots=True)
class ChainReport:
    """What a walk along all chains found."""

    events: int
    versions: int
    breaks: tuple[Break, ...]

    @property
    def holds(self) -> bool:
        """Tell whether every link holds."""
        return not self.breaks


def content_hash(snapshot: Snapshot, diff: Snapshot) -> str:
    """Return the hash of a version's content; it stays when retention deletes the content."""
    return hashlib.sha256(f"{snapshot.text}\n{diff.text}".encode()).hexdigest()


def link_hash(prev_sha256: str | None, sealed: Mapping[str, Any], content_sha256: str) -> str:
    """Return the hash that links a version to the one before, its metadata and its content."""
    told = {name: _as_text(sealed[name]) for name in _SEALED}
    told["prev_sha256"] = prev_sha256
    told["content_sha256"] = content_sha256
    return hashlib.sha256(orjson.dumps(told, option=orjson.OPT_SORT_KEYS)).hexdigest()


def verify(database: Database) -> ChainReport:
    """Walk every chain and return what does not hold; reads only."""
    breaks: list[Break] = []
    versions = 0
    with database.read() as connection:
        shown = connection.execute(select(event.c.id, event.c.v, event.c.sha256)).all()
        heads: dict[str, Any] = {row.id: row for row in shown}
        unseen = set(heads)
        query = select(event_version).order_by(event_version.c.event_id, event_version.c.v)
        rows = connection.execution_options(yield_per=2000).execute(query)
        for event_id, chain in groupby(rows, key=lambda row: str(row.event_id)):
            links = list(chain)
            versions += len(links)
            breaks.extend(_breaks_in(links))
            breaks.extend(_breaks_at_head(links[-1], heads.get(event_id)))
            unseen.discard(event_id)
    breaks.extend(Break(event_id, heads[event_id].v, "every version is missing") for event_id in sorted(unseen))
    return ChainReport(len(heads), versions, tuple(breaks))


def _breaks_in(links: Iterable[Row[Any]]) -> Iterator[Break]:
    before: Row[Any] | None = None
    for link in links:
        expected = before.v + 1 if before is not None else 1
        if link.v != expected:
            yield Break(link.event_id, expected, "version is missing")
        elif link.prev_sha256 != (before.sha256 if before is not None else None):
            yield Break(link.event_id, link.v, "does not follow the version before")
        yield from _breaks_of(link)
        if before is not None and before.superseded_at != link.recorded_at:
            yield Break(link.event_id, before.v, "time of its end is not that of the next version")
        if before is not None and before.recorded_at > link.recorded_at:
            yield Break(link.event_id, link.v, "is recorded before the version it follows")
        before = link


def _breaks_of(link: Row[Any]) -> Iterator[Break]:
    if link.snapshot is not None and link.diff is not None:
        if content_hash(link.snapshot, link.diff) != link.content_sha256:
            yield Break(link.event_id, link.v, "content was edited")
    elif link.snapshot is not None or link.diff is not None:
        yield Break(link.event_id, link.v, "content was deleted in part")
    if link_hash(link.prev_sha256, dict(link._mapping), link.content_sha256) != link.sha256:  # noqa: SLF001 - its public name
        yield Break(link.event_id, link.v, "metadata was edited")


def _breaks_at_head(last: Row[Any], head: Any) -> Iterator[Break]:
    if head is None:
        return  # retention deleted the event; its tombstones stay
    if head.v > last.v:
        yield Break(last.event_id, last.v + 1, "version is missing")
    elif (head.v, head.sha256) != (last.v, last.sha256):
        yield Break(last.event_id, last.v, "is not the version the event shows")
    if last.superseded_at is not None:
        yield Break(last.event_id, last.v, "is superseded by no version")


def _as_text(value: object) -> object:
    return when(value) if isinstance(value, datetime) else value
