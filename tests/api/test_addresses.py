"""Every address: what it answers, to whom, and how it refuses."""

from __future__ import annotations

import itertools
import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from api.openapi import describe
from api.parameters import EVENT_KEYS
from api.routes import routes
from api.rows import EVENT_COLUMNS, THIN_COLUMNS
from datasources.contract import Reading
from tests.api.served import SAID, event, records
from tests.tables import written_out

ROOT = Path(__file__).resolve().parents[2]


def ids(answer) -> set[str]:
    return {feature["properties"]["external_id"] for feature in answer.json()["features"]}


@pytest.mark.parametrize(
    ("viewer", "seen"),
    [
        ("public", {"pub"}),
        ("partner", {"pub", "par"}),
        ("listed", {"pub", "par", "res"}),
        ("all", {"pub", "par", "res"}),
    ],
)
def test_each_viewer_sees_their_events_at_every_address(served, viewer, seen) -> None:
    everything = served.get("/api/events", "all").json()["features"]
    names = {one["id"]: one["properties"]["external_id"] for one in everything}
    assert ids(served.get("/api/events", viewer)) == seen
    snapshot = served.get("/api/snapshot", viewer).json()
    assert {names[one] for one in snapshot["events"]["id"]} == seen
    assert len(snapshot["roads"]) == (1 if viewer == "public" else 2)
    assert len(served.get("/api/roads", viewer).json()["features"]) == (1 if viewer == "public" else 2)
    assert len(served.get("/api/cameras", viewer).json()["features"]) == (0 if viewer == "public" else 1)
    assert len(served.get("/api/tallies", viewer).json()["tallies"]) == (0 if viewer == "public" else 1)
    for event_id, name in names.items():
        status = 200 if name in seen else 404
        assert served.get(f"/api/events/{event_id}", viewer).status_code == status
        assert served.get(f"/api/events/{event_id}/versions", viewer).status_code == status
    changed = served.get("/api/changes?since=0", viewer).json()["changes"]
    assert {one["id"] for one in changed if one["kind"] == "event"} & set(names) == {
        key for key, name in names.items() if name in seen
    }


def test_no_number_tells_that_there_is_more_than_somebody_may_see(served) -> None:
    """A number of hidden events that match would answer any question about them, a word of their text too."""
    for question in ("category=objet_suspect", "category=concert"):
        told = served.get(f"/api/events?{question}", "partner").json()
        assert told["features"] == []
        assert {key for key in told if told[key] not in ([], None)} == {"type", "asked"}


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/api/events",
        "/api/snapshot",
        "/api/stream",
        "/api/changes",
        "/openapi.json",
        "/sources.json",
        "/x",
    ],
)
def test_nothing_without_sign_in(served, path) -> None:
    answer = served.get(path, None)
    assert answer.status_code == 401
    assert "ign-in" in answer.text


@pytest.mark.parametrize(
    ("path", "status"), [("/healthz", 200), ("/readyz", 200), ("/assets/one.js", 200), ("/transparence", 200)]
)
def test_open_addresses_need_no_sign_in(served, path, status) -> None:
    assert served.get(path, None).status_code == status


def test_restricted_event_is_a_zone_on_screens_never_its_point(served) -> None:
    events = written_out(served.get("/api/snapshot").json()["events"])
    told = {level: (events["ll"][i], events["g"][i]) for i, level in enumerate(events["au"])}
    assert told["public"] == ([5.37, 43.296], None)
    middle, zone = told["restricted"]
    assert (middle, zone["type"]) == ([5.37, 43.296], "Polygon")
    assert all(abs(lat - 43.296) > 4e-4 or abs(lon - 5.37) > 6e-4 for lon, lat in zone["coordinates"][0])


def test_snapshot_is_columnar(served) -> None:
    snapshot = served.get("/api/snapshot").json()
    events = snapshot["events"]
    kept = {row["id"]: row["properties"]["number"] for row in served.get("/api/events").json()["features"]}
    assert [f"EV-{number}" for number in itertools.accumulate(events["no"])] == [kept[one] for one in events["id"]]
    assert tuple(events) == EVENT_COLUMNS
    taken = re.search(r"var COLUMNS = \[(.*?)\];", (ROOT / "assets" / "ob-20-store.js").read_text("utf-8"), re.DOTALL)
    assert taken
    assert sorted(re.findall(r'"(\w+)"', taken[1])) == sorted(EVENT_COLUMNS)  # else a browser never learns of it
    assert {key for key, column in events.items() if not isinstance(column, list)} == set(THIN_COLUMNS)
    events = written_out(events)
    assert {len(column) for column in events.values()} == {3}
    assert {snapshot["dict"]["cat"][index] for index in events["cat"]} == {"manifestation", "accident", "objet_suspect"}
    assert snapshot["dict"]["ds"][events["ds"][0][0]].startswith("132")
    assert sorted(events["au"]) == ["partners", "public", "restricted"]
    assert snapshot["to"] - snapshot["from"] == 8 * 86400
    road = next(road for road in snapshot["roads"] if road["ax"])
    assert (road["st"], road["g"]) == ("slow", None)
    assert [one["state"] for one in snapshot["sources"]] == ["ok"]


def test_snapshot_window_leaves_out_what_is_not_in_force(served) -> None:
    later = int((datetime.now(UTC) + timedelta(days=30)).timestamp())
    assert served.get(f"/api/snapshot?from={later}&to={later + 60}").json()["events"]["id"] == []


def test_snapshot_travels_compressed_and_is_known_again(served) -> None:
    first = served.get("/api/snapshot", headers={"Accept-Encoding": "br"})
    assert first.headers["content-encoding"] == "br"
    assert served.get("/api/snapshot", headers={"Accept-Encoding": "gzip"}).headers["content-encoding"] == "gzip"
    again = served.get("/api/snapshot", headers={"If-None-Match": f'"zzz", W/{first.headers["etag"]}'})
    assert (again.status_code, again.content) == (304, b"")


def test_snapshot_is_shared_for_a_while_then_built_again(served) -> None:
    first = served.get("/api/snapshot").headers["etag"]
    served.admit()
    assert served.get("/api/snapshot").headers["etag"] == first


def test_events_are_tagged_by_what_this_viewer_gets(served) -> None:
    answer = served.get("/api/events?at=2020-01-01", "public")
    again = served.get("/api/events?at=2020-01-01", "public", headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304
    assert answer.headers["content-type"] == "application/geo+json"


@pytest.mark.parametrize(
    ("query", "seen"),
    [
        ("district=1,2", {"pub", "par", "res"}),
        ("district=13216", set()),
        ("category=circ", {"par"}),
        ("category=manifestation,objet_suspect", {"pub", "res"}),
        ("severity=3", {"par"}),
        ("status=ongoing", {"pub", "par", "res"}),
        ("status=planned,ended", set()),
        ("organisation=prefecture", {"pub", "par", "res"}),
        ("organisation=voirie", set()),
        ("bbox=5.30,43.20,5.45,43.40", {"pub", "par", "res"}),
        ("bbox=5.50,43.20,5.54,43.40", set()),
        ("q=declare", {"pub", "par", "res"}),
        ("q=introuvable", set()),
        ("from=2030-01-01&to=2030-01-02", set()),
        ("known_at=2020-01-01", set()),
    ],
)
def test_filters(served, query, seen) -> None:
    assert ids(served.get(f"/api/events?{query}")) == seen


def test_pages_follow_the_cursor(served) -> None:
    first = served.get("/api/events?limit=2&to=2099-01-01").json()
    rest = served.get(f"/api/events?limit=2&to=2099-01-01&cursor={first['next']}").json()
    assert len(first["features"]) == 2
    assert {one["id"] for one in first["features"]} & {one["id"] for one in rest["features"]} == set()


@pytest.mark.parametrize(
    ("path", "parameter"),
    [
        ("/api/events?form=1", "form"),
        ("/api/events?from=2026-11-01&from=2026-11-02", "from"),
        ("/api/events?from=yesterday", "from"),
        ("/api/events?from=99999999999999999", "from"),
        ("/api/events?from=0001-01-01", "from"),
        ("/api/events?from=2026-11-02&to=2026-11-01", "to"),
        ("/api/events?at=2026-11-02&to=2026-11-03", "at"),
        ("/api/events?known_at=x", "known_at"),
        ("/api/events?district=99", "district"),
        ("/api/events?category=nope", "category"),
        ("/api/events?severity=5", "severity"),
        ("/api/events?severity=-1", "severity"),
        ("/api/events?status=done", "status"),
        ("/api/events?organisation=nobody", "organisation"),
        ("/api/events?bbox=1,2,3", "bbox"),
        ("/api/events?bbox=5,44,5,43", "bbox"),
        ("/api/events?bbox=nan,1,2,3", "bbox"),
        ("/api/events?limit=0", "limit"),
        ("/api/events?limit=1e3", "limit"),
        ("/api/events?cursor=zz", "cursor"),
        ("/api/events?q=" + "a" * 201, "q"),
        ("/api/snapshot?since=1", "since"),
        ("/api/snapshot?from=x", "from"),
        ("/api/changes?since=-1", "since"),
        ("/api/changes?since=1&limit=0", "limit"),
        ("/api/stream?since=abc", "since"),
        ("/api/roads?x=1", "x"),
        ("/api/cameras?x=1", "x"),
        ("/api/tallies?to=x", "to"),
        ("/api/districts?x=1", "x"),
        ("/api/sources?x=1", "x"),
        ("/metrics?x=1", "x"),
    ],
)
def test_wrong_parameter_is_named(served, path, parameter) -> None:
    answer = served.get(path)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/json"
    assert answer.json()["error"]["parameter"] == parameter
    assert answer.json()["error"]["message"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/events/nope", 404),
        ("/api/events/..%2f", 404),
        ("/api/nope", 404),
        ("/city/000/districts", 404),
        ("/texts/fr-0.json", 404),
        ("/api/changes?since=9999", 410),
        ("/api/events?q=" + "a" * 9000, 414),
        ("/assets/none.js", 404),
        ("/_dash-component-suites/dash/%2e%2e/%2e%2e/etc/passwd", 404),
    ],
)
def test_what_is_not_there_is_said_in_json(served, path, status) -> None:
    answer = served.get(path)
    assert answer.status_code == status
    assert set(answer.json()["error"]) == {"parameter", "message"}


def test_versions_tell_what_changed(served) -> None:
    event_id = served.get("/api/events", "public").json()["features"][0]["id"]
    served.admit(event("pub", headline="Rassemblement terminé plus tôt"))
    versions = served.get(f"/api/events/{event_id}/versions", "public").json()["versions"]
    assert [one["version"] for one in versions] == [1, 2]
    assert versions[1]["diff"]["headline"] == ["Rassemblement déclaré", "Rassemblement terminé plus tôt"]
    assert versions[1]["prev_sha256"] == versions[0]["sha256"]


def test_files_of_the_city_never_change_under_their_address(served, files) -> None:
    answer = served.get(files.city["districts"], headers={"Accept-Encoding": "br"})
    assert "immutable" in answer.headers["cache-control"]
    assert len(answer.json()["features"]) == 16
    words = served.get(files.texts["en"]).json()
    assert words["app.name"] == "Public-space observatory"
    assert len(words["_taxonomy"]["categories"]) == 43


def test_ready_says_what_is_wrong(served) -> None:
    assert served.get("/readyz", None).json()["status"] == "ok"
    served.beat[0] = datetime.now(UTC) - timedelta(minutes=5)
    answer = served.get("/readyz", None)
    assert (answer.status_code, answer.json()["scheduler"]["ok"]) == (503, False)


def test_description_lists_every_address(served, files) -> None:
    paths = {route.path for route in routes(served.house, files, served.hub._snapshots, served.hub)}
    told = served.get("/openapi.json").json()
    # Served where sources are pushed and accounts are kept: tests/api/test_push.py, tests/api/test_subscription_feed.py
    elsewhere = {"/api/push/{source}", "/api/subscriptions.atom"}
    assert set(told["paths"]) - elsewhere == {
        path
        for path in paths
        if ":path}" not in path and path != "/cameras" and not path.startswith("/transparence")  # pages
    }
    assert json.loads(json.dumps(describe(SAID.name))) == told


def test_description_names_every_parameter_of_events(served) -> None:
    told = served.get("/openapi.json").json()["paths"]["/api/events"]["get"]["parameters"]
    assert tuple(one["name"] for one in told) == EVENT_KEYS


def test_counts_are_told_as_published_and_a_small_one_is_hidden(served) -> None:
    told = served.get("/api/tallies", "partner").json()
    assert told["hidden_below"] == 5
    assert [(one["area"], one["value"], one["suppressed"]) for one in told["tallies"]] == [("13201", 12.0, False)]
    served.admit(reading=Reading(tallies=(replace(records().tallies[0], value=3.0),)))
    told = served.get("/api/tallies", "partner").json()["tallies"]
    assert [(one["area"], one["value"], one["suppressed"]) for one in told] == [("13201", None, True)]


def test_no_address_reads_tallies_but_through_what_is_published() -> None:
    """A second way to the kept tallies would be a way around the hidden cells."""
    root = Path(__file__).resolve().parents[2]
    readers = {
        str(path.relative_to(root))
        for room in ("api", "callbacks", "components", "insight", "privacy")
        for path in (root / room).rglob("*.py")
        if re.search(r"\breaders\.tallies\b|current_query|import tallies\b|tables import .*\btally\b", path.read_text())
    }
    assert readers == {"api/counts.py"}
