"""The past over HTTP: states roads took, events withdrawn since, what was known; and who may ask the last."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pyotp
import pytest

from access.roles import Right, Role
from api.exports.answers import FORMATS
from events.records import Effect
from events.vocabulary import TrafficState
from tests.api.served import event, records
from tests.api.test_sign_in import PASSWORD, Browser, opened, sign_in
from tests.tables import written_out

STATES = ["free", "slow", "congested", "closed", "unknown"]


def roads_of(past: dict) -> dict[str, list[str]]:
    return {
        name.partition(":")[2]: [past["states"][index] for index in indexes]
        for name, indexes in zip(past["roads"]["id"], past["roads"]["st"], strict=True)
    }


def later(served, state: TrafficState) -> None:
    told, moment = records(), datetime.now(UTC)
    road = replace(told.road_states[0], state=state, observed_at=moment)
    served.admit(reading=replace(told, road_states=(road, told.road_states[1])))


def test_the_past_of_roads_is_told_by_their_changes_to_those_who_see_them(served) -> None:
    later(served, TrafficState.CLOSED)
    past = served.get("/api/past").json()
    assert past["states"] == STATES
    assert roads_of(past) == {"1": ["slow", "closed"], "2": ["closed"]}
    assert roads_of(served.get("/api/past", "public").json()) == {"1": ["slow", "closed"]}
    first, step = past["roads"]["at"][0]
    assert step >= 0
    assert past["from"] <= first <= past["to"] + 2
    (span,) = past["heard"]["prefecture-manifestations"]
    assert span[0] <= past["to"] < span[1]


def test_what_was_told_before_the_span_still_holds_in_it(served) -> None:
    now = served.house.clock()
    found = served.get(f"/api/past?from={int(now.timestamp())}").json()
    assert set(roads_of(found)) == {"1", "2"}


def test_an_event_withdrawn_since_is_in_the_past_until_then(served) -> None:
    assert served.get("/api/past").json()["events"]["id"] == []
    told = records()
    served.admit(reading=replace(told, events=told.events[1:], withdrawn=("pub",)))
    past = served.get("/api/past?from=" + str(int(datetime.now(UTC).timestamp()) - 7200)).json()
    (periods,) = past["events"]["pe"]
    assert past["events"]["ti"] == ["Rassemblement déclaré"]
    assert periods[0][1] is not None
    assert periods[0][1] <= past["to"] + 1


@pytest.mark.parametrize("start", ["2020-01-01", "2099-01-01", "hier"])
def test_a_span_that_cannot_be_told_is_refused_by_name(served, start) -> None:
    answer = served.get(f"/api/past?from={start}")
    assert (answer.status_code, answer.json()["error"]["parameter"]) == (400, "from")


def test_what_was_known_is_the_snapshot_of_then(served) -> None:
    now = datetime.now(UTC)
    before, then = int(now.timestamp()) - 60, f"{now:%Y-%m-%dT%H:%M:%S.%fZ}"
    assert served.get(f"/api/snapshot?known_at={before}").json()["events"]["id"] == []
    after = served.get(f"/api/snapshot?known_at={then}").json()
    live = served.get("/api/snapshot").json()
    assert sorted(after["events"]) == sorted(live["events"])
    assert after["known_at"] in (before + 60, before + 61)
    assert (after["roads"], roads_of(after["past"])) == ([], {"1": ["slow"], "2": ["closed"]})
    assert after["past"]["roads"]["g"][1] is not None  # no other answer gives its place
    hidden = served.get(f"/api/snapshot?known_at={then}", "public").json()
    assert len(hidden["events"]["id"]) < len(after["events"]["id"])


def test_the_future_is_not_known(served) -> None:
    answer = served.get("/api/snapshot?known_at=2099-01-01")
    assert (answer.status_code, answer.json()["error"]["parameter"]) == (400, "known_at")


@pytest.mark.parametrize(
    "path",
    [
        "/api/snapshot?known_at={at}",
        "/api/events?known_at={at}",
        "/api/events/x?known_at={at}",
        *(f"/api/exports/{name}?known_at={{at}}" for name in FORMATS),
        "/api/reports/map.svg?known_at={at}",
    ],
)
@pytest.mark.parametrize("role", [None, *Role])
def test_only_a_role_with_the_right_learns_what_was_known(served, files, path, role) -> None:
    app, access = opened(served, files)
    browser = Browser(app)
    if role is not None and role not in (Role.WALL, Role.PROGRAM):
        access.accounts.create("watch-1", "prefecture", role, PASSWORD, None)
        secret = access.accounts.new_second_factor("watch-1")
        access.accounts.confirm_second_factor("watch-1", secret, pyotp.TOTP(secret).now(), None)
        sign_in(browser, account="watch-1", code=pyotp.TOTP(secret).now())
    answer = browser.ask("GET", path.format(at=int(datetime.now(UTC).timestamp()) - 60))
    if role is Role.SUPERVISOR:
        assert answer.status_code in (200, 404)  # 404: there is no such event
        return
    assert answer.status_code in (401, 403)
    assert "known" in answer.text or "sign-in" in answer.text
    assert Right.KNOWN_AT.value in answer.text or role in (None, Role.WALL, Role.PROGRAM)


def test_effects_on_axes_are_in_the_snapshot(served) -> None:
    shut = Effect(text="Rue fermée", axis_id="canebiere", state=TrafficState.CLOSED)
    served.admit(event("shut", effects=(shut, Effect(text="Déviation par le quai"))))
    effects = written_out(served.get("/api/snapshot").json()["events"])["fx"]
    assert [one for one in effects if one] == [[["canebiere", "closed"]]]
