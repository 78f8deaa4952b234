"""The register of cameras as its readers get it: staff every field, a visitor the public ones, never an address of an image."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

import pytest

from api.camera_register import PUBLIC, STAFF, CameraRegister, state_of
from components.texts import words
from datasources.contract import Reading
from events.audience import ANONYMOUS, PARTNERS
from events.audience import PUBLIC as TO_ALL
from events.records import Camera
from events.vocabulary import CameraKind
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
