"""What the screen needs from the rest of the house: `app.py` passes one value that has these members."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from access.members import Member
from callbacks.desk import Desk
from components.boot import Boot, SignedIn
from datasources.contract import Source
from events.city import City
from events.place_names import PlaceNames
from events.place_search import Found, PlaceSearch
from events.streets import Streets
from insight.linking import Rule
from insight.periods import Periods, Question
from privacy.advice import Advice, Say
from privacy.counts import PublishedCount
from store.conflicts_query import KeptConflict
from store.kept import EventQuery, HalfHour, KeptEvent, KeptVersion, RejectRow, RunRow, SourceRow, WithheldRow
from store.links import Link, Pair
from store.media import KeptMedia
from store.orders import Fields, Orders, What


class Geocoding(Protocol):
    """A service of addresses."""

    def find(self, text: str) -> tuple[Found, ...]:
        """Return addresses; raise InvalidRecord for words the gate withholds, a SourceError when there is no answer."""


class LinkLine(Protocol):
    """A link as the viewer may see it: why, to which event, how alike (0 to 1)."""

    @property
    def link(self) -> Link:
        """The two events and each reason."""

    @property
    def other(self) -> KeptEvent:
        """The other event."""

    @property
    def likeness(self) -> float:
        """How alike the two are."""


class Services(Protocol):
    """The doors that the callbacks may use. Every reading is made for the viewer of the current request."""

    def boot(self, lang: str) -> Boot:
        """Return the city as the frame draws it, names in `lang`; `path` is left empty, the callbacks fill it."""

    def signed_in(self, lang: str) -> SignedIn | None:
        """Return who signed in, names in `lang`, None for a visitor."""

    def open_reviews(self) -> int:
        """Return how many differences of the control wait for an answer; counted at most once in a while."""

    def member(self) -> Member | None:
        """Return who signed in with what they may do, None for a visitor."""

    @property
    def desk(self) -> Desk | None:
        """Where partners contribute; None where nobody does."""

    @property
    def places(self) -> PlaceNames:
        """The city's gazetteer."""

    @property
    def search(self) -> PlaceSearch:
        """Names, addresses and corners of the city, found without a network."""

    @property
    def geocoder(self) -> Geocoding | None:
        """The service that knows more addresses, None where the city asks nobody."""

    @property
    def streets(self) -> Streets:
        """The city's axes, to find ways along."""

    def advise(self, text: str, say: Say) -> Advice:
        """Return what the privacy gate would say of a text; nothing of it is kept."""

    @property
    def city(self) -> City:
        """Districts, axes, time zone."""

    @property
    def sources(self) -> Sequence[Source]:
        """Every entry of the catalogue."""

    def clock(self) -> datetime:
        """Return the present moment, aware UTC."""

    def event(self, event_id: str) -> KeptEvent | None:
        """Return the kept event that the viewer may see, None otherwise."""

    def events(self, query: EventQuery) -> Sequence[KeptEvent]:
        """Return the events of a query that the viewer may see, at most its limit."""

    def versions(self, event_id: str) -> Sequence[KeptVersion]:
        """Return the versions of an event, oldest first."""

    def related(self, event: KeptEvent) -> Sequence[KeptEvent]:
        """Return the other events of the same source and situation that the viewer may see, none without situation."""

    def media_of(self, event_id: str) -> Sequence[KeptMedia]:
        """Return the pictures and clips of an event that the viewer may see or was told of."""

    def may_withdraw_media(self, one: KeptMedia) -> bool:
        """Tell whether the viewer may take one down."""

    def join_media(self, event_id: str, ids: Sequence[str]) -> int:
        """Join pieces that the member's organisation sent to an event it may edit; return how many were."""

    def links(self, event_id: str) -> Sequence[LinkLine]:
        """Return the links of an event to others that the viewer may see, most alike first."""

    def conflicts(self, event_id: str) -> Sequence[KeptConflict]:
        """Return the conflicts of an event of which the viewer may see both sides, the worst first."""

    def may_link(self) -> bool:
        """Tell whether the viewer confirms and undoes links."""

    def decide_link(self, action: str, pair: Pair) -> None:
        """Decide of two events; raise AccessDenied (a key), InvalidRecord when it is too late, StoreUnavailable."""

    @property
    def nearness(self) -> Rule:
        """How near two events are that may be the same."""

    def source_states(self) -> Sequence[SourceRow]:
        """Return what is known of each source that was polled at least once."""

    def source_objects(self) -> Sequence[Mapping[str, Any]]:
        """Return the sources as the snapshot and the stream give them, so that page and freshness block agree."""

    def runs(self, source_id: str, limit: int) -> Sequence[RunRow]:
        """Return the last runs of a source, newest first."""

    def half_hours(self, source_ids: Collection[str]) -> Mapping[str, Sequence[HalfHour]]:
        """Return, per source, its half hours of the last day that had a run, oldest first."""

    def orders(self, source_id: str) -> Orders:
        """Return what people ordered of a source."""

    def fields(self, source_id: str) -> Fields:
        """Return the fields a source has told, and those that wait for a decision."""

    def refusal_of_orders(self) -> str | None:
        """Return the key of why the viewer may give no orders to sources, None when orders are taken."""

    def order(self, source_id: str, what: What, *, told: str = "", field: str = "", reference: str = "") -> None:
        """Give an order; raise AccessDenied (a key), InvalidRecord when its words cannot be kept, StoreUnavailable."""

    def rejects(self, run_id: int) -> Sequence[RejectRow]:
        """Return the records of a run that could not be used."""

    def withheld_words(self, source_id: str) -> Sequence[WithheldRow]:
        """Return where the last reading of a source held words that the gate withheld."""

    def periods(self, question: Question) -> Periods:
        """Return the numbers of a period beside another one; raise StoreUnavailable when the store is away."""

    def published_counts(self) -> Sequence[PublishedCount]:
        """Return the counts the viewer may be told, small ones hidden."""

    @property
    def least_count(self) -> int:
        """The least count that is told; smaller ones, but 0, are hidden."""
