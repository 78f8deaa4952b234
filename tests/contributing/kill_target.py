"""A house that is killed: four posts publish, change, close and take back at once, and tell each save that was acknowledged."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from itertools import count
from multiprocessing.connection import Connection

from access.members import Member
from tests.contributing.conftest import Clock, Desk, open_desk

POSTS = (("prefecture", 1), ("prefecture", 2), ("city", 1), ("city", 2))
Told = tuple[str, int, str, str]
"""Event, version, what was done, and the headline that the version has."""


def live(url: str, life: int, tell: Connection) -> None:
    """Open the desk and contribute until the end, which is a kill."""
    clock = Clock()
    clock.go(hours=life)
    turn, numbers = threading.Lock(), count()
    with open_desk(url, clock) as desk:

        def work(member: Member) -> None:
            while True:
                with turn:
                    clock.go(seconds=1)  # an organisation may save 120 times a minute
                    name = f"Rassemblement, point {life}-{next(numbers)}"
                for told in contribute(desk, member, name):
                    with turn:
                        tell.send(told)

        workers = [threading.Thread(target=work, args=(desk.post(home, number=n),)) for home, n in POSTS]
        for one in workers:
            one.start()
        for one in workers:
            one.join()


def contribute(desk: Desk, member: Member, name: str) -> list[Told]:
    """Publish an event, change it, then close it or take it back; return what was acknowledged."""
    door = desk.contributions
    draft = desk.draft(headline=name, start=desk.clock() - timedelta(hours=1))
    first = door.publish(member, draft)
    told = [(first.event_id, first.version, "contribution.publish", name)]
    changed = f"{name} bis"
    second = door.change(member, first.event_id, first.version, replace(draft, headline=changed))
    told.append((second.event_id, second.version, "contribution.change", changed))
    if int(name.rpartition("-")[2]) % 2:
        last = door.close(member, first.event_id, second.version, desk.clock())
        told.append((last.event_id, last.version, "contribution.change", changed))
    else:
        door.withdraw(member, first.event_id, second.version)
    return told
