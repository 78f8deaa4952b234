"""The numbers of the analysis: kept while the data are the same, and given as a table for spreadsheets."""

from __future__ import annotations

import asyncio
import csv
import hashlib
import io
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from threading import Lock
from urllib.parse import urlsplit, urlunsplit

from starlette.requests import Request
from starlette.responses import Response

from api.answers import Problem, is_known
from api.exports.answers import setting_of
from api.exports.asked import COMPARE, read_asked
from api.exports.asked import KEYS as EXPORT_KEYS
from api.exports.setting import Setting
from api.house import EVERYTHING, House
from api.source_tables import safe_cell
from components.analysis_panels import PANELS, Panel, panel
from events.audience import Viewer
from insight.periods import Periods, Question
from insight.periods import Setting as PeriodSetting
from insight.statistics import days_between
from store import readers
from store.kept import EventQuery

KEYS = (*(key for key in EXPORT_KEYS if key not in ("status", "bbox", "at", "known_at")), COMPARE)
_COMPARISONS = ("previous", "year")
_USUAL = timedelta(days=28)
_MOST = 64
_REGULAR = timedelta(minutes=30)


class Analysed:
    """Numbers by viewer and question, while no change was numbered and the minute lasts; shared by all who ask the same."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._kept: OrderedDict[tuple[object, ...], Periods] = OrderedDict()
        self._turn = Lock()
        self._sources = tuple(source.id for source in house.sources)
        regular = (source.id for source in house.sources if not source.is_pushed and source.poll_every <= _REGULAR)
        self._regular = tuple(regular)

    def periods(self, viewer: Viewer, question: Question) -> Periods:
        """Return the numbers of a question; raise StoreUnavailable when the store is away."""
        database, now = self._house.database, self._house.clock().replace(second=0, microsecond=0)
        key = (viewer.key, question, readers.last_head(database, viewer=EVERYTHING), now)
        with self._turn:
            found = self._kept.get(key)
            if found is None:
                setting = PeriodSetting(
                    city=self._house.city, now=self._house.clock(), sources=self._sources, regular=self._regular
                )
                found = self._kept[key] = Periods(database, viewer, question, setting)
            self._kept.move_to_end(key)
            while len(self._kept) > _MOST:
                self._kept.popitem(last=False)
        return found


async def answer_panel(request: Request, house: House, analysed: Analysed) -> Response:
    """Answer `GET /api/analysis/{panel}.csv`: one panel of the analysis of a period as a table."""
    name = str(request.path_params["panel"])
    if name not in PANELS:
        raise Problem(404, f"there is no such panel (there are: {', '.join(PANELS)})", "panel")
    asked = read_asked(request, house, KEYS)
    question = question_of(asked.query, asked.keys, house)
    setting = setting_of(request, house, asked.language, asked.keys)
    setting = replace(setting, view=analysis_address(setting.view))

    def find() -> Panel:
        return panel(name, analysed.periods(asked.viewer, question), house.city, setting.words)

    table = await asyncio.to_thread(find)
    seed = repr((asked.viewer.key, asked.has_restricted, setting.address, table.columns, table.rows))
    tag = f'"{hashlib.sha256(seed.encode()).hexdigest()[:32]}"'
    headers = {"ETag": f"W/{tag}", "Cache-Control": "private, no-cache"}
    if is_known(request, tag):
        return Response(status_code=304, headers=headers)
    if asked.member is not None and house.access is not None:
        await asyncio.to_thread(house.access.audit.note, asked.member, f"export.analysis.{name}")
    file = f'attachment; filename="{house.city.id}-{house.clock():%Y%m%d-%H%M}-{name}.csv"'
    headers["Content-Disposition"] = file
    return Response(write_panel(table, setting), media_type="text/csv; charset=utf-8", headers=headers)


def write_panel(table: Panel, setting: Setting) -> bytes:
    """Return a table: a remark, the header, one line a row; numbers as numbers, days in ISO 8601, nothing measured empty."""
    written = io.StringIO()
    lines = csv.writer(written, delimiter=";", lineterminator="\r\n")
    lines.writerow([safe_cell(column.label) for column in table.columns])
    for row in table.rows:
        lines.writerow([_cell(value) for value in row])
    return ("\ufeff# " + setting.remark() + "\r\n" + written.getvalue()).encode()


def _cell(value: object) -> str:
    if isinstance(value, bool) or value is None:
        return ""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | float):
        return f"{value:g}" if isinstance(value, int) else f"{value:.4f}".rstrip("0").rstrip(".")
    return safe_cell(value)


def analysis_address(view: str) -> str:
    """Return the address of the analysis for that of a view of the situation."""
    parts = urlsplit(view)
    return urlunsplit(parts._replace(path="/analyse"))


def question_of(query: EventQuery, keys: Mapping[str, str], house: House) -> Question:
    """Return what is asked of a period, for whole local days; raise Problem 400 for a comparison or an end that makes no sense."""
    comparison = keys.get(COMPARE, _COMPARISONS[0])
    if comparison not in _COMPARISONS:
        raise Problem(400, f"found {comparison[:20]!r}; allowed: {', '.join(_COMPARISONS)}", COMPARE)
    now = query.now or house.clock()  # the moment that "-28j" was counted from: else it would be 28 days and a moment
    end = query.end if query.end is not None and "to" in keys else now
    start = query.start if query.start is not None and "from" in keys else end - _USUAL
    if start > end:
        raise Problem(400, "the period ends before it begins", "to")
    days = days_between(start, end, house.zone)
    filters = replace(
        query, start=None, end=None, phases=(), now=None, limit=1000,
        districts=tuple(query.districts), categories=tuple(query.categories), organisations=tuple(query.organisations),
    )  # fmt: skip
    compared = days.year_before() if comparison == _COMPARISONS[1] else days.before()
    return Question(days=days, compared=compared, filters=filters)
