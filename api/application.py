"""The served application: addresses for machines, the screen behind them, and the layers that every request passes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Any, Protocol

from a2wsgi import WSGIMiddleware
from starlette.exceptions import HTTPException
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Router
from starlette.types import ASGIApp

from access.notices import Notices
from access.recurring import RecurringReports
from access.subscriptions import Subscriptions
from api.answers import Problem, problem_answer
from api.camera_tasks import CameraTasks
from api.compressed import CompressedOnce
from api.control.making import Controls
from api.csp import security_headers
from api.files import Files
from api.guard import Guard
from api.house import House
from api.limits import Limits, TooMany
from api.live import Hub
from api.notifier import Notifier
from api.reports.desk import Reports, base_map
from api.reports.recurring import Maker
from api.routes import routes
from api.snapshots import Snapshots
from api.static import StaticCache
from events.errors import StoreUnavailable

SCREEN_THREADS = 8
DAY = timedelta(days=1)
NIGHT_UTC = time(2, 10)
OFTEN_S = 5.0

log = logging.getLogger(__name__)


class Rhythm(Protocol):
    """What polls: `datasources.schedule.Schedule` in service."""

    def start(self) -> None:
        """Start polling."""

    def stop(self, timeout: float = ...) -> object:
        """Finish the batches on their way and stop."""


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What the application is made of; `screen` is Dash's WSGI server, `close` gives back what was opened."""

    house: House
    files: Files
    hub: Hub
    snapshots: Snapshots
    rhythm: Rhythm
    screen: Callable[..., Any]
    script_hashes: tuple[str, ...]
    tiles_url: str | None = None
    page_files: tuple[str, ...] = ()  # what every page asks for: compressed before anyone does
    limits: Limits = field(default_factory=Limits)
    is_https_only: bool = False
    daily: Sequence[Callable[[], object]] = ()  # at the start and every night after, in this order
    close: Callable[[], None] = lambda: None


def application(parts: Parts) -> Guard:
    """Return the application; polling begins when it starts to serve and ends with it."""
    reports = Reports(parts.house, base_map(parts.house, parts.files))

    @asynccontextmanager
    async def lifespan(_: object) -> AsyncIterator[None]:
        await parts.hub.start()
        await asyncio.to_thread(parts.rhythm.start)
        works = (
            _every(lambda: until_night(parts.house.clock()).total_seconds(), *parts.daily),
            _every(lambda: OFTEN_S, _often(parts.house)),
            static.warm(parts.page_files),
            _make_reports(Maker(reports, RecurringReports(parts.house.database, parts.house.clear, parts.house.clock))),
        )
        beside = [asyncio.create_task(work) for work in works]
        try:
            yield
        finally:
            for task in beside:
                task.cancel()
            reports.close()
            await asyncio.to_thread(parts.rhythm.stop)
            await parts.hub.stop()
            await asyncio.to_thread(parts.close)

    screen: ASGIApp = WSGIMiddleware(parts.screen, workers=SCREEN_THREADS)  # type: ignore[assignment] # its own names
    router = Router(
        routes=[
            *routes(parts.house, parts.files, parts.snapshots, parts.hub, reports),
            Mount("/", CompressedOnce(screen)),
        ],
        lifespan=lifespan,
    )
    # Not the whole Starlette application: its outermost layer answers and logs failures with their own words.
    inner = ExceptionMiddleware(router, handlers={Problem: _answer_problem, HTTPException: _answer_http})
    static = StaticCache(inner)
    headers = security_headers(parts.script_hashes, parts.tiles_url)
    return Guard(
        static, parts.house.who, headers, parts.hub.end_streams,
        limits=parts.limits, is_https_only=parts.is_https_only, **_noting(parts.house), has_open_data=parts.house.said.open_data,
    )  # fmt: skip


def _noting(house: House) -> dict[str, Any]:
    return {} if house.access is None else {"refused": house.access.noted.refused}


def _often(house: House) -> Callable[[], object]:
    controls = Controls(house.database, house.city, house.sources, house.clock)
    asking = CameraTasks(house)
    works: list[Callable[[], object]] = [
        lambda: controls.tick(is_leading=house.role() == "polling"),
        lambda: asking.tick(is_leading=house.role() == "polling"),
    ]
    if house.desk is not None:
        works.append(house.desk.moderation.tick)
    if house.access is not None:
        kept = Subscriptions(house.database, house.clock), Notices(house.database, house.clock)
        works.append(Notifier(house, *kept, house.mail).tick)
    return lambda: [work() for work in works]


def until_night(now: datetime) -> timedelta:
    """Return how long it is to the next NIGHT_UTC: no hour of UTC is missing or comes twice."""
    tonight = datetime.combine(now.astimezone(UTC).date(), NIGHT_UTC, UTC)
    return tonight - now if tonight > now else tonight + DAY - now


async def _every(wait_s: Callable[[], float], *works: Callable[[], object]) -> None:
    """Do works of the store now and again and again; what meets a database that is away waits for the next turn."""
    while True:
        for work in works:
            try:
                await asyncio.to_thread(work)
            except StoreUnavailable as error:
                log.warning("a work of the store waits %.0f s for its next turn: %s", wait_s(), error)
        await asyncio.sleep(wait_s())


async def _make_reports(maker: Maker) -> None:
    """Make the reports that are due, one after the other, and look again after a while."""
    while True:
        try:
            while await maker.tick():
                pass
        except StoreUnavailable as error:
            log.warning("recurring reports wait %.0f s for the store: %s", OFTEN_S, error)
        await asyncio.sleep(OFTEN_S)


async def _answer_problem(_: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    if isinstance(error, TooMany):
        raise error  # the guard says when to ask again, and closes what it did not read
    return problem_answer(error)


async def _answer_http(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return problem_answer(Problem(error.status_code, error.detail), error.headers)
