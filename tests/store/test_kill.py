"""Ten kills while polling (KILLS=100 for a soak): what was acknowledged is there, whole, and the chain holds."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import func, select

from events.audience import Viewer
from store import readers
from store.chain import verify
from store.database import connect
from store.kept import EventQuery
from store.maintenance import integrity
from store.schema import check
from store.tables import event, poll_run, reject
from tests.soak import note, scaled

ROOT = Path(__file__).resolve().parents[2]
KILLS = scaled("KILLS", 10)
SPREAD_S = 0.017 if KILLS <= 10 else 0.083  # a life holds a few batches, or a score of them


def run_and_kill(url: str, first: int, after_s: float) -> list[int]:
    """Start the program, kill it -9 some moments after its first batch; return the numbers it acknowledged."""
    program = [sys.executable, str(Path(__file__).with_name("kill_target.py")), url, str(first)]
    with subprocess.Popen(program, stdout=subprocess.PIPE, cwd=ROOT, env={"PYTHONPATH": str(ROOT)}, text=True) as child:
        assert child.stdout is not None
        told = [child.stdout.readline()]
        time.sleep(after_s)
        child.kill()
        told += child.stdout.readlines()
    return [int(line) for line in told if line.endswith("\n")]


@pytest.mark.timeout(120 + 5 * KILLS)
def test_ten_kills_lose_nothing_acknowledged_and_leave_no_half_record(store_url):
    acknowledged: list[int] = []
    for kill in range(KILLS):
        acknowledged += run_and_kill(store_url, 1 + 1000 * kill, 0.03 + SPREAD_S * (kill % 10))
    database = connect(store_url)
    opened_at = time.monotonic()
    check(database)
    opened_s = time.monotonic() - opened_at
    assert opened_s < 5
    assert len(acknowledged) >= KILLS
    assert (verify(database).breaks, integrity(database)) == ((), ())
    page = readers.events(database, viewer=Viewer(sees_restricted=True), query=EventQuery(limit=10_000))
    kept = {str(one.event.external_id) for one in page.events}
    lost = {f"mark-{number}" for number in acknowledged} - kept
    assert lost == set()
    assert len({one.event.severity for one in page.events if one.event.external_id.startswith("e")}) == 1
    with database.read() as connection:
        runs = connection.execute(select(func.count()).select_from(poll_run)).scalar_one()
        marks = select(func.count()).where(event.c.external_id.like("mark-%"))
        assert runs == connection.execute(marks).scalar_one() == _count(connection, reject)
    numbers = _all_numbers(database)
    assert numbers == list(range(1, len(numbers) + 1))
    kind = "SQLite" if database.is_sqlite else "PostgreSQL"
    database.close()
    told = f"{len(acknowledged):,} batches acknowledged, {len(numbers):,} numbered changes, every chain holds"
    note(
        f"{kind}, {KILLS} × kill -9 under write load: acknowledged batches lost",
        len(lost),
        "",
        most=0,
        n=KILLS,
        said=told,
    )
    note(f"{kind}, after the last kill: opened and written", opened_s * 1000, "ms", most=5000)


def _count(connection, table):
    return connection.execute(select(func.count()).select_from(table)).scalar_one()


def _all_numbers(database):
    numbers: list[int] = []
    for _ in range(1000):
        page = readers.raw_changes(database, since=numbers[-1] if numbers else 0, limit=5000)
        if not page:
            break
        numbers += [one.seq for one in page]
    return numbers
