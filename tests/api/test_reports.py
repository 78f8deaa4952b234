"""Reports: what is in them and for whom, that they agree with the screen, and that printing holds up nobody."""

from __future__ import annotations

import asyncio
import random
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from access.roles import Role
from api.exports.asked import view_address
from api.reports.press import Press
from api.reports.situation import situation
from datasources.contract import Reading
from events.audience import PARTNERS, AudienceLevel, listed
from events.records import Checkpoint, RoadState, Route
from events.taxonomy import categories
from events.validity import Period, Validity
from events.vocabulary import Severity, StoredStatus, TrafficState
from store.kept import EventQuery
from tests.api.pdf_read import is_accessible, is_tagged, pages_of
from tests.api.served import CITY, VIEWERS, Served, event
from tests.api.test_exports import Town
from tests.screens import seen_by_screen
from tests.tables import rows_of

SITUATION = "/api/reports/situation.pdf"


def printed(served: Served, path: str = SITUATION, viewer: str = "partner") -> bytes:
    answer = served.get(path, viewer)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/pdf"
    return answer.content


@pytest.fixture
def stubbed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Print nothing: keep the documents instead."""
    documents: list[str] = []

    async def keep(self: Press, html: str, sheets: object) -> bytes:
        documents.append(html)
        return b"%PDF-"

    monkeypatch.setattr(Press, "print", keep)
    return documents


def test_a_report_is_tagged_text_with_numbered_pages_time_audience_and_view(served: Served) -> None:
    served.admit(
        event("e1", category="accident", headline="Accident Aaa", severity=Severity.MAJOR, place="Rue de Rome")
    )
    content = printed(served, f"{SITUATION}?district=1,2&severity=2")
    pages = pages_of(content)
    assert is_tagged(content)
    assert is_accessible(content)
    first = pages[0]
    local = datetime.now(UTC).astimezone(served.house.zone)
    for told in (
        "Rapport de situation", f"{local:%Y}, {local:%H}:", "Destiné aux organisations partenaires", "1er, 2e", "Modéré et plus",
        "Accident Aaa", "Rue de Rome", f"page 1 sur {len(pages)}",
    ):  # fmt: skip
        assert told in first, told
    assert "/?arr=1,2&grav=2" in pages[-1]
    assert all("DÉMONSTRATION" not in page for page in pages)


def test_a_report_speaks_english_and_a_demonstration_says_so_on_every_page(served: Served, files) -> None:
    served.admit(*(event(f"e{n}", category="accident", headline=f"Accident {n}") for n in range(40)))
    town = Town(served, files, visitor=VIEWERS["partner"])
    pages = pages_of(town.get(f"{SITUATION}?lang=en").content)
    assert len(pages) > 1
    for number, page in enumerate(pages, start=1):
        assert "Demonstration: made-up data, do not use for decisions" in page
        assert f"page {number} of {len(pages)}" in page
    assert "Situation report" in pages[0]
    assert "For the city’s partner organisations" in pages[0]


def test_a_crowd_of_events_makes_two_pages_that_say_how_many_are_left_out(served: Served) -> None:
    start = datetime.now(UTC) - timedelta(hours=1)
    spread = random.Random(7)
    served.admit(
        *(
            event(
                f"e{n}", category="accident", headline=f"Accident {n}", severity=Severity(n % 5),
                validity=Validity(start=start + timedelta(minutes=n % 50), end=start + timedelta(hours=9)),
                geometry={"type": "Point", "coordinates": [spread.uniform(5.33, 5.47), spread.uniform(43.24, 43.34)]},
            )
            for n in range(300)
        )
    )  # fmt: skip
    pages = pages_of(printed(served))
    assert len(pages) == 2
    whole = " ".join(pages)
    assert "En cours : 302" in whole
    assert "Et 279 autres" in whole
    assert "pictogrammes proches sont groupés" in whole


def test_words_of_a_publisher_are_text_and_nothing_else(served: Served) -> None:
    hostile = "Aaa < b {{ 7*7 }} & 'é' > {% raw %}"
    served.admit(event("e1", headline=hostile, category="accident", severity=Severity.MAJOR))
    assert hostile in pages_of(printed(served))[0]


SCREEN = """
const view = require(process.argv[1] + "/assets/ob-30-view.js"), url = require(process.argv[1] + "/assets/ob-15-url.js");
const told = JSON.parse(require("fs").readFileSync(0, "utf8"));
const seen = told.searches.map(function (search) {
  const found = view(url.read(search), { rows: told.rows, roads: told.roads, sources: told.sources,
    familyOf: (category) => told.families[category], districtCode: (short) => told.districts[short] || short,
    toEpoch: (bound) => url.toEpoch(bound, told.at, "Europe/Paris") }, told.at);
  const ids = (rows) => rows.map((row) => row.id);
  return { counters: found.counters, lists: [ids(found.lists.ongoing), ids(found.lists.planned), ids(found.lists.ended)] };
});
process.stdout.write(JSON.stringify(seen));
"""
SEARCHES = (
    ("", {}),
    ("?arr=1,6", {"district": "1,6"}),
    ("?cat=rass,chantier", {"category": "rass,chantier"}),
    ("?grav=3", {"severity": "3"}),
    ("?statut=termine,a_confirmer", {"status": "ended,to_confirm"}),
    ("?org=prefecture&statut=en_cours", {"organisation": "prefecture", "status": "ongoing"}),
    ("?du=-2h&au=%2B1h", {"from": "-2h", "to": "+1h"}),
)


def many_events(now: datetime) -> list:
    """Return events of every kind, severity, status and moment, some with several periods, some marches."""
    chance = random.Random(4)
    kinds = [one for one in categories() if one != "inconnu"]
    made = []
    for n in range(160):
        begin = now + timedelta(minutes=chance.randint(-2000, 2000))
        periods = () if n % 5 else (
            Period(begin, begin + timedelta(minutes=90)), Period(begin + timedelta(hours=24), begin + timedelta(hours=26)),
        )  # fmt: skip
        validity = Validity(start=begin, end=begin + timedelta(minutes=chance.randint(1, 3000)))
        if periods:
            validity = Validity(start=begin, end=begin + timedelta(hours=26), periods=periods)
        line = {"type": "LineString", "coordinates": [[5.37, 43.29], [5.38, 43.30]]}
        is_march = n % 9 == 0
        route = Route(
            checkpoints=tuple(
                Checkpoint(label=f"p{i}", chainage_m=700.0 * i, planned_at=begin + timedelta(minutes=30 * i))
                for i in range(3)
            )
        )
        made.append(
            event(
                f"e{n}", headline=f"Événement {n}", category="manifestation" if is_march else chance.choice(kinds),
                severity=Severity(chance.randint(0, 4)), validity=validity, geometry=line if is_march else
                {"type": "Point", "coordinates": [chance.uniform(5.36, 5.42), chance.uniform(43.25, 43.32)]},
                route=route if is_march else None,
                status=chance.choice([None, None, None, StoredStatus.TO_CONFIRM, StoredStatus.CANCELLED]),
                audience=PARTNERS if n % 4 else listed(["prefecture"]),
            )
        )  # fmt: skip
    return made


def test_lists_and_counters_of_a_report_are_those_of_the_screen(served: Served) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    roads = [
        RoadState(
            source_id="prefecture-manifestations", organisation="prefecture", segment_id=f"s{n}", audience=PARTNERS,
            state=list(TrafficState)[n % 5], axis_id=CITY.axes[n % 20].id, observed_at=now - timedelta(minutes=n % 7),
        )
        for n in range(70)
    ]  # fmt: skip
    served.admit(reading=Reading(events=tuple(many_events(now)), road_states=tuple(roads)))
    house, viewer = served.house, VIEWERS["partner"]
    snapshot = served.get("/api/snapshot", "partner").json()
    at = snapshot["time"]
    asked = {
        "rows": rows_of(snapshot), "roads": snapshot["roads"], "sources": snapshot["sources"], "at": at,
        "families": {one.id: one.family for one in categories().values()},
        "districts": {one.short: one.code for one in CITY.districts}, "searches": [search for search, _ in SEARCHES],
    }  # fmt: skip
    from api.exports.asked import _moment
    from api.parameters import event_query

    moment = datetime.fromtimestamp(at, UTC)
    for (search, keys), seen in zip(SEARCHES, seen_by_screen(SCREEN, asked), strict=True):
        plain = {key: _moment(value, moment) if key in ("from", "to") else value for key, value in keys.items()}
        found = situation(house, viewer, event_query(plain, CITY, house.organisations, moment))
        lists = [[one.kept.id for one in kept] for kept in (found.ongoing, found.planned, found.ended)]
        assert lists == seen["lists"], search
        assert found.counters == seen["counters"], search
        assert sum(map(len, lists)) > 3, search
    assert set(found.counters) == {"critical", "major", "moderate", "closed", "jam", "march"}


def test_the_head_of_a_march_is_where_it_is_expected_with_its_delay(served: Served) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    points = tuple(
        Checkpoint(
            label=f"p{i}", chainage_m=1000.0 * i, planned_at=now + timedelta(minutes=30 * i - 45),
            observed_at=now - timedelta(minutes=30) if i == 0 else None,
        )
        for i in range(3)
    )  # fmt: skip
    served.admit(
        event("m1", category="manifestation", route=Route(checkpoints=points), headline="Marche Mmm",
              geometry={"type": "LineString", "coordinates": [[5.36, 43.29], [5.40, 43.29]]})
    )  # fmt: skip
    found = situation(served.house, VIEWERS["partner"], EventQuery(now=now, start=now, end=now + timedelta(hours=1)))
    (march,) = (one for one in found.ongoing if one.event.headline == "Marche Mmm")
    # It left 15 minutes late: after 30 minutes it is at the second of three points, half of the way.
    assert march.position == pytest.approx((5.38, 43.29), abs=1e-4)


def test_members_take_reports_under_audit_restricted_ones_only_when_asked_for_and_walls_none(
    served, files, stubbed
) -> None:
    served.admit(event("r1", category="accident", headline="Ccc restreint", audience=listed(["prefecture"])))
    town = Town(served, files)
    post = town.signed_in(Role.CONTRIBUTOR)
    assert town.get(SITUATION, post).status_code == 200
    assert "Ccc" not in stubbed[-1]
    assert town.get(f"{SITUATION}?restreints=1", post).status_code == 200
    assert "Ccc" in stubbed[-1]
    assert "Contient des événements restreints" in stubbed[-1]
    assert town.get(f"{SITUATION}?restreints=1", town.signed_in(Role.READER)).status_code == 403
    token = town.access.devices.new_kiosk("prefecture", "Mur", "situation", by=None, audience=AudienceLevel.PARTNERS)
    assert town.get(SITUATION, {"Cookie": f"ob-kiosk={token}"}).status_code == 403
    assert town.get(SITUATION).status_code == 401
    assert [action for action, _ in town.audited()] == ["export.restricted.situation.pdf", "export.situation.pdf"]
    assert len(stubbed) == 2


def test_a_report_is_printed_once_for_the_same_data_and_again_when_they_change(served: Served, stubbed) -> None:
    first = served.get(SITUATION, "partner")
    again = served.get(SITUATION, "partner")
    assert (len(stubbed), again.headers["etag"]) == (1, first.headers["etag"])
    held = served.get(SITUATION, "partner", headers={"If-None-Match": first.headers["etag"]})
    assert (held.status_code, held.content) == (304, b"")
    assert served.get(SITUATION, "public").headers["etag"] != first.headers["etag"]
    served.admit(event("new", category="accident", headline="Nouveau Nnn"))
    assert "Nouveau Nnn" not in stubbed[-1]
    assert served.get(SITUATION, "partner").headers["etag"] != first.headers["etag"]
    assert "Nouveau Nnn" in stubbed[-1]


def test_the_same_report_asked_for_at_once_is_printed_once(served: Served, monkeypatch) -> None:
    import httpx

    calls = []

    async def slowly(self: Press, html: str, sheets: object) -> bytes:
        calls.append(html)
        await asyncio.sleep(0.3)
        return b"%PDF-"

    monkeypatch.setattr(Press, "print", slowly)

    async def ask() -> list[int]:
        transport = httpx.ASGITransport(served.app, raise_app_exceptions=False)
        headers = {"Authorization": "Bearer obs_partner"}
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", headers=headers) as client:
            return [one.status_code for one in await asyncio.gather(*(client.get(SITUATION) for _ in range(5)))]

    assert asyncio.run(ask()) == [200] * 5
    assert len(calls) == 1


def test_an_account_that_asks_for_too_many_reports_is_told_when_to_come_back(served: Served, stubbed) -> None:
    answers = [served.get(f"{SITUATION}?q=mot{n}", "partner") for n in range(21)]
    assert [one.status_code for one in answers] == [200] * 20 + [429]
    assert int(answers[-1].headers["retry-after"]) > 0
    assert "other exports still work" in answers[-1].json()["error"]["message"]
    assert served.get(f"{SITUATION}?q=mot3", "partner").status_code == 200  # it is kept: nothing has to be printed


def test_a_report_that_does_not_exist_or_a_key_that_is_wrong_is_named(served: Served) -> None:
    assert "situation.pdf" in served.get("/api/reports/other.pdf", "partner").json()["error"]["message"]
    assert served.get(f"{SITUATION}?at=2026-01-01", "partner").json()["error"]["parameter"] == "at"


def test_the_address_in_a_report_is_that_of_the_screen() -> None:
    assert (
        view_address("https://o.example", {"district": "1", "severity": "3"}, ZoneInfo("Europe/Paris"))
        == "https://o.example/?arr=1&grav=3"
    )
