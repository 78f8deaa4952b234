"""Keeps the conflicts true: beside the polls of the process that leads, once for all viewers, as events change."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from api.following import Follower
from api.house import EVERYTHING, House
from events.audience import AudienceLevel
from events.city import City
from events.errors import ConfigurationError, InvalidRecord
from events.records import Line
from events.vocabulary import GeometryPrecision, InformationStatus, StoredStatus
from insight.conflict_rules import PLACE_KINDS, Rule, read_rules, rules_of
from insight.conflicts import Conflict, Conflicts, Side, identity
from store import readers
from store.conflicts import FixedPlace, FoundConflict, settle
from store.database import Database
from store.kept import MAX_PAGE, EventQuery, KeptEvent

AHEAD = timedelta(days=400)  # as far as recurrences are expanded
WHOLE_AGAIN = timedelta(days=1)  # what repeats was extended by a day meanwhile
CITY_PLACES = "city"
TRANSPORT_LINE = "transport_line"
_UNSURE = frozenset({StoredStatus.DRAFT, StoredStatus.CANCELLED})
_NO_PLACE = frozenset({GeometryPrecision.CITY, GeometryPrecision.DISTRICT, GeometryPrecision.NONE})

log = logging.getLogger(__name__)

Lines = Mapping[str, tuple[Line, ...]]


@dataclass(frozen=True, kw_only=True)
class Watched:
    """What the watch needs of the house; `clear` is the privacy gate, `lines_of` tells lines of transport by source."""

    database: Database
    city: City
    landmarks: Sequence[Mapping[str, object]]
    lines_of: Callable[[], Lines]
    clear: Callable[[str], str]
    clock: Callable[[], datetime]


def watched_of(house: House, lines_of: Callable[[], Lines]) -> Watched:
    """Return what the watch needs of a house."""
    return Watched(
        database=house.database, city=house.city, landmarks=house.landmarks, lines_of=lines_of, clear=house.clear,
        clock=house.clock,
    )  # fmt: skip


def rules_in_force(database: Database) -> tuple[int, tuple[Rule, ...]]:
    """Return the number of the table of rules and the rules: 0 and the shipped ones until somebody changed them."""
    kept = readers.rule_tables(database, 1)
    if not kept:
        return 0, read_rules()
    try:
        return kept[0].id, rules_of(kept[0].content)
    except ConfigurationError as error:  # kept by an older version of the software
        log.warning(
            "the table of rules no. %d is not understood any more, the shipped one is used: %s", kept[0].id, error
        )
        return kept[0].id, read_rules()


class ConflictWatch(Follower):
    """Settles the conflicts around each event that comes, changes or goes, and writes those that differ."""

    def __init__(self, watched: Watched, wake: Callable[[], None] = lambda: None) -> None:
        super().__init__(watched.database, "conflicts between events", wake)
        self._watched = watched
        self._latitude = (watched.city.area[1] + watched.city.area[3]) / 2
        self._found = Conflicts((), self._latitude)
        self._rules = -1
        self._lines: Lines = {}
        self._places: dict[str, FixedPlace] = {}
        self._whole_at: datetime | None = None
        self._cleared: dict[str, str | None] = {}

    def _is_due(self) -> bool:
        if self._whole_at is None or self._watched.clock() - self._whole_at > WHOLE_AGAIN:
            return True
        kept = readers.rule_tables(self._watched.database, 1)
        return (kept[0].id if kept else 0) != self._rules or self._watched.lines_of() != self._lines

    def _take_all(self) -> int:
        self._rules, rules = rules_in_force(self._watched.database)
        self._lines = self._watched.lines_of()
        self._found = Conflicts(rules, self._latitude)
        self._places = {}
        self._found.put([*self._fixed(), *self._events()])
        self._whole_at = self._watched.clock()
        return self._keep(self._found.found, None)

    def _take(self, ids: Collection[str]) -> int:
        kept = readers.events_by_id(self._watched.database, ids, viewer=EVERYTHING)
        sides = self._sides(kept)
        changed = self._found.drop(set(ids) - {side.id for side in sides}) | self._found.put(sides)
        return self._keep({one: self._found.found[one] for one in changed if one in self._found.found}, changed)

    def _keep(self, found: Mapping[str, Conflict], among: Collection[str] | None) -> int:
        known = {CITY_PLACES, *self._lines}
        told = self._told(list(found.values()))
        return settle(self._watched.database, told, among, known_places=known, now=self._watched.clock())

    def _told(self, found: Sequence[Conflict]) -> dict[str, FoundConflict]:
        points = [{"type": "Point", "coordinates": list(one.place)} for one in found]
        districts = self._watched.city.districts_of_each(points)
        return {
            one.id: FoundConflict(
                id=one.id, rule=one.rule, severity=one.severity, a_id=one.a, b_id=None if one.place_kind else one.b,
                place=self._places.get(one.b or ""), owner=one.owner, position=one.place, districts=codes,
                windows=one.windows, distance_m=one.distance_m, required=one.measures,
            )
            for one, codes in zip(found, districts, strict=True)
        }  # fmt: skip

    def _events(self) -> Iterator[Side]:
        now = self._watched.clock()
        query = EventQuery(start=now, end=now + AHEAD, limit=MAX_PAGE)
        while True:
            page = readers.events(self._watched.database, viewer=EVERYTHING, query=query, is_joined=False)
            yield from self._sides(page.events)
            if page.next_cursor is None:
                return
            query = replace(query, cursor=page.next_cursor)

    def _sides(self, kept: Iterable[KeptEvent]) -> list[Side]:
        now = self._watched.clock()
        return [side for one in kept if (side := side_of(one, now)) is not None]

    def _fixed(self) -> Iterator[Side]:
        for feature in self._watched.landmarks:
            told = feature.get("properties")
            kind = told.get("kind") if isinstance(told, Mapping) else None
            if isinstance(told, Mapping) and kind in PLACE_KINDS and isinstance(feature.get("geometry"), Mapping):
                yield self._place(CITY_PLACES, str(kind), str(told.get("name", "")), feature["geometry"])  # type: ignore[arg-type] # looked at above
        for source_id, lines in self._lines.items():
            for line in lines:
                yield self._place(source_id, TRANSPORT_LINE, line.title, line.geometry, line.external_id)

    def _place(
        self, source: str, kind: str, title: str, geometry: Mapping[str, object], external_id: str | None = None
    ) -> Side:
        place_id = identity(source, kind, title if external_id is None else external_id)
        shown = self._title(title)
        self._places[place_id] = FixedPlace(id=place_id, kind=kind, source=source, title=shown)
        return Side(id=place_id, kind=kind, title=shown or "", organisation="", geometry=geometry, is_place=True)

    def _title(self, title: str) -> str | None:
        """Return the name of a place as it may be kept, None when the gate withholds it: its kind is told then."""
        if title not in self._cleared:
            try:
                self._cleared[title] = self._watched.clear(title)
            except InvalidRecord:
                self._cleared[title] = None
        return self._cleared[title]


def side_of(kept: KeptEvent, now: datetime) -> Side | None:
    """Return an event as a side; None for what meets nothing: a draft, an exercise, what is over or has no place of its own."""
    told = kept.event
    periods = tuple(
        period for period in kept.periods if period.start <= now + AHEAD and (period.end is None or period.end > now)
    )
    is_sure = told.status not in _UNSURE and told.information_status is InformationStatus.REAL
    if told.geometry is None or told.geometry_precision in _NO_PLACE or not periods or not is_sure:
        return None
    groups = {f"situation {told.source_id} {told.situation_id}"} if told.situation_id else set()
    if kept.group is not None:
        groups.add(f"joined {kept.group[0]}")
    is_coarse = told.audience.level is AudienceLevel.LISTED and told.geometry["type"] == "Point"
    return Side(
        id=kept.id, kind=told.category, title=told.headline, organisation=told.organisation, geometry=told.geometry,
        periods=periods, groups=frozenset(groups), is_coarse=is_coarse,
    )  # fmt: skip
