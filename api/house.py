"""What the addresses answer from: the doors of the other rooms, put together once by `app.py`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from access.house import Access
from access.members import Member
from access.roles import Role
from api.contributing.desk import Desk
from api.counts import published_counts
from api.freshness import StandingOf, of_no_agreement, source_rows
from api.geocoder import Geocoder, geocoder_of
from api.identity_provider import IdentityProvider
from api.mail import Mail
from api.media.desk import MediaDesk
from api.push import Brought
from api.rows import road_row
from api.viewer import ViewerRule
from datasources.client import GuardedClient
from datasources.contract import Source
from events.addresses import Addresses
from events.audience import Viewer
from events.city import City
from events.city_file import CityFile
from events.place_names import PlaceNames
from events.place_search import PlaceSearch
from events.streets import Streets
from events.vocabulary import InformationStatus
from privacy.counts import PublishedCount
from privacy.gazetteer import EMPTY, Gazetteer
from store import readers
from store.database import Database
from store.kept import KeptEvent

EVERYTHING = Viewer(sees_restricted=True)


def now() -> datetime:
    """Return the present moment."""
    return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True)
class House:
    """One city being served."""

    database: Database
    city: City
    sources: tuple[Source, ...]
    said: CityFile
    viewer_rule: ViewerRule
    clock: Callable[[], datetime]
    heartbeat: Callable[[], datetime | None]
    access: Access | None = None  # None: only `viewer_rule` says who looks, nobody signs in
    desk: Desk | None = None  # None: nobody contributes here
    media: MediaDesk | None = None  # None: no picture is taken
    provider: IdentityProvider | None = None  # None: posts sign in with their password only
    brought: Brought | None = None  # None: nobody pushes documents here
    is_https_only: bool = False
    metrics_token: str | None = field(default=None, repr=False)
    standing: StandingOf = of_no_agreement
    role: Callable[[], str] = lambda: "polling"  # or following: another process of the same database polls
    gazetteer: Gazetteer = EMPTY  # what the privacy gate knows of the city's names
    landmarks: Sequence[Mapping[str, object]] = ()  # GeoJSON features with a name, beside the axes and districts
    addresses: Addresses = field(default_factory=Addresses)  # of the national address base, none unless loaded
    ask_addresses: GuardedClient | None = None  # what may ask the geocoder of the city, where it chose one
    mail: Mail | None = None  # None: no message leaves
    clear: Callable[[str], str] = str  # the privacy gate, for what people write: the store refuses what it did not see
    obey: Callable[[], None] = lambda: None  # an order was kept: whoever polls here looks at once

    @property
    def organisations(self) -> frozenset[str]:
        """Ids of the organisations that filters may name."""
        return frozenset(one.id for one in self.said.organisation) | {source.organisation for source in self.sources}

    @cached_property
    def places(self) -> PlaceNames:
        """The city's own gazetteer."""
        return PlaceNames(self.city, self.landmarks, self.addresses.streets)

    @cached_property
    def search(self) -> PlaceSearch:
        """Names, addresses and corners of the city, found without a network."""
        return PlaceSearch(self.places, self.streets, self.addresses)

    @cached_property
    def geocoder(self) -> Geocoder | None:
        """The service of addresses that the city chose, None where nobody is asked."""
        client = self.ask_addresses
        return None if client is None else geocoder_of(self.said.geocoder, client, self.city, self.clear)

    @cached_property
    def streets(self) -> Streets:
        """The city's axes, to find ways along."""
        return Streets(self.city)

    @property
    def zone(self) -> ZoneInfo:
        """The city's clock."""
        return ZoneInfo(self.city.timezone)

    def shows(self, kept: KeptEvent) -> bool:
        """Tell whether this city shows the event: exercises only where it says so."""
        return self.said.show_exercises or kept.event.information_status is not InformationStatus.EXERCISE

    def who(self, headers: Mapping[str, str]) -> Viewer | None:
        """Return who sends these headers; a program, whose answers leave the house, without what may not be passed on."""
        viewer = self.viewer_rule(headers)
        is_program = isinstance(viewer, Member) and viewer.role is Role.PROGRAM
        return self.passing_on(viewer) if viewer is not None and is_program else viewer

    def passing_on(self, viewer: Viewer) -> Viewer:
        """Return the viewer without the sources whose agreement lets nobody, or partners only, pass their records on."""
        allowed = ("partners", "public") if viewer.is_partner else ("public",)
        withheld = (source.id for source in self.sources if self.standing(source.id).onward not in allowed)
        return replace(viewer, withheld=frozenset(withheld))

    def source_rows(self) -> list[dict[str, object]]:
        """Return the sources as snapshot, stream and pages give them."""
        database = self.database
        states, fields = readers.source_states(database), readers.fields_of_each(database)
        paused, out = readers.paused(database), readers.open_outages(database)
        return source_rows(self.sources, states, self.clock(), self.standing, paused=paused, fields=fields, out=out)

    def counts(self, viewer: Viewer) -> tuple[PublishedCount, ...]:
        """Return the counts this viewer may be told, small ones hidden: whole weeks and longer periods that are over."""
        least, timezone = self.said.thresholds.small_cell, self.city.timezone
        return published_counts(self.database, viewer, least=least, timezone=timezone, now=self.clock())

    def road_rows(self, viewer: Viewer, ids: Collection[str] | None = None) -> list[dict[str, object]]:
        """Return road states, all or those named."""
        by_id = {source.id: source for source in self.sources}
        axes = frozenset(axis.id for axis in self.city.axes)
        least = timedelta(minutes=self.said.thresholds.traffic_unknown_min)
        kept = readers.roads(self.database, viewer=viewer, ids=ids)
        cadences = self.said.thresholds.traffic_unknown_cadences
        return [road_row(one, by_id.get(one.road.source_id), self.clock(), axes, least, cadences) for one in kept]
