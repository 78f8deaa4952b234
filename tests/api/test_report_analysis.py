"""The report of an analysis and the drawings: the numbers of the page, for their viewer, in both languages and themes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from lxml import etree

from access.roles import Role
from api.analysis import Analysed
from components.analysis_panels import PANELS, panel, written
from components.formats import number
from components.plot import colours
from components.texts import words
from datasources.contract import Reading
from events.audience import PARTNERS, listed
from events.records import RoadState
from events.validity import Validity
from events.vocabulary import Severity, TrafficState
from insight.periods import Question
from insight.statistics import days_between
from store.kept import EventQuery
from store.tables import road_state_history
from tests.api.pdf_read import is_accessible, is_tagged, pages_of
from tests.api.served import CITY, VIEWERS, Served, event
from tests.api.test_exports import Town

ANALYSIS = "/api/reports/analysis.pdf"
KINDS = ("accident", "chantier", "concert", "bus_devie", "incendie")


@pytest.fixture
def busy(served: Served) -> Served:
    """Events and states of two weeks, some of them for the prefecture alone."""
    now = datetime.now(UTC).replace(microsecond=0)
    served.admit(
        reading=Reading(
            events=tuple(
                event(
                    f"a{n}", category=KINDS[n % len(KINDS)], severity=Severity(n % 5), headline=f"Événement {n}",
                    validity=Validity(start=now - timedelta(days=n % 14, hours=3), end=now - timedelta(days=n % 14, hours=1)),
                    audience=listed(["prefecture"]) if n % 7 == 0 else PARTNERS,
                )
                for n in range(60)
            ),
            road_states=tuple(
                RoadState(
                    source_id="prefecture-manifestations", organisation="prefecture", segment_id=f"a{n}", audience=PARTNERS,
                    state=TrafficState.CONGESTED if n % 2 else TrafficState.CLOSED, axis_id=CITY.axes[n + 1].id, observed_at=now,
                )
                for n in range(5)
            ),
        )
    )  # fmt: skip
    # Hindrance is counted by day: told a moment ago, in the evening, the states would be none.
    with served.house.database.write() as connection:
        connection.execute(road_state_history.update().values(at=now - timedelta(days=1, hours=2)))
    return served


@pytest.mark.parametrize(("lang", "keys", "query"), [
    ("fr", "", EventQuery()),
    ("en", "&severity=3&category=accident,concert", EventQuery(severity=3, categories=("accident", "concert"))),
])  # fmt: skip
def test_a_report_holds_the_figures_of_the_page_for_its_view(
    busy: Served, lang: str, keys: str, query: EventQuery
) -> None:
    answer = busy.get(f"{ANALYSIS}?lang={lang}&from=-14d{keys}".replace("-14d", "-14j"), "partner")
    assert answer.status_code == 200, answer.text
    pages = pages_of(answer.content)
    whole, speak, zone = " ".join(pages), words(lang), busy.house.zone
    now = busy.house.clock()
    days = days_between(now - timedelta(days=14), now, zone)
    question = Question(days=days, compared=days.before(), filters=EventQuery(
        severity=query.severity, categories=query.categories, now=None, limit=1000))  # fmt: skip
    found = Analysed(busy.house).periods(VIEWERS["partner"], question)
    for key in PANELS:
        told = panel(key, found, busy.house.city, speak)
        if key != "figures":  # five cards, each with its own title
            assert told.title in whole
            summary = " ".join(told.summary.split())
            if key == "heat":  # a mean of the hour that goes on
                summary = summary.partition(",")[0]
            assert summary in whole, (key, summary)
        if key in ("districts", "categories", "axes"):
            for row in told.rows[:30]:
                cells = [
                    written(cell, column.kind, zone, speak) for cell, column in zip(row, told.columns, strict=True)
                ]
                line = " ".join(" ".join(cells).split())
                assert line in whole, (key, line)
    assert found.total.now
    for figure in (found.total, found.serious):
        assert number(figure.now, speak) in pages[0]
    assert f"page {len(pages)} {'sur' if lang == 'fr' else 'of'} {len(pages)}" in pages[-1]
    assert ("Rapport d’analyse" if lang == "fr" else "Analysis report") in pages[0]
    assert is_tagged(answer.content)
    assert is_accessible(answer.content)


def test_a_report_of_a_period_without_events_says_so(busy: Served) -> None:
    pages = pages_of(busy.get(f"{ANALYSIS}?from=2020-01-01&to=2020-01-08", "partner").content)
    assert words("fr")("analysis.days.none") in pages[0]
    assert len(pages) == 1


def test_who_sees_more_has_other_figures_and_the_audit_says_who_took_them(busy: Served, files) -> None:
    town = Town(busy, files)
    post = town.signed_in(Role.CONTRIBUTOR)
    plain = town.get("/api/reports/categories.svg", post)
    whole = town.get("/api/reports/categories.svg?restreints=1", post)
    assert plain.status_code == whole.status_code == 200
    assert plain.text != whole.text
    assert [action for action, _ in town.audited()] == ["export.restricted.categories.svg", "export.categories.svg"]
    assert town.get("/api/reports/categories.svg?restreints=1", town.signed_in(Role.READER)).status_code == 403


@pytest.mark.parametrize("name", ["map", "categories", "axes"])
def test_a_drawing_is_whole_and_wears_the_colours_of_its_theme_alone(busy: Served, name: str) -> None:
    for theme, its, other in (("clair", "light", "dark"), ("sombre", "dark", "light")):
        answer = busy.get(f"/api/reports/{name}.svg?theme={theme}&lang=en", "partner")
        assert answer.headers["content-type"] == "image/svg+xml"
        root = etree.fromstring(answer.content)
        used = {value.upper() for one in root.iter() for value in one.attrib.values() if value.startswith("#")}
        assert used
        assert used <= {colour.upper() for colour in colours(its).values()}
        assert not used <= {colour.upper() for colour in colours(other).values()}
        assert root.findtext("{http://www.w3.org/2000/svg}title")
        names = {etree.QName(one).localname for one in root.iter() if isinstance(one.tag, str)}
        assert names <= {"svg", "title", "g", "path", "rect", "circle", "text", "defs", "clipPath"}


def test_the_map_as_a_picture_says_by_itself_what_it_is(busy: Served, files) -> None:
    town = Town(busy, files, visitor=VIEWERS["partner"])
    told = " ".join(town.get("/api/reports/map.svg?bbox=5.35,43.28,5.40,43.31&district=1,2&lang=en").text.split())
    for text in ("Marseille, situation at", "1st, 2nd", "frame of the map", "Free flow", "Critical", "of 1 sources", "IGN",
                 "Demonstration: made-up data", "DEMONSTRATION"):  # fmt: skip
        assert text in told, text


def test_a_restricted_point_is_drawn_as_a_zone_and_its_place_is_not_told(served: Served, files) -> None:
    served.admit(
        event("z1", category="objet_suspect", severity=Severity.CRITICAL, audience=listed(["prefecture"]),
              geometry={"type": "Point", "coordinates": [5.380449, 43.296449]})
    )  # fmt: skip
    town = Town(served, files)
    told = town.get(
        "/api/reports/map.svg?restreints=1&bbox=5.375,43.293,5.385,43.299", town.signed_in(Role.CONTRIBUTOR)
    ).text
    root = etree.fromstring(told.encode())
    dashed = [one for one in root.iter("{*}path") if one.get("stroke-dasharray") == "1.5 4"]
    assert len(dashed) == 1
    inside = [float(part) for part in dashed[0].get("d").replace("M", "").replace("Z", "").replace("L", " ").split()]
    assert len(inside) > 20
