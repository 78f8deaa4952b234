"""Météo-France's vigilance card in JSON (version 6): one event for each zone and phenomenon above green.

Today and tomorrow of one phenomenon are one event with its periods, whose severity is the worst colour on the card. Green is
no event: it takes the identifier back, so that a warning that is lifted leaves the map at once.

Option `domains`: the zones of the city as the card writes them, such as `["13", "1310"]` (a department, its coast).
Only what the card says of these is a record; without the option every zone is, the country's own sum (`FRA`) excepted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import ClassVar

from datasources.contract import Adapter, Document, Reading, Source
from datasources.readers.collect import Collected, Withdrawn, rank_of
from datasources.readers.json import read_json
from datasources.readers.options import check_options
from datasources.readers.text import DESCRIPTION_CHARS, clean
from datasources.readers.times import Times
from datasources.readers.vigilance import (
    COLOURS,
    COUNTRY,
    PHENOMENA,
    SEVERITIES,
    Phase,
    Watch,
    code_of,
    read_watches,
)
from datasources.readers.zones import coast_name, zone_name
from events.errors import ConfigurationError, DocumentUnreadable, InvalidRecord
from events.records import Event
from events.taxonomy import UNKNOWN_CATEGORY
from events.validity import Period, Validity
from events.vocabulary import Certainty, GeometryPrecision

OPTIONS = frozenset({"domains"})
_DAY = "%d/%m %H:%M"


class MeteoFranceVigilanceAdapter(Adapter):
    """Reads the card of the day and of the day after."""

    kind: ClassVar[str] = "meteofrance_vigilance"

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        where = f"source {source.id!r}, options"
        check_options(source, OPTIONS)
        domains = source.options.get("domains", [])
        if not isinstance(domains, list) or not all(isinstance(one, str) and one.strip() for one in domains):
            raise ConfigurationError(f'{where}.domains: a list of the card\'s zones is needed, such as ["13", "1310"]')
        self._domains = frozenset(code_of(one) for one in domains)
        self._times = Times(source.timezone)

    def read(self, document: Document) -> Reading:
        """Return each wanted zone's phenomena as events, withdrawals (green) or rejects."""
        product = self._product(document)
        periods = product.get("periods")
        if not isinstance(periods, list):
            raise self._unreadable("it holds no list of periods")
        collected = Collected()
        watches: dict[tuple[str, str], Watch] = {}
        others: set[str] = set()
        for watch in read_watches(periods, self._times):
            if not self._is_wanted(watch.zone):
                others.add("domain_ids (other zones)")
            elif not watch.phenomenon:
                collected.reject(watch.where, watch.problem or "", None)
            else:
                known = watches.setdefault((watch.zone, watch.phenomenon), watch)
                if known is not watch:
                    known.phases += watch.phases
                    known.problem = known.problem or watch.problem
        published_at = self._published_at(product)
        for watch in watches.values():
            self._add(watch, published_at, collected)
        collected.drop_fields(others)
        # A card always lists every zone: one that lacks ours is a card cut short, not a calm day.
        is_complete = self._domains <= {zone for zone, _ in watches} and bool(watches)
        return collected.reading(published_at=published_at, is_complete=is_complete)

    def _add(self, watch: Watch, published_at: datetime | None, collected: Collected) -> None:
        external_id = f"{watch.zone}-{watch.phenomenon}"
        phases = watch.coloured()
        if watch.problem is not None:
            collected.reject(watch.where, watch.problem, external_id)
        elif not phases:
            collected.add(watch.where, external_id, Withdrawn(external_id), rank_of(published_at))
        else:
            event = self._event(watch, external_id, phases, published_at)
            collected.add(watch.where, external_id, event, rank_of(published_at))

    def _event(self, watch: Watch, external_id: str, phases: Sequence[Phase], published_at: datetime | None) -> Event:
        source = self.source
        name, category = PHENOMENA.get(watch.phenomenon, (f"Phénomène {watch.phenomenon}", UNKNOWN_CATEGORY))
        worst = max(phase.colour for phase in phases)
        ends = [phase.period.end for phase in phases if phase.period.end is not None]
        return Event(
            source_id=source.id,
            external_id=external_id,
            organisation=source.organisation,
            category=category,
            source_code=watch.phenomenon,
            headline=f"{name}, vigilance {COLOURS[worst]}",
            description=clean(self._described(phases), DESCRIPTION_CHARS),
            severity=SEVERITIES[worst],
            certainty=Certainty.LIKELY,
            detection_mode=source.detection_mode,
            validity=Validity(start=phases[0].period.start, end=max(ends), periods=_joined(phases)),
            published_at=published_at,
            geometry_precision=GeometryPrecision.CITY if self._domains else GeometryPrecision.NONE,
            place=_place_of(watch.zone),
            audience=source.default_audience,
            attribution=source.attribution,
        )

    def _described(self, phases: Sequence[Phase]) -> str:
        """Return the hours of each colour in the source's own zone; an event has one severity for all of them."""
        zone = self._times.zone
        told = [
            f"{COLOURS[phase.colour]} du {phase.period.start.astimezone(zone):{_DAY}}"
            + (f" au {phase.period.end.astimezone(zone):{_DAY}}" if phase.period.end else "")
            for phase in phases
        ]
        return f"Vigilance {', puis '.join(told)}."

    def _is_wanted(self, zone: str) -> bool:
        return zone in self._domains if self._domains else zone not in ("", COUNTRY)

    def _published_at(self, product: Mapping[str, object]) -> datetime | None:
        try:
            return self._times.moment(product.get("update_time"))
        except InvalidRecord:
            return None  # a card without a readable time is still a card

    def _product(self, document: Document) -> Mapping[str, object]:
        content = read_json(document, self.source)
        product = content.get("product") if isinstance(content, dict) else None
        if not isinstance(product, dict):
            raise self._unreadable("it is no vigilance card")
        return product

    def _unreadable(self, what: str) -> DocumentUnreadable:
        return DocumentUnreadable(self.source.id, f"{what}; check the address of the source; what was kept stays")


def _joined(phases: Sequence[Phase]) -> tuple[Period, ...]:
    """Return when any colour above green holds; several periods only where green lies between them."""
    joined: list[Period] = []
    for phase in phases:
        last = joined[-1] if joined else None
        if (
            last is not None
            and last.end is not None
            and phase.period.end is not None
            and phase.period.start <= last.end
        ):
            joined[-1] = Period(last.start, max(last.end, phase.period.end))
        else:
            joined.append(phase.period)
    return tuple(joined) if len(joined) > 1 else ()


def _place_of(zone: str) -> str | None:
    coast = coast_name(zone)
    return f"Littoral : {coast}" if coast else zone_name([zone])
