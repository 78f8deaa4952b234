"""`/metrics`: readable by Prometheus, without a word of a partner, for this machine or whoever holds the token."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from dataclasses import replace
from types import SimpleNamespace

import httpx
import pytest
from prometheus_client import REGISTRY
from prometheus_client.parser import text_string_to_metric_families
from starlette.applications import Starlette
from starlette.routing import Route

from api.metrics import Metrics
from events.errors import StoreUnavailable

TOKEN = "a token of sixteen characters"


def ask(house, hub, *, peer="127.0.0.1", host="127.0.0.1", **headers) -> httpx.Response:
    app = Starlette(routes=[Route("/metrics", Metrics(house, hub).answer)])

    async def get() -> httpx.Response:
        transport = httpx.ASGITransport(app, client=(peer, 4000))
        name = f"[{host}]" if ":" in host else host
        async with httpx.AsyncClient(transport=transport, base_url=f"http://{name}") as client:
            return await client.get("/metrics", headers=headers)

    return asyncio.run(get())


def samples(text: str) -> dict[tuple[str, str], float]:
    """Return every sample by its name and the value of its one label, as Prometheus's own reader reads them."""
    found = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            assert len(sample.labels) <= 1
            found[sample.name, *sample.labels.values() or ("",)] = sample.value
    return found


def test_metrics_are_read_by_the_reader_of_prometheus(served) -> None:
    answer = served.get("/metrics", None)
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    found = samples(answer.text)
    assert found["observatory_sources", "ok"] == 1
    assert found["observatory_source_up", "prefecture-manifestations"] == 1
    assert found["observatory_source_records", "prefecture-manifestations"] == 8
    assert 0 <= found["observatory_source_success_age_seconds", "prefecture-manifestations"] < 60
    assert found["observatory_database_up", ""] == 1
    assert found["observatory_role", "polling"] == 1
    assert found["observatory_changes", ""] >= 8
    assert found["process_resident_memory_bytes", ""] > 0


def test_no_label_carries_a_text(served) -> None:
    labels = {
        value
        for family in text_string_to_metric_families(served.get("/metrics", None).text)
        for sample in family.samples
        for value in sample.labels.values()
    }
    words = {"ok", "late", "stale", "frozen", "failing", "paused", "never", "polling", "0.1.0"}
    assert labels == words | {source.id for source in served.house.sources}


def test_registry_is_our_own(served) -> None:
    assert "python_gc" not in served.get("/metrics", None).text
    assert not any(name.startswith("observatory_") for name in REGISTRY._names_to_collectors)


@pytest.mark.parametrize(
    ("peer", "host"), [("127.0.0.1", "127.0.0.1"), ("127.8.0.1", "localhost"), ("::1", "::1"), ("::ffff:127.0.0.1", "localhost")]
)  # fmt: skip
@pytest.mark.parametrize("token", [None, TOKEN])
def test_program_of_this_machine_is_answered(served, peer, host, token) -> None:
    assert ask(replace(served.house, metrics_token=token), served.hub, peer=peer, host=host).status_code == 200


ELSEWHERE = [
    {"peer": "192.0.2.7"},
    {"peer": "2001:db8::1"},
    {"peer": "/run/socket"},
    {"host": "observatory.example"},
    {"X-Forwarded-For": "127.0.0.1"},
    {"X-Real-IP": "127.0.0.1"},
    {"Forwarded": "for=127.0.0.1"},
    {"Via": "1.1 proxy"},
]


@pytest.mark.parametrize("way", ELSEWHERE, ids=str)
def test_nobody_else_is_without_a_token(served, way) -> None:
    answer = ask(served.house, served.hub, **way)
    assert answer.status_code == 403
    assert "METRICS_TOKEN" in answer.json()["error"]["message"]
    assert "observatory_" not in answer.text


@pytest.mark.parametrize("way", ELSEWHERE, ids=str)
def test_whoever_holds_the_token_is_answered(served, way) -> None:
    house = replace(served.house, metrics_token=TOKEN)
    assert ask(house, served.hub, **way, Authorization=f"Bearer {TOKEN}").status_code == 200


@pytest.mark.parametrize(
    "given", [None, "", "Bearer", "Bearer ", f"Basic {TOKEN}", TOKEN, f"Bearer {TOKEN}x", "Bearer é"]
)
def test_wrong_token_is_refused_without_telling_it(served, given) -> None:
    house = replace(served.house, metrics_token=TOKEN)
    headers = {} if given is None else {"Authorization": given.encode("latin-1")}
    answer = ask(house, served.hub, peer="192.0.2.7", **headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == 'Bearer realm="metrics"'
    assert TOKEN not in answer.text
    assert TOKEN not in repr(house)


def test_empty_bearer_is_no_token_where_none_is_set(served) -> None:
    assert ask(served.house, served.hub, peer="192.0.2.7", Authorization="Bearer ").status_code == 403


def test_a_database_away_takes_only_its_own_gauges(served) -> None:
    @contextmanager
    def away():
        raise StoreUnavailable("the database is away")
        yield

    house = replace(served.house, database=SimpleNamespace(read=away))
    found = samples(ask(house, served.hub).text)
    assert found["observatory_database_up", ""] == 0
    assert found["observatory_open_streams", ""] == 0
    assert "observatory_heartbeat_age_seconds" in {name for name, _ in found}
    assert not any(name.startswith("observatory_source") for name, _ in found)


def test_metrics_need_no_account(served) -> None:
    assert served.get("/metrics", None).status_code == 200
    assert served.get("/metrics", "all").status_code == 200
