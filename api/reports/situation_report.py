"""The report of a situation: map, counters, events, sources, written for one viewer in one language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from api.house import House
from api.reports.head import For, head_of, moment
from api.reports.situation import COUNTERS, Shown, Situation
from components.formats import district, number, short_time, time_range
from components.ground import BaseMap
from components.map_legend import legend
from components.marks import Look, shapes_of
from components.plot import colours
from components.printed_map import Placed, PrintedMap, Road, RoadLine, draw_map, strokes_of
from components.report import ChangeLine, Counter, EventLine, SituationReport, SourceLine, Titled
from components.texts import Words
from events.audience import AudienceLevel
from events.city_file import Organisation
from events.geometry import Area
from events.taxonomy import category
from events.vocabulary import GeometryPrecision, MarchStatus, StoredStatus
from store.kept import EventQuery

MOST = {"ongoing": 23, "planned": 7, "ended": 7}  # of each list: the report is two pages long
_SEVERITY_OF = {"critical": 4, "major": 3, "moderate": 2}
_LINE_OF = {"closed": "closed", "jam": "congested"}
_SIGNS = {"ok": "✓", "late": "◔", "stale": "◑", "failing": "✕", "frozen": "❄", "paused": "‖", "never": "○"}
_SPAN_LEAST = 0.03  # degrees: a map of one street says little of where it is


def write_situation(
    house: House,
    base: BaseMap,
    found: Situation,
    asked: For,
    query: EventQuery,
    changes: Titled[ChangeLine] | None = None,
) -> SituationReport:
    """Return the report of a situation."""
    words, ink = asked.words, colours("light")
    numbers = numbers_of(found)
    drawn = map_of(house, base, found, query, words, ink=ink, numbers=numbers)
    return SituationReport(
        head=head_of(house, words("report.situation"), asked, query, found.at, made_told(found, house, words)),
        counters=[_counter(key, found.counters[key], words, ink) for key in COUNTERS],
        map=drawn,
        map_told=map_told(found, words),
        map_notes=list(_notes(found, drawn, words)),
        legend=legend(ink, words),
        lists=list(_lists(house, found, numbers, words, ink)),
        sources_told=sources_of(found, house, words),
        sources=[_source(one, house, found.written_at, words) for one in found.sources],
        credits=" ".join(credits_of(house, base, words)),
        changes=changes,
    )


def numbers_of(found: Situation) -> dict[str, int]:
    """Return the number of each event that has a place and a line in the report, in the order of its lists."""
    listed = [one.kept.id for name in MOST for one in getattr(found, name)[: MOST[name]] if one.position is not None]
    return {name: place for place, name in enumerate(listed, start=1)}


def map_of(
    house: House, base: BaseMap, found: Situation, query: EventQuery, words: Words, *, ink: Mapping[str, str],
    numbers: Mapping[str, int],
) -> PrintedMap:  # fmt: skip
    """Return the map of a situation in a theme's colours."""
    placed = [_placed(one, numbers.get(one.kept.id, 0)) for one in found.all if one.position is not None]
    roads = [
        Road(id=name, state=str(row["st"]), geometry=None if row["ax"] else _figure(row["g"]))
        for name, row in found.roads.items()
    ]
    return draw_map(base, placed, roads, _area(house, found, query), ink=ink, words=words)


def map_told(found: Situation, words: Words) -> str:
    """Return what the map shows, for who does not see it."""
    placed = sum(one.position is not None for one in found.all)
    return words(
        "report.map", n=placed, roads=len(found.roads), closed=found.counters["closed"], jam=found.counters["jam"]
    )


def credits_of(house: House, base: BaseMap, words: Words) -> list[str]:
    """Return whose work the base map and the data are, a sentence each."""
    theirs = [one for one in dict.fromkeys(one.attribution or "" for one in house.sources) if one]
    told = [words("report.credits", credits=" · ".join(dict.fromkeys([words("map.schematic"), *base.credits])))]
    return told + ([words("report.credits.data", credits=" · ".join(theirs))] if theirs else [])


def _area(house: House, found: Situation, query: EventQuery) -> Area:
    """Return what part of the city is shown: what was asked for, else around what is shown, the centre included."""
    if query.bbox is not None:
        return query.bbox
    limits = house.said.bounds
    here = [one.position for one in found.all if one.position is not None and _is_in(one.position, limits)]
    lon, lat = house.said.center
    half = _SPAN_LEAST
    west, south, east, north = lon - half, lat - half * 0.7, lon + half, lat + half * 0.7
    if here:
        west, east = min(west, *(x for x, _ in here)), max(east, *(x for x, _ in here))
        south, north = min(south, *(y for _, y in here)), max(north, *(y for _, y in here))
    return west - 0.004, south - 0.003, east + 0.004, north + 0.003


def _is_in(position: tuple[float, float], area: Area) -> bool:
    return area[0] <= position[0] <= area[2] and area[1] <= position[1] <= area[3]


def _figure(value: object) -> Mapping[str, object] | None:
    return value if isinstance(value, Mapping) else None


def look_of(one: Shown) -> Look:
    """Return what tells an event on a map."""
    kind = category(one.event.category)
    phase = "ended" if one.phase.value == "cancelled" else one.phase.value
    return Look(severity=int(one.event.severity), icon=kind.icon, family=kind.family, phase=phase)


def _placed(one: Shown, number_: int) -> Placed:
    told = one.event
    assert one.position is not None
    is_drawn = told.geometry_precision not in (GeometryPrecision.CITY, GeometryPrecision.NONE)
    figure = one.figure if is_drawn else None
    has_way = one.is_on_a_way and figure is not None and one.phase.value in ("ongoing", "planned")
    return Placed(
        id=one.kept.id, look=look_of(one), position=one.position, number=number_, geometry=figure,
        way=figure if has_way else None, is_forbidden=told.march_status is MarchStatus.FORBIDDEN,
        is_to_confirm=told.status is StoredStatus.TO_CONFIRM, is_restricted=told.audience.level is AudienceLevel.LISTED,
    )  # fmt: skip


def _counter(key: str, value: int, words: Words, ink: Mapping[str, str]) -> Counter:
    label, told = words.count(f"count.{key}", value), number(value, words)
    if key in _LINE_OF:
        state = _LINE_OF[key]
        return Counter(
            label=label, value=told, line=RoadLine(state=state, path="M0 0H26", strokes=strokes_of(state, ink))
        )
    look = Look(severity=_SEVERITY_OF.get(key, 0), icon="warn", family="secu")
    if key == "march":
        look = Look(severity=0, icon="manifestation", family="rass")
    return Counter(label=label, value=told, shapes=shapes_of(look, ink))


def _notes(found: Situation, drawn: PrintedMap, words: Words) -> Iterator[str]:
    yield words("report.map.numbers")
    grouped = sum(one.count for one in drawn.crowds)
    if grouped:
        yield words.count("report.map.grouped", grouped)
    if drawn.outside:
        yield words.count("report.map.outside", drawn.outside)
    everywhere = sum(one.position is None for one in found.all)
    if everywhere:
        yield words.count("report.map.everywhere", everywhere)


def _lists(
    house: House, found: Situation, numbers: Mapping[str, int], words: Words, ink: Mapping[str, str]
) -> Iterator[Titled[EventLine]]:
    for name, key in (("ongoing", "list.ongoing"), ("planned", "list.planned"), ("ended", "list.ended")):
        events: Sequence[Shown] = getattr(found, name)
        if name == "ended" and not events:
            continue
        more = len(events) - MOST[name]
        yield Titled(
            title=words("report.list", title=words(key), n=number(len(events), words)),
            lines=[
                _line(one, numbers.get(one.kept.id, 0), house, found.at, words, ink) for one in events[: MOST[name]]
            ],
            more=words.count("report.more", more) if more > 0 else "",
            empty=words(f"report.none.{name}"),
        )


def _line(one: Shown, place: int, house: House, now: datetime, words: Words, ink: Mapping[str, str]) -> EventLine:
    told, zone = one.event, house.zone
    shorts = {each.code: district(each.short, words) for each in house.city.districts}
    districts = ", ".join(shorts.get(code, code) for code in told.district_codes)
    names = {each.id: _short_name(each, words.lang) for each in house.said.organisation}
    when = "" if one.period is None else time_range(one.period.start, one.period.end, now, zone, words)
    seen = told.published_at or told.observed_at or one.kept.changed_at
    return EventLine(
        event_id=one.kept.id,
        number=place,
        shapes=shapes_of(look_of(one), ink),
        title=told.headline,
        language="" if told.language == words.lang else told.language,
        severity=words(f"sev.{int(told.severity)}"),
        marks=list(_marks(one, words)),
        where=" · ".join(part for part in (told.place or told.road_name, districts) if part),
        when=when,
        told=f"{names.get(told.organisation, told.organisation)}, {short_time(seen, now, zone, words)}",
    )


def _short_name(one: Organisation, lang: str) -> str:
    shorts = {str(key): value for key, value in (one.short or {}).items()}
    return shorts.get(lang) or one.name_in(lang)


def _marks(one: Shown, words: Words) -> Iterator[str]:
    told = one.event
    if told.information_status.value == "exercise":
        yield words("tag.exercise")
    if told.audience.level is AudienceLevel.LISTED:
        yield words("tag.restricted")
    if told.status is not None:
        yield words("status.a_confirmer" if told.status is StoredStatus.TO_CONFIRM else "status.annule")
    if told.march_status is not None:
        yield words(f"march.{told.march_status.value}")
    if one.kept.source_error:
        yield words("list.previous_version")


def made_told(found: Situation, house: House, words: Words) -> str:
    """Return which moment is shown, and of another one than now the age of what is known of it."""
    told = {"time": moment(found.at, house, words)}
    if found.shown is None:
        return words("report.made", **told)
    key = "report.made.replayed" if found.shown.is_past else "report.made.planned"
    return words(key, edge=moment(found.shown.edge, house, words), **told)


def sources_of(found: Situation, house: House, words: Words) -> str:
    """Return how many sources are up to date, and beside another moment than now since when that is said."""
    told = sources_told(found.sources, words)
    if found.shown is None:
        return told
    return words("report.sources.written", time=moment(found.written_at, house, words), told=told)


def sources_told(sources: Sequence[Mapping[str, object]], words: Words) -> str:
    """Return how many sources are up to date, of those that are not paused."""
    active = [one for one in sources if one["state"] != "paused"]
    return words("report.sources.ok", ok=sum(one["state"] == "ok" for one in active), all=len(active))


def _source(one: Mapping[str, object], house: House, now: datetime, words: Words) -> SourceLine:
    state, at = str(one["state"]), one["at"]
    told = ""
    if isinstance(at, int):
        told = short_time(datetime.fromtimestamp(at, tz=now.tzinfo), now, house.zone, words)
    return SourceLine(title=str(one["ti"]), state=words(f"fresh.{state}"), sign=_SIGNS.get(state, "?"), at=told)
