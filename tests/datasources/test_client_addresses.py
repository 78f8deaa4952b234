"""Where the client may go: hostile addresses, redirects, name services that change their mind, certificates."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import httpcore
import pytest

from datasources.client import GuardedClient
from datasources.contract import Request, Source
from datasources.wire import Budget, GuardedBackend, system_resolver
from events.errors import SourceError, SourceRefused, SourceUnavailable
from tests.certificates import make_certificate, serving_with
from tests.datasources.client_cases import TLS, make_source
from tests.feed_server import FeedServer

NAMES = {
    "metadata.google.internal": ["169.254.169.254"],
    "mixed.example": ["93.184.216.34", "10.0.0.1"],
    "six.example": ["fd00:ec2::254"],
    "mapped.example": ["::ffff:127.0.0.1"],
    "nat64.example": ["64:ff9b::7f00:1"],
    "sixtofour.example": ["2002:7f00:1::"],
    "public.example": ["93.184.216.34"],
}


@pytest.fixture
def server() -> Iterator[FeedServer]:
    with FeedServer() as running:
        yield running


@pytest.fixture
def no_packets(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Return the list of connections that were tried; none leaves."""
    tried: list[object] = []

    def record(address: object, *_: object, **__: object) -> socket.socket:
        tried.append(address)
        raise OSError("no packet leaves in this test")

    monkeypatch.setattr(socket, "create_connection", record)
    return tried


def resolve(host: str, port: int) -> Sequence[str]:
    """Answer from NAMES; numbers in any notation are turned into addresses by the system, without a packet."""
    if host in NAMES:
        return NAMES[host]
    if host.isascii() and (host[0].isdigit() or ":" in host):
        return system_resolver(host, port)
    raise socket.gaierror("unknown name")


def fetch(source: Source, url: str | None = None) -> None:
    GuardedClient(tls=TLS, secrets={"KEY": "canary"}, resolver=resolve).fetch(
        source, Request(url or source.url)
    ).close()


HOSTILE = [
    "https://127.0.0.1/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0177.0.0.1/",
    "https://127.1/",
    "https://[::1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://①②⑦.⓪.⓪.①/",
    "https://0.0.0.0/",
    "https://169.254.169.254/latest/meta-data/",
    "https://metadata.google.internal/",
    "https://six.example/",
    "https://10.0.0.1/",
    "https://172.16.5.4/",
    "https://192.168.1.1/",
    "https://100.64.0.1/",
    "https://224.0.0.1/",
    "https://mixed.example/",
    "https://mapped.example/",
    "https://nat64.example/",
    "https://sixtofour.example/",
    "http://public.example/",
    "https://public.example:8443/",
    "https://user:secret@public.example/",
    "https://public.example:22/",
    "file:///etc/passwd",
    "ftp://public.example/x",
    "gopher://127.0.0.1/",
    "https://",
    "https://[::1",
    "no address",
]


@pytest.mark.parametrize("url", HOSTILE)
def test_hostile_address_is_refused_before_any_packet(url: str, no_packets: list[object]) -> None:
    with pytest.raises(SourceRefused) as caught:
        fetch(make_source("https://public.example/", allowed_networks=()), url)
    assert no_packets == []
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("url", ["http://169.254.169.254/", "http://[fd00:ec2::254]/", "http://0.0.0.0/"])
def test_no_entry_can_allow_metadata_services(url: str, no_packets: list[object]) -> None:
    with pytest.raises(SourceRefused):
        fetch(make_source(url, allowed_networks=("169.254.0.0/16", "fd00::/16", "0.0.0.0/8")))
    assert no_packets == []


def test_public_address_is_tried(no_packets: list[object]) -> None:
    with pytest.raises(SourceUnavailable):
        fetch(make_source("https://public.example/x", allowed_networks=()))
    assert no_packets == [("93.184.216.34", 443)]


def test_unknown_name_is_unavailable(no_packets: list[object]) -> None:
    with pytest.raises(SourceUnavailable, match="could not be reached"):
        fetch(make_source("https://nowhere.example/x"))
    assert no_packets == []


def test_slow_name_service_ends_with_the_deadline() -> None:
    def slow(host: str, port: int) -> Sequence[str]:
        time.sleep(1)
        return ["127.0.0.1"]

    source = make_source(deadline=timedelta(seconds=0.2))
    start = time.monotonic()
    with pytest.raises(SourceUnavailable, match="no connection came about in time"):
        GuardedClient(tls=TLS, secrets={}, resolver=slow).fetch(source, Request(source.url))
    assert time.monotonic() - start < 0.8


def test_name_is_looked_up_once(server: FeedServer) -> None:
    # Rebinding: the second look-up would give another address; there is no second look-up.
    answers = iter([["127.0.0.1"], ["169.254.169.254"]])
    asked: list[str] = []

    def rebinding(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return next(answers)

    server.serve("/feed", b"{}")
    source = make_source(f"http://partner.example:{server.port}/feed")
    GuardedClient(tls=TLS, secrets={}, resolver=rebinding).fetch(source, Request(source.url)).close()
    assert asked == ["partner.example"]
    assert server.requests[0].headers["host"] == f"partner.example:{server.port}"


def test_second_address_is_tried_when_the_first_is_silent(server: FeedServer) -> None:
    server.serve("/feed", b"{}")
    source = make_source(f"http://partner.example:{server.port}/feed", allowed_networks=("127.0.0.0/8",))
    client = GuardedClient(tls=TLS, secrets={}, resolver=lambda host, port: ["127.0.0.9", "127.0.0.1"])
    client.fetch(source, Request(source.url)).close()
    assert server.count("/feed") == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirect_on_the_same_host_is_followed(server: FeedServer, status: int) -> None:
    server.serve("/old", status=status, headers=[("Location", "/feed?a=1#part")])
    server.serve("/feed", b"{}")
    fetch(make_source(server.url("/old"), header_env={"X-Key": "KEY"}))
    assert server.requests[1].path == "/feed?a=1"
    assert server.requests[1].headers["x-key"] == "canary"


@pytest.mark.parametrize(
    "target",
    [
        "http://169.254.169.254/",
        "https://10.0.0.1/",
        "http://127.0.0.1:1/",
        "https://[::1]/",
        "file:///etc/passwd",
        "http://public.example/",
        "http://user:pw@127.0.0.1/",
        "http://127.0.0.1:99999999/",
        "",
    ],
)
def test_redirect_to_a_forbidden_place_is_refused(server: FeedServer, target: str) -> None:
    server.serve("/feed", status=302, headers=[("Location", target)])
    with pytest.raises(SourceRefused) as caught:
        fetch(make_source(server.url("/feed")))
    assert not target or target not in str(caught.value)


def test_redirects_end(server: FeedServer) -> None:
    server.serve("/feed", status=302, headers=[("Location", "/feed")])
    with pytest.raises(SourceRefused, match="more than 3 times"):
        fetch(make_source(server.url("/feed")))
    assert server.count("/feed") == 4


def test_another_host_gets_no_credentials(server: FeedServer) -> None:
    server.serve("/feed", status=302, headers=[("Location", f"http://127.0.0.2:{server.port}/feed")])
    source = make_source(server.url("/feed"), header_env={"X-Key": "KEY"}, allowed_networks=("127.0.0.0/8",))
    seen: list[tuple[str, int]] = []

    def towards_us(host: str, port: int) -> Sequence[str]:
        seen.append((host, port))
        return ["127.0.0.1"]

    with pytest.raises(SourceRefused):  # the server redirects for ever; what counts is what it was sent
        GuardedClient(tls=TLS, secrets={"KEY": "canary"}, resolver=towards_us).fetch(
            source, Request(source.url, {"Authorization": "canary"})
        )
    assert [host for host, _ in seen] == ["127.0.0.1", "127.0.0.2", "127.0.0.2", "127.0.0.2"]
    assert server.requests[0].headers["x-key"] == "canary"
    assert all("canary" not in request.headers.values() for request in server.requests[1:])


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file with a key and a certificate for 127.0.0.1 that nobody signed."""
    return make_certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def tls_server(certificate: Path) -> Iterator[FeedServer]:
    with FeedServer(serving_with(certificate)) as running:
        running.serve("/feed", b"{}")
        yield running


def test_trusted_certificate_is_accepted(tls_server: FeedServer, certificate: Path) -> None:
    trusting = ssl.create_default_context(cafile=str(certificate))
    source = make_source(f"https://partner.example:{tls_server.port}/feed")
    client = GuardedClient(secrets={}, tls=trusting, resolver=lambda host, port: ["127.0.0.1"])
    client.fetch(source, Request(source.url)).close()
    assert tls_server.count("/feed") == 1


def test_unknown_certificate_is_refused(tls_server: FeedServer) -> None:
    with pytest.raises(SourceRefused, match="certificate"):
        fetch(make_source(tls_server.url("/feed")))
    assert tls_server.requests == []


def test_certificate_of_another_name_is_refused(tls_server: FeedServer, certificate: Path) -> None:
    trusting = ssl.create_default_context(cafile=str(certificate))
    source = make_source(f"https://other.example:{tls_server.port}/feed")
    client = GuardedClient(secrets={}, tls=trusting, resolver=lambda host, port: ["127.0.0.1"])
    with pytest.raises(SourceRefused, match="certificate"):
        client.fetch(source, Request(source.url))


def test_redirect_away_from_https_is_refused(tls_server: FeedServer, certificate: Path, server: FeedServer) -> None:
    tls_server.serve("/feed", status=301, headers=[("Location", server.url("/feed"))])
    trusting = ssl.create_default_context(cafile=str(certificate))
    source = make_source(tls_server.url("/feed"))
    with pytest.raises(SourceRefused, match="from https"):
        GuardedClient(secrets={}, tls=trusting).fetch(source, Request(source.url))
    assert server.requests == []


def test_plain_server_under_https_is_no_secure_connection(server: FeedServer) -> None:
    source = make_source(server.url("/feed").replace("http", "https", 1))
    with pytest.raises(SourceError, match="no secure connection"):
        fetch(source)


def test_socket_files_are_refused() -> None:
    backend = GuardedBackend(Budget(time.monotonic() + 1, 1), resolve)
    with pytest.raises(Exception, match="socket files"):
        backend.connect_unix_socket("/tmp/x")


def test_budget_is_over_when_its_time_is() -> None:
    with pytest.raises(httpcore.ReadTimeout):
        Budget(time.monotonic() - 1, 1).left_s()
