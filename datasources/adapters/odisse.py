"""Odissé (Santé publique France): weekly rates of visits to emergency departments. Never a person, never a waiting room."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, time, timedelta
from itertools import islice
from typing import ClassVar

from datasources.contract import Adapter, Document, Reading, Source
from datasources.readers.collect import Collected, rank_of
from datasources.readers.features import MAX_ITEMS, read_container, unreadable
from datasources.readers.fieldmap import check_path
from datasources.readers.opendatasoft import Records, next_page, records_of
from datasources.readers.options import check_options, text_option
from datasources.readers.paths import read_path
from datasources.readers.places import number_of
from datasources.readers.table import read_table
from datasources.readers.tallies import code_of, local_period, tally_of, week_of
from datasources.readers.text import clean, identifier
from datasources.readers.times import zone_named
from events.counts import check_counted_row
from events.errors import ConfigurationError, DocumentUnreadable, InvalidRecord
from events.records import Tally

UNIT = "per_100000"  # of all visits, or of all calls of SOS Médecins
OPTIONS = frozenset({"measures", "area", "area_code", "items"})

# JSON has technical names, CSV has titles.
_WEEKS = ("semaine", "Semaine")
_FIRST_DAYS = ("date_complet", "1er jour de la semaine")
_AGES = ("sursaud_cl_age_gene", "classe_age", "Classe d'âge")
_ALL_AGES = frozenset({"tous âges", "tous ages", "tous", "0"})
_BOM = b"\xef\xbb\xbf"
Told = Mapping[str, object]


class OdisseAdapter(Adapter):
    """Reads each rate of each row as one record: a measure, an area, a week."""

    kind: ClassVar[str] = "odisse"

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        check_options(source, OPTIONS)
        self._measures = _measures(source)
        self._area, self._area_code = text_option(source, "area", ""), text_option(source, "area_code", "")
        if bool(self._area) == bool(self._area_code):
            raise ConfigurationError(
                f"source {source.id!r}, options: one of 'area' (the column of the area's code) and 'area_code' is needed"
            )
        self._items = text_option(source, "items", "")
        check_path(self._items, f"source {source.id!r}, options.items")
        self._known = {*self._measures, self._area, *_WEEKS, *_FIRST_DAYS, *_AGES}
        self._zone = zone_named(source.timezone)

    def read(self, document: Document) -> Reading:
        """Return every rate that is there; raise only DocumentUnreadable. An empty cell is no rate, and not zero."""
        with document.open() as stream:
            start = stream.read(256).removeprefix(_BOM).lstrip()[:1]
        collected = Collected()
        if start not in (b"{", b"["):
            for where, told in self._lines(document, collected):
                self._take(where, told, collected)
            return collected.reading()
        records = self._records(read_container(document, self.source))
        if not isinstance(records.items, list) or len(records.items) > MAX_ITEMS:
            raise unreadable(self.source, f"it holds no list of at most {MAX_ITEMS} rows")
        following = next_page(records, document.url, self.source)
        for index, item in enumerate(records.items):
            told = item.get(records.properties, item) if isinstance(item, Mapping) and records.properties else item
            if isinstance(told, Mapping):
                collected.drop_fields(name for name in told if name not in self._known)
                self._take(f"{records.name}[{index}]", told, collected)
            else:
                collected.reject(f"{records.name}[{index}]", "the member of the list is not an object")
        return replace(collected.reading(), next_requests=(following,) if following else ())

    def _records(self, content: object) -> Records:
        if not self._items:
            return records_of(content, self.source)
        rows = [found.obj for found in islice(read_path(self._items).query.finditer(content), MAX_ITEMS + 1)]  # type: ignore[arg-type]
        if not rows:
            raise unreadable(self.source, "it holds no rows where 'items' leads to")
        return Records(rows, "items", "", None, is_v1=False)

    def _lines(self, document: Document, collected: Collected) -> Iterator[tuple[str, Told]]:
        with document.open() as stream:
            body = stream.read(self.source.max_bytes + 1)
        if len(body) > self.source.max_bytes:
            raise DocumentUnreadable(self.source.id, f"it is longer than {self.source.max_bytes} bytes")
        table = read_table(body, self.source.id)
        if not self._measures.keys() & set(table.columns):
            raise unreadable(self.source, "its header holds none of the columns of 'measures'")
        collected.drop_fields(name for name in table.columns if name not in self._known)
        for line in table.lines:
            if line.problem is None:
                yield f"line {line.number}", line.cells
            else:
                collected.reject(f"line {line.number}", line.problem)

    def _take(self, where: str, told: Told, collected: Collected) -> None:
        try:
            check_counted_row(told)
            area, monday, age = self._area_of(told), _week(told), _age(told)
        except InvalidRecord as error:
            collected.reject(where, str(error))
            return
        for column, measure in self._measures.items():
            named = f"{measure}-{age}" if age else measure
            external_id: str | None = None
            try:
                rate = number_of(told.get(column))
                if rate is None:
                    continue
                external_id = identifier(f"{named}/{area}/{monday:%G-S%V}")
                collected.add(where, external_id, self._tally(external_id, named, area, monday, rate), rank_of(None))
            except InvalidRecord as error:
                collected.reject(where, str(error), external_id)

    def _area_of(self, told: Told) -> str:
        area = code_of(told.get(self._area)) if self._area else self._area_code
        if area is None:
            raise InvalidRecord("the row has no area")
        return area

    def _tally(self, external_id: str, measure: str, area: str, monday: date, rate: float) -> Tally:
        if not 0 <= rate <= 100_000:
            raise InvalidRecord("a rate is not between 0 and 100,000")
        week = local_period(monday, time(0), monday + timedelta(days=7), time(0), self._zone)
        return tally_of(self.source, external_id, measure, area, week, rate, unit=UNIT)


def _week(told: Told) -> date:
    label = next((told[name] for name in _WEEKS if told.get(name)), None)
    if label is None:
        raise InvalidRecord("the row has no week")
    monday = week_of(label)
    first = next((clean(told[name]) for name in _FIRST_DAYS if told.get(name)), None)
    if first is not None and first[:10] != monday.isoformat():
        raise InvalidRecord("the week and its first day contradict each other")
    return monday


def _age(told: Told) -> str | None:
    """Return the code of a class of age; None for all ages, which are never added to their classes."""
    label = next((text for name in _AGES if (text := clean(told.get(name)))), None)
    return None if label is None or label.casefold() in _ALL_AGES else code_of(label)


def _measures(source: Source) -> dict[str, str]:
    where, table = f"source {source.id!r}, options.measures", source.options.get("measures")
    if not isinstance(table, Mapping) or not table or not all(isinstance(code, str) for code in table.values()):
        raise ConfigurationError(
            f"{where}: columns and our names for them, such as taux_passages_ira_sau = 'ira-visits'"
        )
    for code in table.values():
        try:
            is_code = code_of(code) == code and len(code) <= 50
        except InvalidRecord:
            is_code = False
        if not is_code:
            raise ConfigurationError(f"{where}: {code!r} is no code of at most 50 letters, digits and hyphens")
    return dict(table)
