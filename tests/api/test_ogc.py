"""OGC API - Features as programs of others read it: GDAL's driver and OWSLib's client, unmodified, over HTTP."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from api.exports.ogc_description import COLLECTIONS
from tests.api.served import Served, event
from tests.api.test_exports_read_back import sample

owslib = pytest.importorskip("owslib.ogcapi.features", reason="OWSLib is not installed (tests/requirements.txt)")
pytest.importorskip("pyogrio", reason="pyogrio, which brings GDAL, is not installed (tests/requirements.txt)")

AS_PARTNER = {"Authorization": "Bearer obs_partner"}
BOX = (5.35, 43.28, 5.385, 43.31)


@pytest.fixture
def city(served: Served, online: str) -> str:
    served.admit(*sample().values())
    served.admit(*(event(f"far-{n}", geometry={"type": "Point", "coordinates": [5.45, 43.21]}) for n in range(30)))
    return online


def asked(city: str, **query: object) -> dict:
    answer = httpx.get(f"{city}/api/events", params={"limit": 1000, **query}, headers=AS_PARTNER)
    return {one["id"]: one for one in answer.json()["features"]}


def interval() -> tuple[str, str]:
    now = datetime.now(UTC).replace(microsecond=0)
    return tuple(f"{moment:%Y-%m-%dT%H:%M:%SZ}" for moment in (now + timedelta(hours=3), now + timedelta(days=3)))


def pages(city: str, path: str, **query: object) -> list[dict]:
    found, address = [], httpx.URL(f"{city}{path}", params={"limit": 7, **query})
    for _ in range(50):
        told = httpx.get(address, headers=AS_PARTNER).raise_for_status().json()
        assert told["numberReturned"] == len(told["features"])
        found += told["features"]
        further = [link["href"] for link in told["links"] if link["rel"] == "next"]
        if not further:
            return found
        address = httpx.URL(further[0])
    raise AssertionError("the pages never end")


def test_owslib_reads_collections_features_box_and_time(city) -> None:
    client = owslib.Features(f"{city}/ogc", headers=AS_PARTNER)
    assert set(client.feature_collections()) == set(COLLECTIONS)
    assert "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core" in client.conformance()["conformsTo"]
    assert client.api()["openapi"].startswith("3.0")
    start, end = interval()
    told = client.collection_items("events", bbox=list(BOX), datetime_=f"{start}/{end}", limit=1000)
    expected = asked(city, **{"from": start, "to": end, "bbox": ",".join(map(str, BOX))})
    assert {one["id"] for one in told["features"]} == set(expected)
    assert told["numberReturned"] == len(expected) > 3
    (one, *_) = expected
    assert client.collection_item("events", one)["id"] == one


# In a process of its own: its driver holds the interpreter while it waits for the city that runs in this one.
GDAL = """
import json, sys, pyogrio
address, box = sys.argv[1], [float(part) for part in sys.argv[2].split(",")]
pyogrio.set_gdal_config_options({"GDAL_HTTP_AUTH": "BEARER", "GDAL_HTTP_BEARER": "obs_partner", "GDAL_HTTP_TIMEOUT": "20"})
names = list(pyogrio.read_info(address, layer="events")["fields"])
_, _, inside, fields = pyogrio.raw.read(address, layer="events", bbox=tuple(box))
print(json.dumps({
    "layers": [str(name) for name, _ in pyogrio.list_layers(address)],
    "events": len(pyogrio.raw.read(address, layer="events")[2]),
    "districts": len(pyogrio.raw.read(address, layer="districts")[2]),
    "inside": sorted(fields[names.index("headline")]),
    "shapes": sum(one is not None for one in inside),
}))
"""


def test_gdal_opens_the_layers_and_counts_what_the_events_are(city) -> None:
    box = ",".join(map(str, BOX))
    run = subprocess.run(
        [sys.executable, "-c", GDAL, f"OAPIF:{city}/ogc", box], capture_output=True, text=True, timeout=60, check=False
    )
    assert run.returncode == 0, run.stderr
    told = json.loads(run.stdout)
    assert set(told["layers"]) == set(COLLECTIONS)
    assert told["events"] == len(pages(city, "/ogc/collections/events/items")) > 30
    expected = pages(city, "/ogc/collections/events/items", bbox=box)
    assert told["inside"] == sorted(one["properties"]["headline"] for one in expected)
    assert told["shapes"] == len(expected) > 3
    assert told["districts"] == 16


def test_pages_of_a_window_are_the_events_of_that_window(city) -> None:
    start, end = interval()
    found = pages(city, "/ogc/collections/events/items", datetime=f"{start}/{end}")
    assert len({one["id"] for one in found}) == len(found)
    assert {one["id"] for one in found} == set(asked(city, **{"from": start, "to": end}))


@pytest.mark.parametrize("viewer", ["public", "partner", "listed", "all"])
def test_features_are_those_a_viewer_may_see_without_restricted_ones(served, viewer) -> None:
    told = served.get("/ogc/collections/events/items", viewer).json()["features"]
    assert {one["properties"]["external_id"] for one in told} == ({"pub"} if viewer == "public" else {"pub", "par"})
    cameras = served.get("/ogc/collections/cameras/items", viewer).json()["features"]
    assert len(cameras) == (0 if viewer == "public" else 1)
    roads = served.get("/ogc/collections/roads/items", viewer).json()["features"]
    assert len(roads) == (1 if viewer == "public" else 2)


def test_the_number_that_match_is_told_where_every_event_is_shown(served) -> None:
    object.__setattr__(served.house, "said", served.house.said.model_copy(update={"show_exercises": True}))
    told = served.get("/ogc/collections/events/items?limit=1", "partner").json()
    assert (told["numberMatched"], told["numberReturned"]) == (3, 1)
    assert [link["rel"] for link in told["links"]] == ["self", "collection", "next"]


@pytest.mark.parametrize(
    ("path", "status", "parameter"),
    [
        ("collections/nothing", 404, "collection"),
        ("collections/events/items/nothing", 404, "id"),
        ("collections/events/items?limits=1", 400, "limits"),
        ("collections/events/items?limit=0", 400, "limit"),
        ("collections/events/items?bbox=1,2,3", 400, "bbox"),
        ("collections/events/items?datetime=yesterday", 400, "datetime"),
        ("collections/events/items?datetime=2026-11-02T00:00:00Z/2026-11-01T00:00:00Z", 400, "datetime"),
        ("collections/events/items?datetime=../..", 400, "datetime"),
        ("collections/events/items?f=html", 400, "f"),
        ("collections/events/items?cursor=x", 400, "cursor"),
        ("collections/roads/items?cursor=x", 400, "cursor"),
    ],
)
def test_a_wrong_question_is_told_what_is_wrong(served, path, status, parameter) -> None:
    answer = served.get(f"/ogc/{path}")
    assert (answer.status_code, answer.json()["error"]["parameter"]) == (status, parameter)


def test_a_limit_above_the_most_is_the_most_and_a_box_may_have_heights(served) -> None:
    answer = served.get("/ogc/collections/events/items?limit=9999999&bbox=5.3,43.2,0,5.45,43.4,100&f=json", "partner")
    assert answer.json()["numberReturned"] == 2


def test_every_address_of_the_description_answers(served) -> None:
    answer = served.get("/ogc/api")
    assert answer.headers["content-type"] == "application/vnd.oai.openapi+json;version=3.0"
    told = answer.json()
    (root,) = (one["url"] for one in told["servers"])
    event_id = served.get("/ogc/collections/events/items", "partner").json()["features"][0]["id"]
    for path in told["paths"]:
        address = root.removeprefix("http://127.0.0.1") + path.replace("{collection}", "events").replace(
            "{id}", event_id
        )
        assert served.get(address, "partner").status_code == 200, address
    assert served.get("/ogc/nothing").status_code == 404
