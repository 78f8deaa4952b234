"""How many requests one host gets at once, and that hung ones do not keep the turn."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest

from datasources.client import GuardedClient
from datasources.contract import Request
from events.errors import SourceUnavailable
from tests.datasources.client_cases import TLS, make_source
from tests.feed_server import FeedServer


@pytest.fixture
def server() -> Iterator[FeedServer]:
    with FeedServer() as running:
        yield running


def test_one_host_gets_few_requests_at_once(server: FeedServer) -> None:
    server.serve("/feed", b"{}", delay=0.2)
    client = GuardedClient(tls=TLS, secrets={}, per_host=1)
    source = make_source(server.url("/feed"))

    def ask() -> None:
        client.fetch(source, Request(source.url)).close()

    start = time.monotonic()
    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(5)
    assert 0.6 <= time.monotonic() - start < 2.0


def test_hung_fetches_do_not_keep_the_turn_of_others(server: FeedServer) -> None:
    server.serve("/hung", hangs=True)
    server.serve("/feed", b"{}")
    client = GuardedClient(tls=TLS, secrets={}, per_host=1, turn_s=0.1)
    hung = make_source(server.url("/hung"), deadline=timedelta(seconds=1))

    def hang() -> None:
        with pytest.raises(SourceUnavailable):
            client.fetch(hung, Request(hung.url))

    thread = threading.Thread(target=hang, daemon=True)
    thread.start()
    deadline = time.monotonic() + 1
    while server.count("/hung") == 0 and time.monotonic() < deadline:
        time.sleep(0.01)
    start = time.monotonic()
    client.fetch(make_source(server.url("/feed")), Request(server.url("/feed"))).close()
    assert time.monotonic() - start < 0.6
    thread.join(5)
