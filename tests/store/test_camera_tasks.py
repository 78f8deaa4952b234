"""What owners are asked: opened before an authorisation ends, and after; closed by the register itself, once."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from events.errors import InvalidRecord
from events.vocabulary import CameraService
from store import readers
from store.admitted import Cleared
from store.camera_tables import camera_task
from store.camera_tasks import ANSWER_WITHIN, answer, settle, tasks
from store.retention import KINDS, Limits, purge

PARIS = ZoneInfo("Europe/Paris")
NOTICE = timedelta(days=60)


def look(town: Any) -> int:
    kept = readers.cameras(town.database, viewer=town.all_seeing)
    return len(settle(town.database, kept, town.now, PARIS, NOTICE))


def today(town: Any) -> date:
    return town.now.astimezone(PARIS).date()


def closed(town: Any) -> list[tuple[str, str | None]]:
    with town.database.read() as connection:
        rows = connection.execute(select(camera_task).where(camera_task.c.closed_at.is_not(None)))
        return [(str(row.camera_id).partition(":")[2], row.closed_for) for row in rows]


def test_a_task_opens_sixty_days_before_the_end_and_for_what_is_over(town: Any) -> None:
    day = today(town)
    untils = {"far": 61, "near": 60, "last": 0, "over": -1}
    cameras = [town.camera(name, authorised_until=day + timedelta(days=days)) for name, days in untils.items()]
    town.poll(cameras=(*cameras, town.camera("unknown")))
    assert look(town) == 3
    found = {one.camera_id.partition(":")[2]: one for one in tasks(town.database)}
    assert set(found) == {"near", "last", "over"}
    assert {one.organisation_id for one in found.values()} == {"town"}
    assert found["near"].due_at.astimezone(PARIS).date() == day + timedelta(days=61), "the end of its last day"
    assert found["last"].due_at > town.now
    assert found["over"].due_at == town.now + ANSWER_WITHIN
    assert look(town) == 0, "asked once"
    assert len(tasks(town.database)) == 3


def test_the_register_closes_a_task_when_it_renews_withdraws_or_puts_out_of_service(town: Any) -> None:
    day = today(town)
    names = ("renewed", "gone", "off", "stays")
    town.poll(cameras=tuple(town.camera(name, authorised_until=day - timedelta(days=1)) for name in names))
    look(town)
    later = (
        town.camera("renewed", authorised_until=day + timedelta(days=900)),
        town.camera("off", authorised_until=day - timedelta(days=1), service=CameraService.OUT_OF_SERVICE),
        town.camera("stays", authorised_until=day - timedelta(days=1)),
    )
    for _ in range(2):
        town.listed(cameras=later)
    look(town)
    assert sorted(closed(town)) == [("gone", "withdrawn"), ("off", "out-of-service"), ("renewed", "renewed")]
    assert [one.camera_id.partition(":")[2] for one in tasks(town.database)] == ["stays"]


def test_an_authorisation_that_is_moved_a_little_closes_its_task_and_opens_the_next(town: Any) -> None:
    day = today(town)
    town.poll(cameras=(town.camera("a", authorised_until=day),))
    look(town)
    town.poll(cameras=(town.camera("a", authorised_until=day + timedelta(days=5)),))
    assert look(town) == 1
    assert closed(town) == [("a", "renewed")]
    assert [one.until for one in tasks(town.database)] == [day + timedelta(days=5)]


def test_an_answer_is_kept_once_and_leaves_the_task_until_the_register_says_so(town: Any) -> None:
    town.poll(cameras=(town.camera("a", authorised_until=today(town)),))
    look(town)
    (one,) = tasks(town.database)
    said = {"answer": "renewal-asked", "finding": Cleared("Dossier déposé")}
    with town.database.write() as connection:
        answer(connection, one.id, said, "town-1", town.now)
    (kept,) = tasks(town.database)
    assert (kept.answer, kept.finding, kept.answered_by) == ("renewal-asked", "Dossier déposé", "town-1")
    for number, told in ((one.id, said), (99, said), (one.id, {**said, "answer": "maybe"})):
        with pytest.raises(InvalidRecord), town.database.write() as connection:
            answer(connection, number, told, "town-2", town.now)
    assert look(town) == 0, "an answered task is not asked again"


def test_words_that_passed_no_gate_are_not_kept(town: Any) -> None:
    town.poll(cameras=(town.camera("a", authorised_until=today(town)),))
    look(town)
    with pytest.raises(InvalidRecord, match=r"camera_task\.finding"), town.database.write() as connection:
        answer(connection, 1, {"answer": "renewal-asked", "finding": "Jeanne Martin"}, "town-1", town.now)


def test_tasks_go_after_five_years(town: Any) -> None:
    town.poll(cameras=(town.camera("a", authorised_until=today(town)),))
    look(town)
    limits = Limits(kinds=dict.fromkeys(KINDS, timedelta(days=9000)))
    assert "camera_task" not in {one.kind for one in purge(town.database, limits, town.now + timedelta(days=1800))}
    assert "camera_task" in {one.kind for one in purge(town.database, limits, town.now + timedelta(days=1830))}
