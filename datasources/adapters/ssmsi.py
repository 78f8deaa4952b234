"""The communal base of recorded offences of SSMSI (ministry of the Interior): yearly counts, what is withheld stays so."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from datetime import date, time
from typing import ClassVar

from datasources.contract import Adapter, Document, Reading, Source
from datasources.readers.collect import Collected, rank_of
from datasources.readers.compressed import lines_of
from datasources.readers.options import check_options
from datasources.readers.places import number_of
from datasources.readers.tallies import code_of, local_period, tally_of
from datasources.readers.text import clean, identifier
from datasources.readers.times import zone_named
from events.errors import ConfigurationError, DocumentUnreadable, InvalidRecord
from events.records import Tally

# The three communes whose figure is the sum of that of their arrondissements (COG): code -> how those begin.
TOTALS = {"75056": "751", "69123": "6938", "13055": "132"}
PUBLISHED, WITHHELD = "diff", "ndiff"

# What is counted, in words that are no one's: the gate would take "victime entendue" for a person being heard.
_UNITS = {
    "victime": "victims", "victime entendue": "victims-heard", "infraction": "offences", "véhicule": "vehicles",
    "mis en cause": "suspects",
}  # fmt: skip
_AREA = "CODGEO"  # followed by the year of the map of communes, which changes
_NEEDED = ("annee", "indicateur", "unite_de_compte", "nombre", "est_diffuse")
_MAX_ROWS = 100_000


class SsmsiAdapter(Adapter):
    """Reads the rows of the city's own areas; those of other communes are no records."""

    kind: ClassVar[str] = "ssmsi"

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        check_options(source, frozenset({"areas"}))
        self._areas = _areas(source)
        self._zone = zone_named(source.timezone)

    def read(self, document: Document) -> Reading:
        """Return every row of the areas as a count or a reject; raise only DocumentUnreadable."""
        lines = lines_of(document, self.source)
        header = next(lines, (0, b""))[1]
        columns = _cells(header) or []
        area = next((index for index, name in enumerate(columns) if name.startswith(_AREA)), None)
        if area is None or not set(_NEEDED) <= set(columns):
            raise DocumentUnreadable(
                self.source.id, "the header is not that of the communal base of SSMSI; what was kept stays"
            )
        collected = Collected()
        collected.drop_fields(name for name in columns if name not in _NEEDED and not name.startswith(_AREA))
        for count, (number, cells) in enumerate(self._rows(lines, area)):
            if count == _MAX_ROWS:
                raise DocumentUnreadable(self.source.id, f"its areas have more than {_MAX_ROWS} rows")
            if cells is None:
                collected.reject(f"line {number}", "the row is no row of a table")
            else:
                self._take(f"line {number}", dict(zip(columns, cells, strict=False)), cells[area], collected)
        return collected.reading()

    def _rows(self, lines: Iterator[tuple[int, bytes]], area: int) -> Iterator[tuple[int, list[str] | None]]:
        wanted = tuple(code.encode() for code in self._areas)
        for number, line in lines:
            # Five million rows: only those that may be ours are taken apart.
            if any(code in line for code in wanted):
                cells = _cells(line)
                if cells is None or (len(cells) > area and cells[area] in self._areas):
                    yield number, cells

    def _take(self, where: str, told: dict[str, str], area: str, collected: Collected) -> None:
        external_id: str | None = None
        try:
            measure, unit, year = _key(told)
            external_id = identifier(f"{area}/{year}/{measure}/{unit}")
            collected.add(where, external_id, self._tally(told, external_id, area, measure, unit, year), rank_of(None))
        except InvalidRecord as error:
            collected.reject(where, str(error), external_id)

    def _tally(self, told: dict[str, str], external_id: str, area: str, measure: str, unit: str, year: int) -> Tally:
        state = clean(told.get("est_diffuse"))
        if state not in (PUBLISHED, WITHHELD):
            raise InvalidRecord("the row does not say whether its figure is published")
        figure = clean(told.get("nombre"))
        value = None if state == WITHHELD or figure == "NA" else number_of(figure, ",")
        if state == PUBLISHED and value is None:
            raise InvalidRecord("the row is published without a figure")
        period = local_period(date(year, 1, 1), time(0), date(year + 1, 1, 1), time(0), self._zone)
        is_suppressed = state == WITHHELD
        return tally_of(self.source, external_id, measure, area, period, value, unit=unit, is_suppressed=is_suppressed)


def _key(told: dict[str, str]) -> tuple[str, str, int]:
    measure, year = code_of(told.get("indicateur")), told.get("annee", "")
    counted = clean(told.get("unite_de_compte")) or ""
    unit = _UNITS.get(counted.casefold()) or code_of(counted)
    if measure is None or unit is None:
        raise InvalidRecord("the row has no indicator or no unit of count")
    if not (len(year) == 4 and year.isascii() and year.isdecimal() and "1900" < year < "2200"):
        raise InvalidRecord("the year of the row is not between 1901 and 2199")
    return measure.lower(), unit.lower(), int(year)


def _areas(source: Source) -> frozenset[str]:
    where, areas = f"source {source.id!r}, options.areas", source.options.get("areas")
    if not isinstance(areas, Sequence) or isinstance(areas, str) or not areas or not all(map(_is_code, areas)):
        raise ConfigurationError(f"{where}: the codes of the city's communes or arrondissements, such as ['13201']")
    for total, beginning in TOTALS.items():
        if total in areas and any(code.startswith(beginning) for code in areas):
            raise ConfigurationError(
                f"{where}: {total} is the sum of {beginning}..: name it or its arrondissements, they must not be added"
            )
    return frozenset(areas)


def _is_code(value: object) -> bool:
    return isinstance(value, str) and len(value) == 5 and value.isascii() and value.isalnum()


def _cells(line: bytes) -> list[str] | None:
    """Return the cells of a line; None when it is none of a table."""
    try:
        text = line.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = line.decode("cp1252", errors="replace")
    try:
        return next(csv.reader([text.rstrip("\r\n")], delimiter=";"), [])
    except csv.Error:
        return None
