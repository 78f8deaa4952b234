"""The process that polls carries out what people ordered, whichever process kept the order."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace

from api.elected import ObedientSchedule
from store import readers
from store.database import connect
from store.orders import Order, What, order
from store.schema import migrate


class Heard:
    heartbeat_at = None

    def __init__(self) -> None:
        self.done: list[object] = []

    def start(self) -> None:
        self.done.append("start")

    def pause(self, source_id: str) -> None:
        self.done.append(("pause", source_id))

    def resume(self, source_id: str) -> None:
        self.done.append(("resume", source_id))

    def poll_now(self, source_id: str, *, is_afresh: bool) -> None:
        self.done.append(("poll", source_id, is_afresh))


def test_orders_are_carried_out_once_and_in_order(tmp_path) -> None:
    database = connect(f"sqlite:///{tmp_path / 'city.sqlite'}")
    migrate(database)

    def give(what: What, source_id: str = "a") -> None:
        order(database, Order(source_id=source_id, what=what, ordered_at=datetime.now(UTC), authority="city"))

    give(What.PAUSE)
    heard = Heard()
    adapters = [SimpleNamespace(source=SimpleNamespace(id=name)) for name in ("a", "b")]
    schedule = ObedientSchedule(heard, database, adapters, readers.last_order(database))
    schedule.obey()
    assert heard.done == []
    for what, source_id in ((What.RESUME, "a"), (What.PAUSE, "gone"), (What.NOTE, "a"), (What.RELAUNCH, "b")):
        give(what, source_id)
    schedule.obey()
    schedule.obey()
    assert heard.done == [("resume", "a"), ("poll", "b", True)]
    database.close()
