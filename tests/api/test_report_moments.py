"""A report or a map of another moment than now: what the screen's cursor shows, and what was known by then to who may ask."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from lxml import etree
from sqlalchemy import func, insert, literal, select

from api.reports.head import moment
from api.reports.moments import Moment
from api.reports.situation import situation
from components import texts
from components.texts import Words
from datasources.contract import Reading
from events.audience import PARTNERS
from events.records import Effect, RoadState
from events.taxonomy import categories
from events.validity import Validity
from events.vocabulary import Phase, TrafficState
from store.kept import EventQuery
from store.poll_tables import poll_run
from tests.api.pdf_read import pages_of
from tests.api.served import CITY, VIEWERS, Served, event, records
from tests.api.test_reports import many_events
from tests.screens import seen_by_screen
from tests.tables import rows_of

SHOWN = (Phase.ONGOING, Phase.PLANNED, Phase.ENDED)
FRENCH = Words(texts.load(), "fr")
MAP = "/api/reports/map.svg"
SCREEN = """
const part = (name) => require(process.argv[1] + "/assets/ob-" + name + ".js");
const url = part("15-url"), past = part("22-past"), view = part("30-view");
const told = JSON.parse(require("fs").readFileSync(0, "utf8")), then = new past.Past(told.past);
const ids = (rows) => rows.map((row) => row.id), all = told.rows.concat(told.gone);
process.stdout.write(JSON.stringify(told.moments.map(function (t) {
  const roads = t > told.at ? past.roadsPlanned(told.roads, told.rows, t, view.phaseAt) : past.roadsThen(told.roads, then, t);
  const found = view(url.read("?statut=en_cours,prevu,termine"), { rows: t > told.at ? told.rows : all, roads: roads, sources: [],
    familyOf: (category) => told.families[category], districtCode: (short) => short,
    toEpoch: (bound) => url.toEpoch(bound, told.at, "Europe/Paris") }, t);
  return { counters: found.counters, lists: [ids(found.lists.ongoing), ids(found.lists.planned), ids(found.lists.ended)] };
})));
"""


def a_day(served: Served, now: datetime) -> None:
    """Bring events of every kind, some withdrawn since, some that close an axis, and roads that change."""
    shut = [
        event(
            f"shut{n}", validity=Validity(start=now + timedelta(hours=n), end=now + timedelta(hours=n + 2)),
            effects=(Effect(text="Rue fermée", axis_id=CITY.axes[30 + n].id, state=TrafficState.CLOSED),),
        )
        for n in range(6)
    ]  # fmt: skip
    served.admit(reading=Reading(events=(*many_events(now), *shut)))
    served.admit(reading=Reading(withdrawn=tuple(f"e{n}" for n in range(0, 160, 7))))
    for step in range(6):
        served.admit(
            reading=Reading(
                road_states=tuple(
                    RoadState(
                        source_id="prefecture-manifestations", organisation="prefecture", segment_id=f"s{n}",
                        audience=PARTNERS, state=list(TrafficState)[(n + step * (1 + n % 3)) % 4],
                        axis_id=CITY.axes[n % 20].id, observed_at=now - timedelta(seconds=240 - 40 * step),
                    )
                    for n in range(40)
                )
            )
        )  # fmt: skip


def poll_earlier(served: Served, moments: list[datetime]) -> None:
    """Write polls of then: a state holds only while its source was heard."""
    with served.house.database.write() as connection:
        same = [one for one in poll_run.c if one.name not in ("id", "started_at", "finished_at")]
        names = [*(one.name for one in same), "started_at", "finished_at"]
        first = connection.execute(select(func.min(poll_run.c.id))).scalar_one()
        for at in moments:
            then = literal(at, poll_run.c.finished_at.type)
            like = select(*same, then.label("started_at"), then.label("finished_at")).where(poll_run.c.id == first)
            connection.execute(insert(poll_run).from_select(names, like))


def test_a_report_of_a_moment_shows_what_the_cursor_shows(served: Served) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    a_day(served, now)
    poll_earlier(served, [now - timedelta(seconds=20 * n) for n in range(1, 20)])
    snapshot, past = served.get("/api/snapshot", "partner").json(), served.get("/api/past", "partner").json()
    at, gone = snapshot["time"], rows_of(past)
    assert len(gone) > 5, "some were withdrawn"
    steps = (-72_000, -7200, -200, -150, -100, -45, -5, 1800, 5400, 9000, 86_400)
    asked = {
        "rows": rows_of(snapshot), "gone": gone, "roads": snapshot["roads"], "past": past, "at": at,
        "moments": [at + step for step in steps], "families": {one.id: one.family for one in categories().values()},
    }  # fmt: skip
    edge, house = datetime.fromtimestamp(at, UTC), served.house
    query = EventQuery(start=edge - timedelta(hours=24), end=edge + timedelta(days=7), phases=SHOWN, now=edge)
    seen_roads = set()
    for step, seen in zip(steps, seen_by_screen(SCREEN, asked), strict=True):
        found = situation(house, VIEWERS["partner"], query, Moment(edge + timedelta(seconds=step), edge))
        lists = [[one.kept.id for one in kept] for kept in (found.ongoing, found.planned, found.ended)]
        assert lists == seen["lists"], step
        assert found.counters == seen["counters"], step
        assert len(lists[0]) > 3, step
        seen_roads |= {(step > 0, str(one["st"])) for one in found.roads.values()}
    assert {(False, state.value) for state in TrafficState} <= seen_roads
    assert {(True, "closed"), (True, "unknown")} <= seen_roads


def told_by(served: Served, query: str, viewer: str = "all") -> str:
    """Return all the words of the map of a view."""
    answer = served.get(f"{MAP}?{query}", viewer)
    assert answer.status_code == 200, answer.text
    return " ".join(etree.fromstring(answer.content).itertext())


def minute(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M}"


def test_a_map_says_which_moment_it_shows_and_of_when_its_data_are(served: Served) -> None:
    now = datetime.now(served.house.zone)
    before, ahead = now - timedelta(hours=3), now + timedelta(days=2)
    assert "rejouée" not in told_by(served, "")
    replayed = told_by(served, f"moment={minute(before)}")
    assert f"situation rejouée au {moment(before, served.house, FRENCH)}" in replayed
    assert f"d’après les données du {moment(now, served.house, FRENCH)[:-3]}" in replayed
    assert "À l’écriture" in replayed
    planned = told_by(served, f"moment={minute(ahead)}&lang=en")
    assert "situation planned at" in planned
    assert "When this was written" in planned


def test_no_line_beside_a_map_ends_beyond_its_edge(served: Served) -> None:
    moment_of = minute(datetime.now(served.house.zone) + timedelta(days=2))
    answer = served.get(f"{MAP}?moment={moment_of}&category=rass,chantier&district=1,2,6&severity=1&q=manifestation")
    root = etree.fromstring(answer.content)
    lines = [one for one in root if etree.QName(one).localname == "text" and float(one.get("font-size")) < 11]
    assert len(lines) >= 5
    assert (
        max(len(one.text or "") * float(one.get("font-size")) * 0.56 for one in lines) <= float(root.get("width")) - 32
    )
    assert [float(one.get("y")) for one in lines] == sorted({float(one.get("y")) for one in lines}), "one below another"
    assert float(lines[-1].get("y")) < float(root.get("height"))


def test_a_report_says_it_too_and_leads_back_to_the_cursor(served: Served) -> None:
    before = datetime.now(served.house.zone) - timedelta(minutes=30)
    pages = pages_of(served.get(f"/api/reports/situation.pdf?moment={int(before.timestamp())}", "partner").content)
    assert f"Rejoué : situation au {moment(before, served.house, FRENCH)}" in pages[0]
    assert f"/?t={minute(before)}" in pages[-1]


def test_an_event_withdrawn_since_is_on_the_map_of_then_and_not_on_that_of_now(served: Served) -> None:
    told = records()
    served.admit(event("later", headline="Rassemblement retiré"))
    at = datetime.now(UTC)
    served.admit(reading=replace(told, events=(), withdrawn=("later",)))
    query = EventQuery(start=at - timedelta(hours=1), end=at + timedelta(hours=1))
    house, viewer = served.house, VIEWERS["all"]
    then = situation(house, viewer, query, Moment(at - timedelta(minutes=2), at + timedelta(seconds=5)))
    assert "Rassemblement retiré" in {one.event.headline for one in then.ongoing}
    assert "Rassemblement retiré" not in {one.event.headline for one in situation(house, viewer, query).all}


def test_what_was_known_is_drawn_without_what_came_after(served: Served) -> None:
    known = datetime.now(UTC)
    served.admit(event("late", headline="Appris ensuite"))
    house, viewer = served.house, VIEWERS["all"]
    query = EventQuery(start=known - timedelta(hours=1), end=known + timedelta(hours=1), known_at=known)
    found = situation(house, viewer, query, Moment(known, known))
    assert found.ongoing
    assert "Appris ensuite" not in {one.event.headline for one in found.all}
    assert found.roads


@pytest.mark.parametrize(
    ("query", "key"),
    [("moment=hier", "moment"), ("moment=2120-01-01", "moment"), ("known_at=2099-01-01", "known_at"), ("theme=rose", "theme")],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_by_name(served: Served, query: str, key: str) -> None:
    answer = served.get(f"{MAP}?{query}")
    assert (answer.status_code, answer.json()["error"]["parameter"]) == (400, key)


def test_files_of_events_and_the_analysis_have_no_such_moment(served: Served) -> None:
    for path in ("/api/exports/events.csv", "/api/reports/analysis.pdf"):
        assert served.get(f"{path}?moment=2026-11-13T14:30").json()["error"]["parameter"] == "moment"
