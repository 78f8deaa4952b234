"""`GET /metrics`: how the house is, for Prometheus; to programs of this machine, or to whoever holds the token."""

from __future__ import annotations

import asyncio
import hmac
import ipaddress
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import Response

from api.answers import Problem, problem_answer
from api.house import EVERYTHING, House
from api.live import Hub
from api.parameters import check_keys
from events.errors import StoreUnavailable
from store import readers

STATES = ("ok", "late", "stale", "frozen", "failing", "paused", "never")
# A proxy on this machine speaks from its address too. One of these betrays it, whatever it holds.
_FORWARDED = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip")
_CHALLENGE = {"WWW-Authenticate": 'Bearer realm="metrics"'}


class Metrics:
    """What Prometheus may ask of one process, in a registry of its own: no gauge of another program joins it."""

    def __init__(self, house: House, hub: Hub) -> None:
        self._token = house.metrics_token
        self._registry = CollectorRegistry()
        self._registry.register(_Present(house, hub))
        ProcessCollector(registry=self._registry)

    async def answer(self, request: Request) -> Response:
        """Answer in Prometheus's text format; 401 or 403, in JSON, to who may not ask."""
        if not (_is_from_this_machine(request) or _holds(request, self._token)):
            return self._refusal()
        check_keys(request, ())
        text = await asyncio.to_thread(generate_latest, self._registry)
        return Response(text, headers={"Cache-Control": "no-store", "Content-Type": CONTENT_TYPE_PLAIN_0_0_4})

    def _refusal(self) -> Response:
        if self._token is None:
            said = "metrics are for programs of this machine; set METRICS_TOKEN to ask for them from another"
            return problem_answer(Problem(403, said))
        said = "metrics are for programs of this machine, or for who sends Authorization: Bearer and the METRICS_TOKEN"
        return problem_answer(Problem(401, said), _CHALLENGE)


def _holds(request: Request, token: str | None) -> bool:
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    is_bearer = token is not None and scheme.lower() == "bearer"
    return is_bearer and hmac.compare_digest(given.strip().encode(), (token or "").encode())


def _is_from_this_machine(request: Request) -> bool:
    if any(name in request.headers for name in _FORWARDED):
        return False
    # The name asked for counts too: a proxy that keeps it, or a page of another site, does not name this machine.
    return request.client is not None and _is_loopback(request.client.host) and _is_loopback(request.url.hostname or "")


def _is_loopback(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host == "localhost"
    return (getattr(address, "ipv4_mapped", None) or address).is_loopback


class _Present(Collector):
    """What is so at the moment of asking. A database that is away takes its own gauges with it and no others."""

    def __init__(self, house: House, hub: Hub) -> None:
        self._house = house
        self._hub = hub

    def collect(self) -> Iterator[Metric]:
        """Yield every gauge; labels are ids of the catalogue and words of ours, never a text."""
        house = self._house
        yield _by("build_info", "always 1", "version", {_version(): 1})
        yield _by("role", "1 for what this process does", "role", {house.role(): 1})
        yield _gauge("open_streams", "browsers that hold a live stream", self._hub.open_streams)
        beat = house.heartbeat()
        if beat is not None:
            age = (house.clock() - beat).total_seconds()
            yield _gauge("heartbeat_age_seconds", "age of the last sign of life of what polls", age)
        try:
            kept = tuple(self._kept())
        except StoreUnavailable:
            kept = ()
        yield _gauge("database_up", "1 when the database answered just now", bool(kept))
        yield from kept

    def _kept(self) -> Iterator[Metric]:
        house = self._house
        rows = house.source_rows()
        yield _gauge("changes", "number of the last change", readers.last_change(house.database, viewer=EVERYTHING))
        states = {word: sum(row["state"] == word for row in rows) for word in STATES}
        yield _by("sources", "sources by state", "state", states)
        up = {str(row["id"]): int(row["state"] != "failing") for row in rows}
        yield _by("source_up", "1 when the source is not failing", "source", up)
        yield _by("source_records", "what is kept of a source", "source", _numbers(rows, "n"))
        now = house.clock().timestamp()
        # Rows tell whole seconds, rounded: a poll of this very second may seem to come from the next.
        ages = {source: max(0.0, now - at) for source, at in _numbers(rows, "ok").items()}
        yield _by("source_success_age_seconds", "age of the last successful poll", "source", ages)


def _numbers(rows: list[dict[str, object]], key: str) -> dict[str, float]:
    """Return the numbers under `key` by source, without the sources that have none."""
    return {str(row["id"]): float(value) for row in rows if isinstance(value := row[key], int | float)}


def _gauge(name: str, meaning: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"observatory_{name}", meaning, value=float(value))


def _by(name: str, meaning: str, label: str, values: Mapping[str, float]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"observatory_{name}", meaning, labels=[label])
    for word, value in values.items():
        family.add_metric([word], float(value))
    return family


def _version() -> str:
    try:
        return version("public-space-observatory")
    except PackageNotFoundError:
        return "0.1.0"
