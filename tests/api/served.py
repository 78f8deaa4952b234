"""A city of one evening, served: events of three audiences, roads, a camera, a tally, behind the real gate and store."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from flask import Flask, request
from starlette.types import ASGIApp

from api.house import House
from api.live import Hub
from datasources.contract import Coverage, Reading, Source
from events.audience import PARTNERS, PUBLIC, Viewer, listed
from events.city_file import read_city
from events.records import Camera, Event, RoadState, Tally
from events.validity import Validity
from events.vocabulary import CameraKind, GeometryPrecision, InformationStatus, Severity, TrafficState

ROOT = Path(__file__).resolve().parents[2]
CITY, SAID = read_city(ROOT / "cities" / "marseille")
VIEWERS = {
    "public": Viewer(),
    "partner": Viewer(organisation="voirie", is_partner=True),
    "listed": Viewer(organisation="prefecture", is_partner=True),
    "all": Viewer(organisation="city", is_partner=True, sees_restricted=True),
}


def by_key(headers: Mapping[str, str]) -> Viewer | None:
    return VIEWERS.get(headers.get("authorization", "").removeprefix("Bearer obs_"))


def source(**changes: object) -> Source:
    made = Source(
        id="prefecture-manifestations",
        kind="geojson",
        title="Manifestations",
        organisation="prefecture",
        licence="LO",
        url="https://example.org/feed",
        poll_every=timedelta(minutes=1),
        timezone="Europe/Paris",
        area=CITY.area,
        coverage=Coverage.DELTA,
        default_audience=PUBLIC,
        maintainer="city",
    )
    return replace(made, **changes)


def event(name: str, **changes: object) -> Event:
    now = datetime.now(UTC).replace(microsecond=0)
    made = Event(
        source_id="prefecture-manifestations",
        external_id=name,
        organisation="prefecture",
        category="manifestation",
        headline="Rassemblement déclaré",
        validity=Validity(start=now - timedelta(hours=1), end=now + timedelta(hours=2)),
        audience=PUBLIC,
        severity=Severity.MODERATE,
        geometry={"type": "Point", "coordinates": [5.37, 43.296]},
        geometry_precision=GeometryPrecision.EXACT,
        published_at=now,
    )
    return replace(made, **changes)


def records() -> Reading:
    now = datetime.now(UTC).replace(microsecond=0)
    line = {"type": "LineString", "coordinates": [[5.37, 43.29], [5.38, 43.30]]}
    common = {"source_id": "prefecture-manifestations", "organisation": "prefecture"}
    return Reading(
        events=(
            event("pub"),
            event("par", audience=PARTNERS, category="accident", severity=Severity.MAJOR, geometry=line),
            event("res", audience=listed(["prefecture"]), category="objet_suspect",
                  geometry={"type": "Point", "coordinates": [5.37031, 43.29572]}),
            event("exo", information_status=InformationStatus.EXERCISE, audience=PUBLIC, geometry=None),
        ),
        road_states=(
            RoadState(
                **common, segment_id="1", state=TrafficState.SLOW, observed_at=now, audience=PUBLIC, axis_id=CITY.axes[0].id
            ),
            RoadState(
                **common, segment_id="2", state=TrafficState.CLOSED, observed_at=now, audience=PARTNERS, geometry=line
            ),
        ),
        cameras=(
            Camera(**common, external_id="c1", audience=PARTNERS, position=(5.37, 43.29), kind=CameraKind.DOME, range_m=80),
        ),
        tallies=(
            Tally(
                **common, external_id="t1", audience=PARTNERS, measure="verbalisations", area_code="13201",
                start=now - timedelta(days=9), end=now - timedelta(days=2), value=12,
            ),
        ),
    )  # fmt: skip


@dataclass
class Served:
    """The application, its house, and the way to bring it a partner's document."""

    app: ASGIApp
    house: House
    hub: Hub
    admit: Callable[..., None]
    beat: list[datetime | None]

    def get(self, path: str, viewer: str | None = "all", method: str = "GET", **more: object) -> httpx.Response:
        headers = dict(more.pop("headers", {}))
        if viewer is not None:
            headers["Authorization"] = f"Bearer obs_{viewer}"

        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
                return await client.request(method, path, headers=headers, **more)

        return asyncio.run(ask())


class Still:
    """A rhythm that polls nothing."""

    def start(self) -> None:
        self.is_started = True

    def stop(self, timeout: float = 10.0) -> object:
        self.is_started = False
        return timeout


def screen() -> Flask:
    made = Flask("screen", static_folder=None)

    @made.get("/assets/<name>")
    def asset(name: str) -> tuple[str, int, dict[str, str]]:
        made.config["asked"] = made.config.get("asked", 0) + 1
        found = name == "one.js"
        return ("let one = 1;" * 200 if found else "", 200 if found else 500, {"Content-Type": "text/javascript"})

    @made.get("/")
    @made.get("/transparence")
    def page() -> str:
        return "<p>page</p>"

    @made.post("/_dash-update-component")
    def callback() -> str:
        return str(len(request.get_data()))

    @made.get("/broken")
    def broken() -> str:
        raise RuntimeError("the words of a record")

    return made
