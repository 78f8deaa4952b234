"""The played day: its times, its cast, its march on real streets, the state of its axes."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from demo.clock import Clock, read_moment
from demo.day import read_day
from demo.traffic import CLOSED_BEFORE_HEAD, Traffic, crossings
from events.city import City, District
from events.errors import ConfigurationError
from events.records import Geometry
from events.taxonomy import categories

CITY = Path(__file__).resolve().parents[2] / "cities" / "marseille"
STARTED_AT = datetime(2026, 3, 14, 9, 5, tzinfo=UTC)
LOOP_START = read_moment("14:32")


@pytest.mark.parametrize(
    ("text", "minute"), [("00:00", 0), ("14:32", 872), ("-1 17:00", -420), ("+3 08:00", 4800), ("23:59", 1439)]
)
def test_moment_is_played_minute(text: str, minute: int) -> None:
    assert read_moment(text) == minute


@pytest.mark.parametrize("text", ["24:00", "8:00", "+3", "demain", 14, None, "14:32 "])
def test_malformed_moment_is_refused(text: object) -> None:
    with pytest.raises(ConfigurationError, match="played time"):
        read_moment(text)


def test_day_starts_at_loop_start_whenever_the_program_does() -> None:
    clock = Clock(STARTED_AT, LOOP_START, ZoneInfo("Europe/Paris"))
    assert clock.played(STARTED_AT) == LOOP_START
    assert clock.real(read_moment("14:00"), 1) == STARTED_AT - timedelta(minutes=32)
    assert clock.real(read_moment("17:30"), 1) == STARTED_AT + timedelta(minutes=178)


def test_loop_begins_again_after_a_played_day() -> None:
    clock = Clock(STARTED_AT, LOOP_START, ZoneInfo("Europe/Paris"), speed=60)
    later = STARTED_AT + timedelta(minutes=24, seconds=30)
    assert (clock.loop(STARTED_AT), clock.loop(later)) == (1, 2)
    assert clock.played(later) == pytest.approx(LOOP_START + 30)
    assert clock.real(LOOP_START, 2) == STARTED_AT + timedelta(minutes=24)


def test_hours_quoted_in_texts_follow_the_shift() -> None:
    clock = Clock(datetime(2026, 3, 14, 9, 0, tzinfo=UTC), LOOP_START, ZoneInfo("Europe/Paris"))
    assert clock.tell("Coup d'envoi {21:00}", 1) == "Coup d'envoi 16:28"


def test_no_text_names_a_weekday_or_a_date(day) -> None:
    words = r"\b(lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|demain|hier|janvier|février|novembre|20\d\d)\b"
    for happening in day.happenings:
        texts = (happening.headline, happening.place, happening.description, *(e.text for e in happening.effects))
        for text in texts:
            assert not re.search(words, text, re.IGNORECASE), happening.id
            assert not re.search(r"(?<!\{)\b\d\d:\d\d", text), f"{happening.id} quotes an hour outside braces"


def test_cast_is_complete_and_well_named(day) -> None:
    known = categories()
    assert len(day.happenings) >= 45
    assert {happening.category for happening in day.happenings} <= set(known)
    wanted = {
        "manifestation", "rassemblement", "objet_suspect", "match", "chantier", "fermeture", "fermeture_nuit",
        "accident", "eau", "metro", "vent", "marche", "tournage", "croisiere", "plage", "course", "visite", "greve",
        "incendie", "panne", "obstacle", "electricite", "dechets", "concert", "operation_police",
    }  # fmt: skip
    assert wanted <= {happening.category for happening in day.happenings}
    assert sum(happening.exercise for happening in day.happenings) == 1
    assert all(happening.end >= happening.start for happening in day.happenings)


def test_thirty_events_meet_the_default_window(day) -> None:
    first, last = LOOP_START - 24 * 60, LOOP_START + 7 * 24 * 60
    shown = [
        happening
        for happening in day.happenings
        if happening.appears <= LOOP_START and happening.end > first and happening.start < last and happening.geometry
    ]
    assert len(shown) >= 30


def test_counters_at_the_start_are_those_of_the_screen(day) -> None:
    ongoing = Counter(
        happening.severity
        for happening in day.happenings
        if happening.start <= LOOP_START < happening.end and happening.appears <= LOOP_START and not happening.nightly
    )
    assert (ongoing[4], ongoing[3], ongoing[2]) == (1, 4, 3)


def test_every_place_is_in_the_city_or_its_harbour(day, streets) -> None:
    city = _city(streets)
    for happening in day.happenings:
        if happening.geometry is not None:
            assert city.districts_of(happening.geometry), f"{happening.id} lies in no district"


@pytest.mark.parametrize(
    ("event_id", "districts"),
    [
        ("PREF-1187", {"13201", "13206"}),
        ("SEC-1201", {"13201"}),
        ("PM-1170", {"13208"}),
        ("VOI-1192", {"13205"}),
        ("DIR-1195", {"13213"}),
        ("ELE-1197", {"13211"}),
        ("PRO-1183", {"13204"}),
        ("VIL-1190", {"13202"}),
    ],
)
def test_event_is_in_its_district(day, streets, event_id: str, districts: set[str]) -> None:
    happening = next(one for one in day.happenings if one.id == event_id)
    assert districts <= set(_city(streets).districts_of(happening.geometry))


def test_march_walks_on_axes_with_six_checkpoints(day, streets) -> None:
    march = next(one for one in day.happenings if one.id == "PREF-1187")
    line = streets.metres(march.geometry["coordinates"])
    for metre in range(0, int(line.length), 10):
        point = line.interpolate(metre)
        nearest = min(streets.plane(axis.line).distance(point) for axis in streets.axes.values())
        assert nearest <= 60, f"{metre} m from its start the march is {nearest:.0f} m from any axis"
    assert len(march.stops) == 6
    assert [stop.chainage_m for stop in march.stops] == sorted(stop.chainage_m for stop in march.stops)
    assert [stop.planned for stop in march.stops] == sorted(stop.planned for stop in march.stops)
    delays = [stop.observed - stop.planned for stop in march.stops if stop.observed]
    assert delays == [6, 7, 7, 7, 7, 7]


def test_passages_appear_as_the_head_advances(day) -> None:
    march = next(one for one in day.happenings if one.id == "PREF-1187")
    seen = [
        sum(stop.observed is not None for stop in march.as_of(read_moment(at)).stops)
        for at in ("13:59", "14:32", "14:38", "14:39", "15:30", "17:00")
    ]
    assert seen == [0, 2, 2, 3, 4, 6]
    assert march.as_of(read_moment("14:39")).version == march.as_of(read_moment("14:32")).version + 1


def test_suspicious_object_is_a_zone_of_fifty_metres_or_more(day, streets) -> None:
    zone = next(one for one in day.happenings if one.category == "objet_suspect").geometry
    assert zone["type"] == "Polygon"
    ring = streets.metres(zone["coordinates"][0])
    assert ring.distance(ring.convex_hull.centroid) >= 50


def test_axes_at_the_start(day, streets) -> None:
    traffic = Traffic(day, streets)
    states = {axis: traffic.state(axis, LOOP_START) for axis in streets.axes}
    assert Counter(states.values()) == {"free": 39, "slow": 8, "congested": 6, "closed": 3, "unknown": 3}
    assert {axis for axis, state in states.items() if state == "closed"} == {"canebiere", "rome", "chave"}


def test_march_is_declared_then_under_way_with_its_first_passage_then_dispersed(day) -> None:
    march = next(one for one in day.happenings if one.id == "PREF-1187")
    told = [march.as_of(read_moment(at)).march for at in ("13:59", "14:05", "14:06", "17:29", "17:30")]
    assert told == ["declared", "declared", "under_way", "under_way", "dispersed"]
    at_end = [march.as_of(read_moment(at)) for at in ("17:29", "17:30")]
    assert at_end[1].version == at_end[0].version + 1


def test_march_closes_streets_as_it_advances(day, streets) -> None:
    march = next(one for one in day.happenings if one.id == "PREF-1187")
    enters = {crossing.axis: crossing.head_enters for crossing in crossings(march, streets)}
    assert enters["canebiere"] < enters["rome"]
    traffic = Traffic(day, streets)
    assert traffic.state("rome", int(enters["rome"]) - CLOSED_BEFORE_HEAD - 1) != "closed"
    assert traffic.state("rome", int(enters["rome"]) - CLOSED_BEFORE_HEAD) == "closed"
    assert [traffic.state("canebiere", read_moment(at)) for at in ("13:40", "14:32", "15:15")] == [
        "free",
        "closed",
        "free",
    ]
    assert [traffic.state("rome", read_moment(at)) for at in ("16:30", "17:00")] == ["closed", "free"]


def test_unknown_key_of_the_day_is_named(tmp_path, streets) -> None:
    (tmp_path / "demo-day.toml").write_text(
        'loop_start = "14:32"\n[[event]]\nid = "X-1"\nheadlin = "faute"\n', encoding="utf-8"
    )
    with pytest.raises(ConfigurationError, match=r"event X-1.*'headlin'"):
        read_day(tmp_path, streets)


def test_axis_the_city_lacks_is_named(tmp_path, streets) -> None:
    (tmp_path / "demo-day.toml").write_text('loop_start = "14:32"\n[traffic]\nunknown = ["champs"]\n', encoding="utf-8")
    with pytest.raises(ConfigurationError, match="'champs'"):
        read_day(tmp_path, streets)


def test_city_files_are_whole() -> None:
    counts = {
        name: len(json.loads((CITY / f"{name}.geojson").read_text(encoding="utf-8"))["features"])
        for name in ("districts", "axes", "communes", "landmarks")
    }
    assert counts["districts"] == 16
    assert counts["axes"] == 59
    assert counts["landmarks"] >= 60
    licence = (CITY / "LICENCE.md").read_text(encoding="utf-8")
    assert all(f"{name}.geojson" in licence for name in counts)


def _city(streets) -> City:
    from shapely.geometry import mapping

    def district(code: str) -> District:
        geometry: Geometry = mapping(streets.districts[code])
        return District(code=code, short=code, name=code, population=None, area_km2=None, geometry=geometry)

    return City(
        id="marseille",
        name="Marseille",
        timezone="Europe/Paris",
        area=(5.15, 43.10, 5.65, 43.45),
        districts=tuple(district(code) for code in streets.districts),
        axes=(),
    )
