"""What `/transparence` gives as files: register and algorithm sheets with small counts hidden, the published report as a table."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from api.answers import Problem
from api.control.pages import names_of
from api.house import House
from api.papers import algorithms, register
from api.papers.facts import Facts, collect
from api.papers.paper import Paper, as_json
from api.papers.pdf import to_print
from api.reports.press import Press
from api.transparency.evenness import is_readable
from components.control_names import Names
from components.texts import Words
from events.errors import ConfigurationError
from privacy.published_control import published
from store.control_reports import reports

_BOM = "\ufeff"


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """One download: its type, and what writes it."""

    media_type: str
    paper: Callable[[Facts], Paper] | None = None

    def headers(self, name: str) -> dict[str, str]:
        """Return the headers of the answer: an attachment that proxies may keep for a while."""
        return {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "public, max-age=600"}


FILES: Mapping[str, File] = {
    "registre.pdf": File(media_type="application/pdf", paper=register.write),
    "registre.json": File(media_type="application/json", paper=register.write),
    "algorithmes.pdf": File(media_type="application/pdf", paper=algorithms.write),
    "algorithmes.json": File(media_type="application/json", paper=algorithms.write),
    "equite.csv": File(media_type="text/csv; charset=utf-8"),
}


async def write_file(house: House, press: Press, name: str, speak: Words) -> bytes:
    """Return a file as everyone may read it; raises Problem(404) where there is nothing to write it from.

    A PDF is printed by the press of the reports, in its turn: raises Problem(503) when that could not print it in time.
    """
    written = await asyncio.to_thread(_written, house, name, speak)
    return written if isinstance(written, bytes) else await press.print(*written)


def _written(house: House, name: str, speak: Words) -> bytes | tuple[str, Sequence[str]]:
    """Return a file, or the document and the styles that become its PDF."""
    write = FILES[name].paper
    if write is None:
        return _table(house, speak)
    try:
        paper = write(collect(house, speak, least=house.said.thresholds.small_cell))
    except ConfigurationError as error:
        raise Problem(404, str(error)) from None
    is_demo = house.access is not None and house.access.is_demonstration
    return as_json(paper) if name.endswith(".json") else to_print(paper, is_demo=is_demo)


def _table(house: House, speak: Words) -> bytes:
    found = reports(house.database, 1, monthly=True)
    if not found or not is_readable(found[0]):
        raise Problem(404, "no report of the control was published yet")
    told = published(found[0].content, house.said.thresholds.small_cell)
    written = io.StringIO()
    is_demo = house.access is not None and house.access.is_demonstration
    lines = csv.writer(written, delimiter=";")
    lines.writerow([f"# {told['start']} / {told['end']} {found[0].sha256}", speak("demo.strip") if is_demo else ""])
    lines.writerow([speak(f"control.head.{one}") for one in ("measure", "district", "value")] + ["2,5 %", "97,5 %"])
    lines.writerows(_rows(told, names_of(house, speak)))
    return (_BOM + written.getvalue()).encode()


def _rows(told: Mapping[str, Any], names: Names) -> Iterator[list[object]]:
    speak = names.speak
    for one in told["levels"]:
        yield [speak("control.head.events"), names.district(one["district"]), one["count"], None, None]
        for measure, head in (("per_inhabitants", "inhabitants"), ("per_km", "km"), ("per_city", "city")):
            yield [speak(f"control.head.{head}"), names.district(one["district"]), *(one[measure] or [None] * 3)]
    for one in told.get("concentration", ()):
        for name, value in zip(("gini", "theil"), one["indices"] or (None, None), strict=True):
            yield [speak(f"control.{name}.{one['of']}"), names.district(""), value, None, None]
    for one in told["effort"]:
        yield [speak("control.head.index"), names.district(one["district"]), *(one["index"] or [None] * 3)]
        yield [speak("control.head.share"), names.district(one["district"]), *(one["share"] or [None] * 3)]
    for measure in ("publishing", "closing"):
        for one in told[measure]["districts"]:
            yield [speak(f"control.{measure}"), names.district(one["district"]), *(one["median"] or [None] * 3)]
