"""Looks for events that several sources tell: beside the polls, never in their way, once for all viewers."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from api.following import Follower
from api.house import EVERYTHING
from datasources.contract import Source
from events.city import City
from events.city_file import CityFile
from events.errors import InvalidRecord
from events.records import Event
from insight.linking import Nearby, Rule, figure_of, likeness
from store import readers
from store.database import Database
from store.joined import may_join
from store.kept import MAX_PAGE, EventQuery, RawChange
from store.links import RULE, Link, LinkState, confirm, hand_over, links_of, propose, separate

HAND_OVER = timedelta(seconds=10)
BEHIND = timedelta(days=1)  # what ended longer ago is compared with nothing any more
AHEAD = timedelta(days=35)

log = logging.getLogger(__name__)


def rule_of(said: CityFile) -> Rule:
    """Return how near is near in this city."""
    limits = said.thresholds
    return Rule(limits.duplicate_m, limits.duplicate_overlap, limits.duplicate_window)


def precedence_in(sources: Collection[Source]) -> Callable[[str], int]:
    """Return the precedence of a source by its id; a source that left the catalogue speaks last."""
    known = {source.id: source.precedence for source in sources}
    last = max(known.values(), default=0) + 1
    return lambda source_id: known.get(source_id, last)


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What the search needs of the house; `automatic` holds pairs of sources whose links need nobody's confirmation."""

    database: Database
    latitude: float
    timezone: str
    rule: Rule
    precedence_of: Callable[[str], int]
    automatic: frozenset[frozenset[str]]
    at_least: float
    clock: Callable[[], datetime]


def facts_of(
    database: Database, city: City, said: CityFile, sources: Collection[Source], clock: Callable[[], datetime]
) -> Facts:
    """Return what the search needs, from what the city and its catalogue say."""
    return Facts(
        database=database, latitude=(city.area[1] + city.area[3]) / 2, timezone=city.timezone, rule=rule_of(said),
        precedence_of=precedence_in(sources), automatic=frozenset(frozenset(pair) for pair in said.linking.automatic),
        at_least=said.linking.at_least, clock=clock,
    )  # fmt: skip


class Matcher(Follower):
    """Keeps the proposals true: compares every event that comes or changes with those around it."""

    def __init__(self, facts: Facts, wake: Callable[[], None] = lambda: None) -> None:
        super().__init__(facts.database, "links between events", wake)
        self._facts = facts
        self._nearby = Nearby(facts.rule)
        self._source_of: dict[str, str] = {}
        self._handed_at: datetime | None = None

    def look(self) -> int:
        """Compare what changed since the last round; return how many links were proposed, confirmed by rule or handed over.

        Raises StoreUnavailable; the next round then takes the same changes.
        """
        return self._hand_over() + super().look()

    def _hand_over(self) -> int:
        """Let another event of a group speak when the first is over, or one that goes before has begun."""
        now = self._facts.clock()
        if self._handed_at is not None and now - self._handed_at < HAND_OVER:
            return 0
        self._handed_at = now
        return hand_over(self._facts.database, now=now, timezone=self._facts.timezone)

    def _concerns(self, change: RawChange) -> bool:
        return change.what != "linked"

    def _take_all(self) -> int:
        return self._compare(self._read_all(), is_whole=True)

    def _take(self, ids: Collection[str]) -> int:
        self._place(ids)
        return self._compare(ids, is_whole=False)

    def _read_all(self) -> set[str]:
        now = self._facts.clock()
        query = EventQuery(start=now - BEHIND, end=now + AHEAD, limit=MAX_PAGE)
        self._nearby, self._source_of = Nearby(self._facts.rule), {}
        while True:
            page = readers.events(self._facts.database, viewer=EVERYTHING, query=query, is_joined=False)
            for kept in page.events:
                figure = figure_of(kept, self._facts.latitude)
                if figure is not None:
                    self._nearby.put(figure)
                    self._source_of[kept.id] = kept.event.source_id
            if page.next_cursor is None:
                return set(self._source_of)
            query = replace(query, cursor=page.next_cursor)

    def _place(self, ids: Collection[str]) -> None:
        limit = self._facts.clock() - BEHIND
        for event_id in (*self._nearby.ended_before(limit), *ids):
            self._nearby.drop(event_id)
            self._source_of.pop(event_id, None)
        for kept in readers.events_by_id(self._facts.database, ids, viewer=EVERYTHING):
            figure = figure_of(kept, self._facts.latitude)
            if figure is not None and (figure.end is None or figure.end >= limit):
                self._nearby.put(figure)
                self._source_of[kept.id] = kept.event.source_id

    def _compare(self, ids: Collection[str], *, is_whole: bool) -> int:
        found, facts = self._nearby.links(ids), self._facts
        self._part(None if is_whole else ids)
        new = propose(facts.database, found, None if is_whole else ids, now=facts.clock())
        sure = [pair for pair in new if self._is_automatic(found[pair])]
        for pair in sure:
            try:
                confirm(
                    facts.database, pair, by=RULE, now=facts.clock(), precedence_of=facts.precedence_of,
                    timezone=facts.timezone,
                )  # fmt: skip
            except InvalidRecord as error:
                log.info("a link stays a proposal: %s", error)
        return len(new)

    def _is_automatic(self, link: Link) -> bool:
        sources = frozenset(self._source_of[one] for one in link.pair)
        return sources in self._facts.automatic and likeness(link, self._facts.rule) >= self._facts.at_least

    def _part(self, ids: Collection[str] | None) -> None:
        """Separate what must not be shown as one any more: an exercise, or a draft, hides nothing real."""
        facts = self._facts
        joined = [one for one in links_of(facts.database, ids) if one.state is LinkState.CONFIRMED]
        named = {event_id for one in joined for event_id in one.pair}
        kept: Mapping[str, Event] = {}
        if named:
            kept = {one.id: one.event for one in readers.events_by_id(facts.database, named, viewer=EVERYTHING)}
        for one in joined:
            low, high = (kept.get(event_id) for event_id in one.pair)
            if low is not None and high is not None and not may_join(low, high):
                separate(
                    facts.database, one.pair[0], by=RULE, now=facts.clock(), precedence_of=facts.precedence_of,
                    timezone=facts.timezone,
                )  # fmt: skip
