"""Exports: who gets what, what is written in the audit, tags, compression, and files that no program mistakes."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from lxml import etree

from access.house import open_access
from access.organisations import Organisation
from access.roles import Role
from api.application import Parts, application
from api.exports import spool
from api.exports.answers import FORMATS
from api.snapshots import Snapshots
from components import texts
from events.audience import CITY_READER, PARTNERS, AudienceLevel, Viewer, listed
from events.validity import Validity
from events.vocabulary import Severity
from store.admitted import Cleared
from tests.api.served import Served, Still, event, screen
from tests.api.test_exports_read_back import sample

HERE = Path(__file__).parent
PASSWORD = "quatre mots sans lien : tuile, banc, orgue"


def body_of(served: Served, name: str, viewer: str | None = "partner", **more: object) -> bytes:
    answer = served.get(f"/api/exports/{name}", viewer, **more)
    assert answer.status_code == 200, answer.text
    return answer.content


@pytest.fixture
def titled(served: Served) -> Served:
    """One event for each audience, in a category that every format has a word for."""
    where = {"category": "accident", "severity": Severity.MAJOR, "road_name": "Rue de Rome"}
    served.admit(
        event("t-pub", headline="Aaa public", **where),
        event("t-par", headline="Bbb partenaires", audience=PARTNERS, **where),
        event("t-res", headline="Ccc restreint", audience=listed(["prefecture"]), **where),
    )
    return served


READS = [name for name in FORMATS if name != "warnings.atom"]


@pytest.mark.parametrize("name", READS)
@pytest.mark.parametrize(
    ("viewer", "shown"),
    [
        ("public", {"Aaa public"}),
        ("partner", {"Aaa public", "Bbb partenaires"}),
        ("listed", {"Aaa public", "Bbb partenaires"}),
        ("all", {"Aaa public", "Bbb partenaires"}),
    ],
)
def test_a_file_holds_what_its_reader_may_see_and_nothing_restricted(titled, name, viewer, shown) -> None:
    body = body_of(titled, name, viewer).decode()
    assert {title for title in ("Aaa public", "Bbb partenaires", "Ccc restreint") if title in body} == shown


@pytest.mark.parametrize("viewer", ["public", "partner", "listed", "all"])
def test_restricted_events_are_refused_to_whoever_did_not_sign_in(titled, viewer) -> None:
    answer = titled.get("/api/exports/events.csv?restreints=1", viewer)
    assert answer.status_code == 401
    assert "Ccc" not in answer.text


class Town:
    """A city with accounts; asks as one of them."""

    def __init__(self, served: Served, files, visitor: Viewer | None = None, *, open_data: bool = False) -> None:
        self.access = open_access(served.house.database, b"0" * 32, lambda: datetime.now(UTC), Cleared, visitor)
        self.access.organisations.put(Organisation(id="prefecture", title=Cleared("Préfecture")), None)
        said = served.house.said.model_copy(update={"open_data": open_data})
        house = replace(served.house, access=self.access, viewer_rule=self.access.viewer, said=said)
        parts = Parts(
            house=house, files=files, hub=served.hub, snapshots=Snapshots(house), rhythm=Still(), screen=screen(),
            script_hashes=("'sha256-abc='",),
        )  # fmt: skip
        self._served = replace(served, app=application(parts), house=house)

    def key(self, audience: AudienceLevel) -> dict[str, str]:
        return {
            "Authorization": f"Bearer {self.access.devices.new_key('prefecture', ('read',), by=None, audience=audience)}"
        }

    def signed_in(self, role: Role) -> dict[str, str]:
        self.access.accounts.create(f"post-{role.value}", "prefecture", role, PASSWORD, None)
        return {
            "Cookie": f"ob-session={self.access.sign_ins.open(self.access.accounts.check(f'post-{role.value}', PASSWORD))}"
        }

    def get(self, path: str, headers: dict[str, str] | None = None):
        return self._served.get(path, None, headers=headers or {})

    def audited(self) -> list[tuple[str, str | None]]:
        return [(row.action, row.object_id) for row in self.access.audit.rows() if row.action.startswith("export")]


def test_a_member_who_may_and_asks_gets_restricted_events_and_the_audit_says_so(titled, files) -> None:
    town = Town(titled, files)
    post = town.signed_in(Role.CONTRIBUTOR)
    assert "Ccc restreint" not in town.get("/api/exports/events.csv", post).text
    assert "Ccc restreint" in town.get("/api/exports/events.csv?restreints=1", post).text
    key = town.key(AudienceLevel.LISTED)
    assert "Ccc restreint" in town.get("/api/exports/datex2.xml?restreints=1", key).text
    assert "Ccc" in town.get("/ogc/collections/events/items?restreints=1", key).text
    assert "Ccc" not in town.get("/ogc/collections/events/items", key).text
    assert [action for action, _ in town.audited()] == [
        "export.restricted.ogc.events", "export.restricted.datex2.xml", "export.restricted.events.csv", "export.events.csv",
    ]  # fmt: skip
    assert town.access.audit.verify().broken_at is None


def test_the_audit_of_an_export_holds_no_text(titled, files) -> None:
    town = Town(titled, files)
    town.get("/api/exports/events.csv?q=Ccc%20restreint", town.signed_in(Role.READER))
    (row, *_) = town.access.audit.rows()
    assert (row.action, row.object_id, row.outcome) == ("export.events.csv", None, "done")


def test_roles_that_see_no_restricted_event_cannot_ask_for_them(titled, files) -> None:
    town = Town(titled, files)
    for told in (town.signed_in(Role.READER), town.key(AudienceLevel.PARTNERS)):
        answer = town.get("/api/exports/events.csv?restreints=1", told)
        assert (answer.status_code, answer.json()["error"]["parameter"]) == (403, "restreints")
        assert "Ccc" not in answer.text


def test_a_wall_exports_nothing(titled, files) -> None:
    town = Town(titled, files)
    token = town.access.devices.new_kiosk("prefecture", "Mur", "situation", by=None, audience=AudienceLevel.PARTNERS)
    answer = town.get("/api/exports/events.csv", {"Cookie": f"ob-kiosk={token}"})
    assert answer.status_code == 403
    assert "Aaa" not in answer.text
    assert town.get("/ogc/collections/events/items", {"Cookie": f"ob-kiosk={token}"}).status_code == 403


def test_a_file_that_was_not_sent_again_is_no_export(titled, files) -> None:
    town = Town(titled, files)
    key = town.key(AudienceLevel.PARTNERS)
    tag = town.get("/api/exports/events.ics?from=2026-01-01&to=2027-12-01", key).headers["etag"]
    assert (
        town.get("/api/exports/events.ics?from=2026-01-01&to=2027-12-01", key | {"If-None-Match": tag}).status_code
        == 304
    )
    assert len(town.audited()) == 1


def test_planted_formulas_are_texts(served) -> None:
    served.admit(event("bad", headline='=HYPERLINK("https://evil.example";"x")'))
    text = body_of(served, "events.csv").decode("utf-8-sig")
    row = next(
        line for line in csv.reader(io.StringIO(text), delimiter=";") if any("HYPERLINK" in cell for cell in line)
    )
    assert not any(cell.startswith(("=", "+", "@", "\t")) for cell in row)
    assert not any(cell.startswith("-") and not re.fullmatch(r"-\d+(\.\d+)?", cell) for cell in row)


def test_a_table_begins_with_its_mark_a_remark_and_french_heads(served) -> None:
    body = body_of(served, "events.csv?district=1,6&severity=2&from=-24h&to=%2B7j&status=ongoing,planned")
    assert body.startswith("\ufeff# ".encode())
    first, head, *rows = body.decode("utf-8-sig").split("\r\n")
    assert "http://127.0.0.1/?arr=1,6&grav=2&du=-24h&au=%2B7j&statut=en_cours,prevu" in first
    assert re.search(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+]0[12]:00", first)
    assert head.split(";")[:3] == ["identifiant", "numéro", "catégorie"]
    assert "identifier" in body_of(served, "events.csv?lang=en").decode().split("\r\n")[1]
    assert rows


def test_a_demonstration_is_marked_in_every_file(served, files) -> None:
    served.admit(*sample().values())
    town = Town(served, files, CITY_READER)
    for name in FORMATS:
        told = town.get(f"/api/exports/{name}").text
        assert "technicalExercise" in told if name == "datex2.xml" else "DÉMONSTRATION" in told, name
    geojson = town.get("/api/exports/events.geojson").json()
    assert geojson["demonstration"] is True
    assert all(one["properties"]["demonstration"] for one in geojson["features"])
    index = town.get("/api/exports/warnings.atom").text
    (path, *_) = re.findall(r"http://127.0.0.1(/api/exports/warnings/[^\"]+)", index)
    assert "<status>Exercise</status>" in town.get(path).text


@pytest.mark.parametrize("name", list(FORMATS))
def test_the_same_events_are_not_sent_twice(served, name) -> None:
    address = f"/api/exports/{name}?from=2026-01-01&to=2027-06-01"
    first = served.get(address, "partner")
    again = served.get(address, "partner", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    served.admit(event("fresh", category="incendie", severity=Severity.CRITICAL, headline="Nouveau"))
    changed = served.get(address, "partner", headers={"If-None-Match": first.headers["etag"]})
    assert changed.status_code == 200
    other = served.get(address, "public", headers={"If-None-Match": changed.headers["etag"]})
    assert other.status_code == 200, "the tag of one viewer says nothing to another"


@pytest.mark.parametrize("coding", ["br", "gzip"])
def test_a_file_is_compressed_on_the_way(served, coding) -> None:
    served.admit(*(event(f"many-{n}", headline=f"Rassemblement {n}") for n in range(60)))
    plain = served.get("/api/exports/events.csv", "partner", headers={"Accept-Encoding": "identity"})
    small = served.get("/api/exports/events.csv", "partner", headers={"Accept-Encoding": coding})
    assert small.headers["content-encoding"] == coding
    assert small.text.split("\r\n")[1:] == plain.text.split("\r\n")[1:]
    assert int(small.headers["content-length"]) < int(plain.headers["content-length"]) / 3


def test_a_file_longer_than_a_page_is_whole(served, monkeypatch) -> None:
    monkeypatch.setattr(spool, "PAGE", 7)
    served.admit(*(event(f"many-{n}", headline=f"Rassemblement {n}") for n in range(40)))
    told = served.get("/api/exports/events.geojson", "partner").json()["features"]
    assert {one["properties"]["external_id"] for one in told} == {f"many-{n}" for n in range(40)} | {"pub", "par"}
    assert len(told) == 42


@pytest.mark.parametrize(
    ("path", "status", "parameter"),
    [
        ("events.xlsx", 404, "name"),
        ("events.csv?limit=3", 400, "limit"),
        ("events.csv?from=-24x", 400, "from"),
        ("events.csv?lang=de", 400, "lang"),
        ("events.csv?restreints=oui", 400, "restreints"),
        ("events.csv?from=2020-01-01&to=2026-01-01", 400, "to"),
        ("warnings/nothing.xml", 404, "id"),
    ],
)
def test_a_wrong_question_is_told_what_is_wrong(served, path, status, parameter) -> None:
    answer = served.get(f"/api/exports/{path}")
    assert (answer.status_code, answer.json()["error"]["parameter"]) == (status, parameter)


@pytest.mark.parametrize("path", ["/api/exports/events.ics", "/ogc", "/ogc/collections/events/items", "/api/events"])
def test_without_a_key_only_a_city_that_opened_its_data_answers(served, files, path) -> None:
    assert Town(served, files).get(path).status_code == 401
    answer = Town(served, files, open_data=True).get(path)
    assert answer.status_code == (401 if path == "/api/events" else 200)
    wrong = Town(served, files, open_data=True).get(path, {"Authorization": "Bearer obs_wrong"})
    assert wrong.status_code == 401


def test_open_data_hold_public_events_only(titled, files) -> None:
    told = Town(titled, files, open_data=True).get("/api/exports/events.csv").text
    assert "Aaa public" in told
    assert "Bbb" not in told


def test_a_calendar_holds_what_is_in_force_or_to_come(served) -> None:
    past = Validity(start=datetime.now(UTC) - timedelta(hours=9), end=datetime.now(UTC) - timedelta(hours=5))
    served.admit(event("over", headline="Terminé", validity=past))
    assert "Terminé" not in body_of(served, "events.ics").decode()
    assert "Terminé" in body_of(served, "events.ics?status=ended").decode()
    assert "Terminé" in body_of(served, "events.csv").decode()


def test_a_text_that_no_xml_can_hold_does_not_break_the_file() -> None:
    from api.exports.xml import maker

    assert etree.tostring(maker().a("one\x0btwo\x00")) == b"<a>onetwo</a>"


def test_an_answer_is_described(served) -> None:
    told = json.loads(served.get("/openapi.json").content)["paths"]["/api/exports/{name}"]["get"]
    assert {one["name"] for one in told["parameters"]} >= {"name", "from", "restreints", "lang"}
    assert texts.load().entries["export.note"]["en"]
