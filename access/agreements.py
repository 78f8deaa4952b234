"""What partners agreed to: whether a source may be polled now, and what of it may be read."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any, Literal, Protocol
from zoneinfo import ZoneInfo

from access.agreement_file import Agreement, read_agreements
from events.errors import ConfigurationError, InvalidRecord, StoreUnavailable
from store.agreements import kept_agreements, put_agreements
from store.columns import FAR
from store.database import Database

KINDS = frozenset({"event", "road_state", "camera", "tally"})
WARNING = timedelta(days=30)
_FRESH = timedelta(seconds=10)

State = Literal["live", "ending", "ended", "missing"]
Onward = Literal["no", "partners", "public"]
ONWARD: tuple[Onward, ...] = ("no", "partners", "public")  # least first
Clear = Callable[[str], str]
"""From a text to one that passed the privacy gate; raises InvalidRecord otherwise."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Standing:
    """How the agreement of a source stands; `ends_at` None: an open licence, or no agreement at all.

    `onward`: to whom its records may be passed on, the least of what its agreements say.
    """

    state: State
    ends_at: datetime | None = None
    onward: Onward = "no"

    @property
    def is_live(self) -> bool:
        """Tell whether the source may be polled."""
        return self.state in ("live", "ending")


class Agreements:
    """The agreements of one database, by source. `givers` tells which organisation a source is of.

    What was last read serves while the database is away; before anything was read nothing may be polled.
    """

    def __init__(self, database: Database, givers: Mapping[str, str], clock: Callable[[], datetime]) -> None:
        self._database = database
        self._givers = givers
        self._clock = clock
        self._turn = threading.Lock()
        self._rows: Sequence[Mapping[str, Any]] = ()
        self._read_at: datetime | None = None

    def may_poll(self, source_id: str) -> bool:
        """Tell whether a live agreement covers the source."""
        return bool(self._live(source_id))

    def allowed_fields(self, source_id: str) -> frozenset[str] | None:
        """Return the optional fields that may be read of the source, None for all; none of them without an agreement.

        What the posts of an organisation write themselves is no source of the catalogue and has no such limit.
        """
        if source_id not in self._givers:
            return None
        named = [_words(row["fields"]) if row["fields"] is not None else None for row in self._live(source_id)]
        return None if None in named else frozenset().union(*(one for one in named if one is not None))

    def allowed_kinds(self, source_id: str) -> frozenset[str]:
        """Return the kinds of records that may be read of the source."""
        if source_id not in self._givers:
            return KINDS
        return frozenset().union(*(_words(row["kinds"]) for row in self._live(source_id)))

    def may_fetch_media(self, source_id: str) -> bool:
        """Tell whether an agreement of the source names its pictures: nothing else lets one be fetched."""
        return any("media" in _words(row["kinds"]) for row in self._live(source_id))

    def retention(self) -> dict[str, timedelta]:
        """Return how long each source that an agreement covers is kept: the shortest of them, also of those that ended."""
        kept: dict[str, timedelta] = {}
        for source_id in self._givers:
            spans = [timedelta(days=row["retention_days"]) for row in self._covering(source_id)]
            if spans:
                kept[source_id] = min(spans)
        return kept

    def standing(self, source_id: str) -> Standing:
        """Return how the agreement of a source stands: `ending` from 30 days before its last day is over."""
        now = self._clock()
        rows = self._covering(source_id)
        if not rows:
            return Standing("missing")
        end = max(row["ends_at"] for row in rows)
        live = self._live(source_id)
        onward = min((row["onward"] for row in live or rows), key=ONWARD.index)
        if not live:
            return Standing("ended", end, onward)
        if end >= FAR:
            return Standing("live", None, onward)
        return Standing("ending" if end - now <= WARNING else "live", end, onward)

    def warn(self) -> None:
        """Write one line for each source whose agreement is missing, ended, or ends within 30 days."""
        for source_id in self._givers:
            standing = self.standing(source_id)
            if standing.state != "live":
                day = "" if standing.ends_at is None else f" (end {standing.ends_at:%Y-%m-%d})"
                _log.warning("%s: agreement %s%s", source_id, standing.state, day)

    def _covering(self, source_id: str) -> list[Mapping[str, Any]]:
        giver = self._givers.get(source_id)
        rows = self._all()
        named = [row for row in rows if source_id in _words(row["sources"])]
        return named or [row for row in rows if not row["sources"] and row["giver"] == giver]

    def _live(self, source_id: str) -> list[Mapping[str, Any]]:
        now = self._clock()
        return [row for row in self._covering(source_id) if row["starts_at"] <= now < row["ends_at"]]

    def _all(self) -> Sequence[Mapping[str, Any]]:
        now = self._clock()
        with self._turn:
            if self._read_at is None or not timedelta() <= now - self._read_at < _FRESH:
                try:
                    self._rows = kept_agreements(self._database)
                except StoreUnavailable:
                    return self._rows
                self._read_at = now
            return self._rows


class Given(Protocol):
    """A source, as far as an agreement concerns it."""

    @property
    def id(self) -> str: ...
    @property
    def organisation(self) -> str: ...


def open_agreements(
    database: Database, path: Path, sources: Iterable[Given], timezone: str, clear: Clear, clock: Callable[[], datetime]
) -> Agreements:
    """Return the agreements of a database after the operator's file was adopted; raise ConfigurationError."""
    adopt(database, read_agreements(path), timezone=timezone, clear=clear, now=clock())
    return Agreements(database, {one.id: one.organisation for one in sources}, clock)


def adopt(database: Database, agreements: Iterable[Agreement], *, timezone: str, clear: Clear, now: datetime) -> None:
    """Make the agreements of a file the ones that are live; one that is no longer in it ends now.

    Without any, what is kept stays. Raises ConfigurationError for one whose words name a person.
    """
    zone = ZoneInfo(timezone)
    rows = [_row(one, zone, clear) for one in agreements]
    if rows:
        put_agreements(database, rows, now)


def _row(one: Agreement, zone: ZoneInfo, clear: Clear) -> dict[str, Any]:
    def cleared(text: str, name: str) -> str:
        try:
            return clear(text)
        except InvalidRecord as error:
            raise ConfigurationError(f"agreement {one.id!r}, {name}: {error}") from None

    after = None if one.until is None else one.until + timedelta(days=1)
    return {
        "id": one.id,
        "giver": one.giver,
        "receivers": ",".join(one.receivers),
        "sources": ",".join(one.sources),
        "kinds": ",".join(one.kinds),
        "fields": None if one.fields is None else ",".join(one.fields),
        "purpose": cleared(one.purpose, "purpose"),
        "retention_days": one.retention_days,
        "onward": one.onward,
        "starts_at": datetime.combine(one.since, time(), zone).astimezone(UTC),
        "ends_at": FAR if after is None else datetime.combine(after, time(), zone).astimezone(UTC),
        "dpo_contacts": [cleared(contact, "dpo_contacts") for contact in one.dpo_contacts],
    }


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split(",")) - {""}
