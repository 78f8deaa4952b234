"""Documents that partners push: who may, what the answer says, what is refused; nothing of a refused one is kept."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import httpx
import pytest

from access.audit import REFUSED
from access.house import Access, open_access
from access.organisations import Organisation
from api.application import Parts, application
from api.elected import closing_of
from api.limits import Limits, Rate
from api.push import Brought
from api.snapshots import Snapshots
from datasources.client import GuardedClient
from datasources.contract import Source
from datasources.pushing import Pushing
from events.audience import Viewer
from events.errors import StoreUnavailable
from privacy.gate import Gate
from privacy.gazetteer import city_gazetteer
from privacy.screen import clearer
from store import readers
from store.kept import EventQuery
from store.orders import Order, What, order
from store.writer import Writer
from tests.api.served import CITY, Still, screen, source

OURS = "prefecture-chantiers"
FIELDS = {"external_id": "id", "category": "cat", "headline": "titre", "start": "debut"}


def pushed_source(source_id: str, organisation: str) -> Source:
    options = {"record": "event", "fields": FIELDS, "codes": {"category": {"travaux": "chantier"}}}
    return replace(source(), id=source_id, organisation=organisation, options=options)


def document(*ids: str, title: str = "Travaux sur la chaussée") -> bytes:
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [5.37, 43.296]},
            "properties": {"id": one, "cat": "travaux", "titre": title, "debut": "2026-11-20T08:00:00+01:00"},
        }
        for one in ids
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


class Clock:
    """The present, or a moment beside it."""

    ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@dataclass
class City:
    app: Any
    access: Access
    database: Any
    agreed: set[str]
    limits: Limits

    def key(self, *, scope: str = "push", home: str = "prefecture", source_id: str | None = None) -> str:
        return self.access.devices.new_key(home, [scope], by=None, source_id=source_id)

    def post(self, body: bytes, source_id: str = OURS, **headers: str) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
                named = {name.replace("_", "-"): value for name, value in headers.items()}
                return await client.post(f"/api/push/{source_id}", content=body, headers=named)

        return asyncio.run(ask())

    def push(self, body: bytes, source_id: str = OURS, key: str | None = None) -> httpx.Response:
        return self.post(body, source_id, authorization=f"Bearer {key or self.key()}")

    def kept(self) -> int:
        everything = Viewer(sees_restricted=True)
        found = readers.events(self.database, viewer=everything, query=EventQuery(sources=(OURS, "voirie-travaux")))
        return len(found.events)

    def refused(self) -> list[tuple[str, str | None]]:
        rows = [row for row in self.access.audit.rows() if row.outcome == REFUSED and row.action == "push"]
        return [(row.who, row.object_id) for row in rows]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def city(served, files, clock) -> City:
    database, gazetteer = served.house.database, city_gazetteer(CITY)
    access = open_access(database, b"0" * 32, clock, clearer(gazetteer))
    for one in ("prefecture", "voirie"):
        access.organisations.put(Organisation(id=one, title=f"Service {one}"), None)
    sources = (pushed_source(OURS, "prefecture"), pushed_source("voirie-travaux", "voirie"))
    agreed = {one.id for one in sources}
    history = partial(readers.run_history, database)
    pushing = Pushing(sources, GuardedClient(secrets={}), history, partial(closing_of, database), clock)
    gate = Gate(Writer(database, CITY, clock), gazetteer, clock, key=b"0" * 32)
    brought = Brought(database, pushing, gate, lambda one: one in agreed, served.hub.wake)
    house = replace(served.house, access=access, viewer_rule=access.viewer, brought=brought)
    limits = Limits({"pushes": Rate(30, 60)})
    parts = Parts(
        house=house, files=files, hub=served.hub, snapshots=Snapshots(house), rhythm=Still(), screen=screen(),
        script_hashes=("'sha256-abc='",), limits=limits,
    )  # fmt: skip
    return City(application(parts), access, database, agreed, limits)


def test_a_pushed_document_is_kept_and_the_answer_counts_it(city: City) -> None:
    answer = city.push(document("1", "2", "")).json()
    assert (answer["verdict"], answer["records_seen"], answer["counts"]["new"], answer["rejected"]) == (
        "degraded",
        3,
        2,
        1,
    )
    assert answer["rejects"][0]["where"]
    assert city.kept() == 2
    assert city.access.audit.rows()[0].action == "push"


def test_ten_pushes_of_the_same_document_are_one_and_nine_unchanged(city: City) -> None:
    key = city.key()
    answers = [city.push(document("1"), key=key) for _ in range(10)]
    assert [one.json()["verdict"] for one in answers] == ["ok"] + ["unchanged"] * 9
    assert [one.json()["counts"]["new"] for one in answers] == [1] + [0] * 9
    assert len([row for row in city.access.audit.rows() if row.action == "push"]) == 1


def test_withheld_words_are_told_by_place_and_never_quoted(city: City) -> None:
    answer = city.push(document("1", title="Appeler Jeanne Martin au 06 12 34 56 78"))
    assert answer.status_code == 202
    assert {one["field"] for one in answer.json()["text_withheld"]} == {"headline"}
    assert "Jeanne" not in answer.text
    assert city.kept() == 1


def test_what_cannot_be_read_says_so_and_leaves_what_is_shown(city: City) -> None:
    assert city.push(document("1")).status_code == 200
    answer = city.push(b"<html>")
    assert (answer.status_code, answer.json()["verdict"]) == (422, "failed")
    assert answer.json()["reason"]
    assert city.kept() == 1


def test_a_key_pushes_the_sources_of_its_organisation_only(city: City) -> None:
    foreign, reader = city.key(home="voirie"), city.key(scope="read")
    bound = city.key(source_id=OURS)
    cases = [(OURS, foreign), (OURS, reader), ("voirie-travaux", bound), ("nulle-part", bound)]
    said = {(answer.status_code, answer.text) for one, key in cases for answer in [city.push(document("1"), one, key)]}
    assert len(said) == 1
    assert said.pop()[0] == 403
    assert [one[1] for one in city.refused()] == [None, "voirie-travaux", OURS, OURS]
    assert city.kept() == 0
    assert city.push(document("1"), OURS, bound).status_code == 200


@pytest.mark.parametrize("sent", ["", "Bearer ", "Bearer obs_1_2", "Bearer obk_1_2", "Basic YTpi"])
def test_without_a_key_nothing_is_read_and_the_audit_has_it(city: City, sent: str) -> None:
    answer = city.post(b"x" * 100, authorization=sent)
    assert answer.status_code == 401
    assert city.refused() == [("nobody", OURS)]


def test_a_sign_in_pushes_nothing(city: City) -> None:
    answer = city.post(document("1"), cookie="ob-session=forged; ob-kiosk=forged")
    assert answer.status_code == 401
    assert city.kept() == 0


def test_a_revoked_key_and_an_ended_agreement_stop_at_once(city: City) -> None:
    key = city.key()
    city.agreed.remove(OURS)
    answer = city.push(document("1"), key=key)
    assert (answer.status_code, "agreement" in answer.text) == (403, True)
    city.agreed.add(OURS)
    city.access.devices.revoke(key.split("_")[1], None)
    assert city.push(document("1"), key=key).status_code == 401
    assert city.kept() == 0


def test_a_paused_source_takes_nothing(city: City, clock: Clock) -> None:
    order(city.database, Order(source_id=OURS, what=What.PAUSE, ordered_at=clock(), authority="city"))
    assert city.push(document("1")).status_code == 409
    assert city.kept() == 0


def test_other_codings_and_bodies_above_the_limit_are_refused(city: City) -> None:
    bearer = f"Bearer {city.key()}"
    assert city.post(b"x", authorization=bearer, content_encoding="gzip").status_code == 415
    assert city.post(b"", authorization=bearer, content_length=str(2**31)).status_code == 413


def test_pushes_are_limited_by_address(city: City) -> None:
    key = city.key()
    codes = [city.push(document("1"), key=key).status_code for _ in range(35)]
    assert codes[:30] == [200] * 30
    assert set(codes[30:]) == {429}


def test_a_store_that_is_away_says_so_and_the_same_document_is_read_again(city: City, monkeypatch) -> None:
    key = city.key()

    def away(*_: object, **__: object) -> None:
        raise StoreUnavailable("the database is away; nothing was kept")

    with monkeypatch.context() as broken:
        broken.setattr(Writer, "apply", away)
        assert city.push(document("1"), key=key).status_code == 503
    assert city.push(document("1"), key=key).json()["verdict"] == "ok"


# signed pushes


def signed(key: str, body: bytes, at: datetime, nonce: str = "n" * 16, **other: str) -> dict[str, str]:
    _, key_id, secret = key.split("_", 2)
    timestamp = str(int(at.timestamp()))
    message = f"{timestamp}.{nonce}.".encode() + body
    made = {
        "observatory_key": key_id,
        "observatory_timestamp": timestamp,
        "observatory_nonce": nonce,
        "observatory_signature": hmac.new(secret.encode(), message, hashlib.sha256).hexdigest(),
    }
    return {**made, **other}


def test_a_signed_push_is_taken_once_and_a_replayed_nonce_refused(city: City, clock: Clock) -> None:
    key, body = city.key(), document("1")
    headers = signed(key, body, clock())
    assert city.post(body, **headers).json()["verdict"] == "ok"
    again = city.post(body, **headers)
    assert (again.status_code, "nonce" in again.text) == (401, True)
    assert city.post(body, **signed(key, body, clock(), "m" * 16)).json()["verdict"] == "unchanged"
    assert city.refused() == [("nobody", OURS)]


@pytest.mark.parametrize("minutes", [-5.2, 5.2, -600, 600])
def test_a_timestamp_beyond_five_minutes_is_refused(city: City, clock: Clock, minutes: float) -> None:
    body = document("1")
    answer = city.post(body, **signed(city.key(), body, clock() + timedelta(minutes=minutes)))
    assert (answer.status_code, "clock" in answer.text) == (401, True)
    assert city.kept() == 0


def test_a_timestamp_within_five_minutes_is_taken(city: City, clock: Clock) -> None:
    key, body = city.key(), document("1")
    for number, minutes in enumerate((-4.8, 4.8)):
        answer = city.post(body, **signed(key, body, clock() + timedelta(minutes=minutes), f"{number}" * 20))
        assert answer.status_code == 200


@pytest.mark.parametrize(
    "changed",
    [
        {"observatory_signature": "0" * 64}, {"observatory_signature": ""}, {"observatory_signature": "é"},
        {"observatory_nonce": "x" * 16}, {"observatory_nonce": "short"}, {"observatory_nonce": "a b" * 8},
        {"observatory_key": "bcdfghjkmnpq"}, {"observatory_key": ""}, {"observatory_timestamp": "now"},
        {"observatory_timestamp": "-1"}, {"observatory_timestamp": "9" * 400},
    ],
)  # fmt: skip
def test_a_forged_signature_is_refused_and_in_the_audit(city: City, clock: Clock, changed: dict[str, str]) -> None:
    body = document("1")
    headers = {**signed(city.key(), body, clock()), **changed}
    answer = city.post(body, **{name: value.encode() for name, value in headers.items()})
    assert answer.status_code == 401
    assert city.kept() == 0
    assert city.refused() == [("nobody", OURS)]


def test_a_body_changed_on_its_way_is_refused(city: City, clock: Clock) -> None:
    headers = signed(city.key(), document("1"), clock())
    assert city.post(document("2"), **headers).status_code == 401
    assert city.kept() == 0


def test_a_nonce_is_remembered_as_long_as_its_timestamp_could_serve(city: City, clock: Clock) -> None:
    key, body = city.key(), document("1")
    headers = signed(key, body, clock() + timedelta(minutes=4.9))
    assert city.post(body, **headers).status_code == 200
    clock.ahead = timedelta(minutes=9.5)
    assert city.post(body, **signed(key, body, clock(), "o" * 16)).status_code == 200  # forgets what is too old
    assert "nonce" in city.post(body, **headers).text
