"""The register of cameras as its readers get it: staff every field, a visitor the public ones, never an address of an image."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

import pytest

from api.camera_fields import PUBLIC, STAFF, state_of
from api.camera_register import CameraRegister
from api.transparency.pages import make_rubric
from components.texts import words
from datasources.contract import Reading
from events.audience import ANONYMOUS, PARTNERS
from events.audience import PUBLIC as TO_ALL
from events.records import Camera, Sector
from events.vocabulary import CameraKind, CameraService
from tests.api.served import Served
from tests.api.town import Town, displays, ids_in, marks_in, open_town, words_in


@pytest.fixture
def town(served, files) -> Town:
    return open_town(served, files)


def camera(external_id: str, **changes: object) -> Camera:
    values: dict[str, object] = {
        "source_id": "prefecture-manifestations", "external_id": external_id, "organisation": "prefecture", "audience": TO_ALL,
        "position": (5.382, 43.299), "kind": CameraKind.FIXED, "range_m": 80.0, "azimuth_deg": 90.0,
        "field_of_view_deg": 60.0, "label": f"Place {external_id}", "purpose": "Régulation du trafic",
        "legal_reference": "Arrêté de démonstration 12",
    }  # fmt: skip
    return Camera(**{**values, **changes})  # type: ignore[arg-type]


def told(served: Served, *cameras: Camera) -> CameraRegister:
    served.admit(reading=Reading(cameras=cameras))
    return CameraRegister(served.house)


def table_of(town: Town, who, path: str = "/cameras.csv") -> list[Mapping[str, str]]:
    answer = town.ask(who, path)
    assert (answer.status_code, answer.text[0]) == (200, "\ufeff")
    return list(csv.DictReader(io.StringIO(answer.text[1:]), delimiter=";"))


def test_an_authorisation_holds_until_the_end_of_its_last_day() -> None:
    today = date(2026, 11, 30)
    for until, state in ((today, "in_force"), (today - timedelta(days=1), "expired"), (None, "unknown")):
        assert state_of(camera("a", authorised_until=until), today) == state


def test_an_expired_authorisation_is_listed_apart(served: Served) -> None:
    today = served.house.clock().astimezone(served.house.zone).date()
    register = told(
        served, camera("finie", authorised_until=today - timedelta(days=1)), camera("valable", authorised_until=today)
    )
    page = register.drawn(ANONYMOUS, "fr", "").decode()
    apart = page.partition('aria-labelledby="card-expired"')[2].partition("</section>")[0]
    assert ("Place finie" in apart, "Place valable" in apart, "Expirée" in apart) == (True, False, True)
    assert "Place valable" in page


def test_a_visitor_reads_public_fields_of_public_cameras_only(served: Served) -> None:
    register = told(served, camera("ouverte"), camera("fermee", audience=PARTNERS))
    page = register.drawn(ANONYMOUS, "en", "").decode()
    assert ("Place ouverte" in page, "Place fermee" in page, "43.299" in page) == (True, False, False)
    assert words("en")("register.head.azimuth") not in page
    assert set(PUBLIC) < set(STAFF)


WHOLE: dict[str, object] = {
    "sectors": (Sector(azimuth_deg=210.0, field_of_view_deg=40.0, range_m=62.0),),
    "masks": (Sector(azimuth_deg=85.0, field_of_view_deg=10.0),),
    "masked_areas": ((((5.3821, 43.2991), (5.3823, 43.2991), (5.3823, 43.2993), (5.3821, 43.2991)),),),
    "detail_px_m": 125.0, "verified_on": date(2026, 3, 12), "is_coverage_verified": True, "is_occluded": True,
    "service": CameraService.IN_SERVICE, "assessment": "Analyse 2026-7", "authorised_until": date(2026, 1, 31),
    "district_codes": ("13201",),
}  # fmt: skip


def row_of(text: str, label: str) -> str:
    """Return the row of a table of a page that begins with a camera, its cells divided by bars."""
    row = text.rpartition(f'<th scope="row">{label}</th>')[2].partition("</tr>")[0]
    return re.sub(r"(?:<[^>]+>\s*)+", "|", row)


def test_the_register_of_a_member_tells_sectors_masks_detail_and_obstacles(served: Served) -> None:
    row = row_of(told(served, camera("toute", **WHOLE)).drawn(ANONYMOUS, "fr", "x").decode(), "Place toute")
    for part in ("90°, ouverture 60°", "210°, ouverture 40°, 62 m", "85°, ouverture 10°", "1 zone", "125 px/m (reconnaître)",
                 "Vue en partie cachée", "En service", "Analyse 2026-7", "2026-03-12", "Expirée"):  # fmt: skip
        assert part in row, part


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_public_page_tells_every_public_field_of_a_camera_and_no_other(served: Served, lang: str) -> None:
    told(served, camera("toute", **WHOLE), camera("fermee", audience=PARTNERS, **WHOLE))
    page, speak = make_rubric(served.house, "cameras", lang).body.decode(), words(lang)
    row = row_of(page, "Place toute")
    owner = next(one.name_in(lang) for one in served.house.said.organisation if one.id == "prefecture")
    district = next(one.name for one in served.house.city.districts if one.code == "13201")
    for part in (owner, speak("camera.kind.fixed"), "Régulation du trafic", "Arrêté de démonstration 12", "2026-01-31",
                 speak("register.state.expired"), "Analyse 2026-7", speak("register.service.in_service"),
                 speak("register.verified"), "2026-03-12", speak("camera.level.recognise"), district):  # fmt: skip
        assert part in row, part
    for name in PUBLIC:
        assert speak(f"register.head.{name}") in page, name
    for name in set(STAFF) - set(PUBLIC):
        assert f">{speak(f'register.head.{name}')}<" not in page, name
    assert ("Place fermee" in page, "43.299" in page, "43,299" in page, "210°" in page) == (False,) * 4


def test_coverage_tells_an_estimate_of_the_inhabitants_and_how_it_was_made(served: Served) -> None:
    register = told(served, camera("a", azimuth_deg=None, range_m=400.0, district_codes=("13201",)))
    page = register.drawn(ANONYMOUS, "en", "").decode()
    district = next(one for one in served.house.city.districts if one.code == "13201")
    part = register.coverage(register.kept(ANONYMOUS))["13201"].area
    assert district.population
    assert f"about {round(part * district.population, -1):,.0f}" in page
    assert words("en")("register.residents") in page


def test_the_addresses_give_what_is_drawn_and_what_is_masked(town: Town) -> None:
    town.served.admit(reading=Reading(cameras=(camera("toute", **WHOLE), camera("ronde", azimuth_deg=None))))
    answer = town.ask(next(one for one in town.people if one.name == "prefecture-supervisor-1"), "/api/cameras").json()
    known = {one["properties"]["label"]: one["properties"] for one in answer["features"]}
    whole, round_one = known["Place toute"], known["Place ronde"]
    assert (whole["sectors"], whole["masks"]) == ([[210.0, 40.0, 62.0]], [[85.0, 10.0]])
    assert (whole["coverage"]["type"], whole["masked"]["type"]) == ("MultiPolygon", "MultiPolygon")
    assert (whole["level"], whole["service"], whole["verified_on"]) == ("recognise", "in_service", "2026-03-12")
    assert (round_one["coverage"], round_one["masked"], round_one["range"]) == (None, None, 80.0)


def test_a_member_takes_every_field_and_the_audit_says_so(town: Town) -> None:
    supervisor = next(one for one in town.people if one.name == "prefecture-supervisor-1")
    rows = table_of(town, supervisor)
    assert list(rows[0]) == [words("fr")(f"register.head.{name}") for name in STAFF]
    assert {row["Portée (m)"] for row in rows} == {"80"}
    program = next(one for one in town.people if one.name == "key of prefecture, public")
    assert {row["Caméra"] for row in table_of(town, program)} == {"Place basalte"}
    assert len(table_of(town, supervisor, "/cameras.csv?restreints=1")) > len(rows)
    actions = [(row.who, row.action) for row in town.access.audit.rows()]
    assert (supervisor.name, "export.cameras.csv") in actions
    assert (supervisor.name, "export.restricted.cameras.csv") in actions


def test_a_page_with_restricted_cameras_is_in_the_audit(town: Town) -> None:
    reader, supervisor = (
        next(one for one in town.people if one.name == f"prefecture-{role}-1") for role in ("reader", "supervisor")
    )
    for who in (reader, supervisor):
        assert town.ask(who, "/cameras", headers={"Accept": "text/html"}).status_code == 200
    assert [row.who for row in town.access.audit.rows() if row.action == "cameras.read"] == [supervisor.name]


def test_coverage_is_computed_once_until_a_camera_changes(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    register, counted = told(served, camera("a")), []
    import api.camera_register as room

    real = room.covered
    monkeypatch.setattr(room, "covered", lambda *told: counted.append(1) or real(*told))
    kept = register.kept(ANONYMOUS)
    first = register.coverage(kept)
    assert register.coverage(kept) is first
    assert len(counted) == 1
    moved = tuple(replace(one, changed_at=one.changed_at + timedelta(seconds=1)) for one in kept)
    register.coverage(moved)
    assert len(counted) == 2


def test_the_register_of_cameras_shows_those_of_its_reader_and_no_event(town: Town) -> None:
    for who in town.people:
        answer = town.ask(who, "/cameras", headers={"Accept": "text/html"})
        assert (answer.status_code, marks_in(answer.text)) == (200, who.sees), who.name
        assert (ids_in(town, answer.text), words_in(answer.text)) == (frozenset(), frozenset()), who.name
    for who in displays(town.access):
        assert town.ask(who, "/cameras").status_code == 403, who.name
