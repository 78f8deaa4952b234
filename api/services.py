"""The doors of the screen's callbacks: every reading is made for the viewer of the present request."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from math import inf
from time import monotonic
from typing import Any

from flask import request
from sqlalchemy import Connection

from access.members import Member
from access.roles import RIGHTS
from api.analysis import Analysed
from api.authority import authority_over_sources
from api.conflicts import conflicts_for
from api.contributing.desk import Desk
from api.geocoder import Geocoder
from api.house import House
from api.linking import SeenLink, decide, may_decide, seen_links
from api.matching import rule_of
from api.reading import read_event
from api.viewer import member_in, viewer_in
from components.boot import Boot, SignedIn
from datasources.contract import Source
from events.audience import Viewer
from events.city import City
from events.errors import AccessDenied, InvalidRecord
from events.place_names import PlaceNames
from events.place_search import PlaceSearch
from events.streets import Streets
from insight.linking import Rule
from insight.periods import Periods, Question
from privacy.advice import Advice, Say, advise
from privacy.counts import PublishedCount
from store import readers
from store.conflicts_query import ConflictQuery, KeptConflict
from store.control_reports import open_count
from store.kept import EventQuery, HalfHour, KeptEvent, KeptVersion, RejectRow, RunRow, SourceRow, WithheldRow
from store.links import Pair
from store.media import KeptMedia
from store.orders import Fields, Order, Orders, What, order

MAX_WORDS = 300
WAITING_S = 30.0
_RELATED = 200


@dataclass(frozen=True)
class ScreenServices:
    """What `callbacks.services.Services` asks for; `boots` by language."""

    house: House
    boots: Mapping[str, Boot]
    analysed: Analysed
    _waiting: list[float] = field(default_factory=lambda: [-inf, 0], repr=False, compare=False)

    def boot(self, lang: str) -> Boot:
        """Return the city as the frame draws it, names in `lang`."""
        return self.boots[lang]

    def signed_in(self, lang: str) -> SignedIn | None:
        """Return who signed in, names in `lang`, None for a visitor."""
        member = member_in(request.environ.get("asgi.scope", {}))
        if member is None:
            return None
        names = {one.id: one.name for one in self.boots[lang].organisations}
        rights = frozenset(right.value for right in RIGHTS[member.role])
        home = names.get(member.home, member.home)
        return SignedIn(
            account=member.who, organisation=home, organisation_id=member.home, role=member.role.value, rights=rights
        )

    def open_reviews(self) -> int:
        """Return how many differences of the control wait for an answer; counted once in half a minute."""
        now = monotonic()
        if now - self._waiting[0] > WAITING_S:
            self._waiting[:] = [now, open_count(self.house.database)]
        return int(self._waiting[1])

    def member(self) -> Member | None:
        """Return who signed in with what they may do, None for a visitor."""
        return member_in(request.environ.get("asgi.scope", {}))

    @property
    def desk(self) -> Desk | None:
        """Where partners contribute; None where nobody does."""
        return self.house.desk

    @property
    def places(self) -> PlaceNames:
        """The city's gazetteer."""
        return self.house.places

    @property
    def search(self) -> PlaceSearch:
        """Names, addresses and corners of the city, found without a network."""
        return self.house.search

    @property
    def geocoder(self) -> Geocoder | None:
        """The service that knows more addresses, None where the city asks nobody."""
        return self.house.geocoder

    @property
    def streets(self) -> Streets:
        """The city's axes, to find ways along."""
        return self.house.streets

    def advise(self, text: str, say: Say) -> Advice:
        """Return what the privacy gate would say of a text; nothing of it is kept."""
        return advise(text, say, self.house.gazetteer)

    @property
    def city(self) -> City:
        """Districts, axes, time zone."""
        return self.house.city

    @property
    def sources(self) -> Sequence[Source]:
        """Every entry of the catalogue."""
        return self.house.sources

    def clock(self) -> datetime:
        """Return the present moment, aware UTC."""
        return self.house.clock()

    def event(self, event_id: str) -> KeptEvent | None:
        """Return the kept event that the viewer may see, None otherwise."""
        return read_event(self.house, _viewer(), event_id)

    def events(self, query: EventQuery) -> Sequence[KeptEvent]:
        """Return the events of a query that the viewer may see, at most its limit."""
        page = readers.events(self.house.database, viewer=_viewer(), query=query)
        return tuple(one for one in page.events if self.house.shows(one))

    def versions(self, event_id: str) -> Sequence[KeptVersion]:
        """Return the versions of an event, oldest first."""
        return readers.versions(self.house.database, event_id, viewer=_viewer())

    def related(self, event: KeptEvent) -> Sequence[KeptEvent]:
        """Return the other events of the same source and situation."""
        situation = event.event.situation_id
        if situation is None:
            return ()
        query = EventQuery(sources=(event.event.source_id,), limit=_RELATED)
        page = readers.events(self.house.database, viewer=_viewer(), query=query)
        return tuple(
            other
            for other in page.events
            if other.id != event.id and other.event.situation_id == situation and self.house.shows(other)
        )

    def media_of(self, event_id: str) -> Sequence[KeptMedia]:
        """Return the pictures and clips of an event that the viewer may see or was told of."""
        return () if self.house.media is None else self.house.media.of_event(_viewer(), event_id)

    def may_withdraw_media(self, one: KeptMedia) -> bool:
        """Tell whether the viewer may take one down."""
        return self.house.media is not None and self.house.media.may_withdraw(_viewer(), one)

    def join_media(self, event_id: str, ids: Sequence[str]) -> int:
        """Join pieces that the member's organisation sent to an event it may edit; return how many were."""
        member = self.member()
        return 0 if self.house.media is None or member is None else self.house.media.join(member, event_id, ids)

    def links(self, event_id: str) -> Sequence[SeenLink]:
        """Return the links of an event to others that the viewer may see, most alike first."""
        return seen_links(self.house, _viewer(), event_id)

    def conflicts(self, event_id: str) -> Sequence[KeptConflict]:
        """Return the conflicts of an event of which the viewer may see both sides, the worst first."""
        return conflicts_for(self.house, _viewer(), ConflictQuery(event_id=event_id))

    def may_link(self) -> bool:
        """Tell whether the viewer confirms and undoes links."""
        return may_decide(_viewer())

    def decide_link(self, action: str, pair: Pair) -> None:
        """Decide of two events; raise AccessDenied (a key), InvalidRecord when it is too late, StoreUnavailable."""
        decide(self.house, _viewer(), action, pair)

    @property
    def nearness(self) -> Rule:
        """How near two events are that may be the same."""
        return rule_of(self.house.said)

    def source_states(self) -> Sequence[SourceRow]:
        """Return what is known of each source that was polled at least once."""
        return readers.source_states(self.house.database)

    def source_objects(self) -> Sequence[Mapping[str, Any]]:
        """Return the sources as the snapshot and the stream give them."""
        return self.house.source_rows()

    def runs(self, source_id: str, limit: int) -> Sequence[RunRow]:
        """Return the last runs of a source, newest first."""
        return readers.runs(self.house.database, source_id, limit)

    def half_hours(self, source_ids: Collection[str]) -> Mapping[str, Sequence[HalfHour]]:
        """Return, per source, its half hours of the last day that had a run, oldest first."""
        return readers.half_hours(self.house.database, source_ids, now=self.clock())

    def orders(self, source_id: str) -> Orders:
        """Return what people ordered of a source."""
        return readers.orders(self.house.database, source_id)

    def fields(self, source_id: str) -> Fields:
        """Return the fields a source has told, and those that wait for a decision."""
        return readers.fields_of(self.house.database, source_id)

    def refusal_of_orders(self) -> str | None:
        """Return the key of why the viewer may give no orders to sources, None when orders are taken."""
        try:
            self._authority()
        except AccessDenied as error:
            return str(error)
        return None

    def order(self, source_id: str, what: What, *, told: str = "", field: str = "", reference: str = "") -> None:
        """Give an order; raise AccessDenied (a key), InvalidRecord when its words cannot be kept, StoreUnavailable."""
        action = f"source.{what.value}"
        try:
            authority = self._authority()
        except AccessDenied:
            self._refused(action, source_id)
            raise
        is_decision = what is What.ALLOW
        if is_decision and not (told and reference):
            raise InvalidRecord("a decision needs a name and a reference")
        given = Order(
            source_id=source_id,
            what=what,
            ordered_at=self.clock(),
            authority=authority,
            told=self.house.clear(told[:MAX_WORDS]) if is_decision or what is What.NOTE else None,
            field=field if is_decision else None,
            reference=self.house.clear(reference[:MAX_WORDS]) if is_decision else None,
        )
        order(self.house.database, given, self._noting(action, source_id))
        self.house.obey()

    def _noting(self, action: str, object_id: str) -> Callable[[Connection], None]:
        """Return what writes a line of the audit into the transaction of what is done."""
        access, viewer = self.house.access, _viewer()
        who = viewer if isinstance(viewer, Member) else None
        return lambda connection: None if access is None else access.audit.note_in(connection, who, action, object_id)

    def _refused(self, action: str, object_id: str) -> None:
        if self.house.access is not None:
            self.house.access.noted.refused(_viewer(), action, object_id)

    def _authority(self) -> str:
        access = self.house.access
        is_demonstration = access is not None and access.is_demonstration
        return authority_over_sources(_viewer(), is_demonstration=is_demonstration)

    def rejects(self, run_id: int) -> Sequence[RejectRow]:
        """Return the records of a run that could not be used."""
        return readers.rejects(self.house.database, run_id)

    def withheld_words(self, source_id: str) -> Sequence[WithheldRow]:
        """Return where the last reading of a source held words that the gate withheld."""
        return readers.withheld_words(self.house.database, source_id)

    def periods(self, question: Question) -> Periods:
        """Return the numbers of a period beside another one."""
        return self.analysed.periods(_viewer(), question)

    def published_counts(self) -> Sequence[PublishedCount]:
        """Return the counts the viewer may be told, small ones hidden."""
        return self.house.counts(_viewer())

    @property
    def least_count(self) -> int:
        """The least count that is told."""
        return self.house.said.thresholds.small_cell


def _viewer() -> Viewer:
    return viewer_in(request.environ["asgi.scope"])
