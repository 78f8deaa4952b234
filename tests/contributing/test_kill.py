"""Ten kills while posts contribute (KILLS=100 for a soak): each acknowledged save is there, whole, in the audit; the chains hold."""

from __future__ import annotations

import multiprocessing
import time
from collections import Counter

import pytest
from sqlalchemy import func, select

from access.audit import DONE
from store import readers
from store.chain import verify
from store.contribution_tables import contribution
from store.maintenance import integrity
from store.schema import check
from store.tables import audit, event, event_version, poll_run
from tests.contributing.conftest import Clock, Desk, open_desk
from tests.contributing.kill_target import Told, live
from tests.soak import note, scaled

KILLS = scaled("KILLS", 10)


def run_and_kill(url: str, life: int, after_s: float) -> list[Told]:
    """Let a house live, kill it -9 some moments after its first save; return what it acknowledged."""
    lives = multiprocessing.get_context("forkserver")
    lives.set_forkserver_preload(["tests.contributing.kill_target"])
    hear, tell = lives.Pipe(duplex=False)
    house = lives.Process(target=live, args=(url, life, tell))
    house.start()
    tell.close()
    told: list[Told] = []
    try:
        told.append(hear.recv())
        time.sleep(after_s)
    finally:
        house.kill()
        house.join(10)
    try:
        while True:
            told.append(hear.recv())
    except (EOFError, OSError):  # the last word may be cut
        hear.close()
    return told


@pytest.mark.timeout(120 + 5 * KILLS)
def test_ten_kills_lose_no_acknowledged_contribution_and_every_chain_holds(store_url: str) -> None:
    told: list[Told] = []
    for life in range(KILLS):
        told += run_and_kill(store_url, life, 0.02 + 0.03 * (life % 10))
    opened_at = time.monotonic()
    with open_desk(store_url, Clock()) as desk:
        check(desk.database)
        opened_s = time.monotonic() - opened_at
        assert opened_s < 5
        assert len(told) >= 2 * KILLS
        lost = [one for one in told if not is_kept(desk, one)]
        assert lost == []
        versions = check_whole(desk)
        kind = "SQLite" if desk.database.is_sqlite else "PostgreSQL"
    said = f"{len(told):,} saves acknowledged, {versions:,} versions, every chain and the audit hold"
    what = f"{kind}, {KILLS} × kill -9 while four posts contribute: acknowledged saves lost"
    note(what, len(lost), "", most=0, n=KILLS, said=said)


def is_kept(desk: Desk, told: Told) -> bool:
    """Tell whether an acknowledged save is kept as it was told: its version with its headline."""
    event_id, version, _, headline = told
    kept = readers.versions(desk.database, event_id, viewer=desk.contributions.sees(desk.post("city")))
    return any(one.version == version and one.event.headline == headline for one in kept)


def check_whole(desk: Desk) -> int:
    """Assert that no save is half there: its event, the row beside it, its run and its line of the audit; return the versions."""
    assert (verify(desk.database).breaks, integrity(desk.database)) == ((), ())
    assert desk.access.audit.verify().broken_at is None
    with desk.database.read() as connection:
        events = connection.execute(select(event.c.external_id, event.c.v)).all()
        beside = set(connection.execute(select(contribution.c.external_id)).scalars())
        runs = connection.execute(select(func.count()).select_from(poll_run)).scalar_one()
        versions = connection.execute(select(func.count()).select_from(event_version)).scalar_one()
        lines = connection.execute(
            select(audit.c.object_id).where(audit.c.action.startswith("contribution."), audit.c.outcome == DONE)
        ).scalars()
        saved = Counter(lines)
    assert beside == {row.external_id for row in events}
    assert versions == sum(row.v for row in events)
    assert runs == saved.total()
    assert set(saved) == beside
    assert all(saved[row.external_id] >= row.v for row in events)
    return int(versions)
