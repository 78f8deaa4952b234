"""What owners are asked of their cameras: opened before an authorisation ends and after, told to their mailbox, answered on `/cameras`."""

from __future__ import annotations

import logging
import smtplib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from access.house import Access
from access.members import Member
from access.roles import Right
from api.camera_fields import today_of
from api.control.pages import day
from api.house import House
from components.texts import Words, words
from events.audience import Viewer
from events.errors import InvalidRecord
from store import camera_tasks, readers
from store.camera_tasks import ANSWERS, CameraTask
from store.kept import KeptCamera

PATH, ACTION = "/cameras/tache", "camera.answer"
MOST = 1000
LOOK_EVERY = timedelta(minutes=1)
_ALL = Viewer(sees_restricted=True)

log = logging.getLogger(__name__)


@dataclass
class CameraTasks:
    """Looks at the register again and again; the process that polls does it for all."""

    house: House
    _look_at: datetime | None = field(default=None, repr=False)

    def tick(self, *, is_leading: bool = True) -> int:
        """Open and close tasks as the register asks, at most once in LOOK_EVERY; return how many were opened. Raises StoreUnavailable."""
        now = self.house.clock()
        if not is_leading or (self._look_at is not None and now < self._look_at):
            return 0
        self._look_at = now + LOOK_EVERY
        kept = readers.cameras(self.house.database, viewer=_ALL)
        notice = timedelta(days=self.house.said.thresholds.camera_notice_days)
        new = camera_tasks.settle(self.house.database, kept, now, self.house.zone, notice)
        if new:
            log.info(
                "%d authorisations of cameras are over or end within %d days: their owners are asked",
                len(new),
                notice.days,
            )
            self._tell(new)
        return len(new)

    def _tell(self, new: Sequence[CameraTask]) -> None:
        """Send each owner that has a mailbox one message; it names no camera: a mailbox is outside."""
        mail, speak = self.house.mail, words("fr")
        counts = {
            one.organisation_id: sum(other.organisation_id == one.organisation_id for other in new) for one in new
        }
        for owner, count in counts.items():
            box = None if mail is None else mail.mailboxes.get(owner)
            if mail is None or box is None:
                continue
            try:
                mail.send(
                    box,
                    speak("camera.task.subject"),
                    f"{speak.count('camera.task.told', count)}\n{mail.address}/cameras",
                )
            except (OSError, smtplib.SMTPException) as error:
                log.warning(
                    "%s was not told of %d tasks by mail (%s); they stand on /cameras",
                    owner,
                    count,
                    type(error).__name__,
                )


def may_answer(member: Member, task: CameraTask) -> bool:
    """Tell whether somebody answers a task: the owner's own posts, and whoever controls."""
    return member.may(Right.CONTROL) or (member.may(Right.CAMERA_TASKS) and member.home == task.organisation_id)


def told(house: House, member: Member, kept: Sequence[KeptCamera], speak: Words) -> list[dict[str, Any]]:
    """Return the open tasks of the cameras `kept` that a member may answer, those due first, as the page draws them."""
    labels = {one.id: one.camera.label or str(one.camera.external_id) for one in kept}
    owners = {one.id: one.name_in(speak.lang) for one in house.said.organisation}
    open_now = [
        one for one in camera_tasks.tasks(house.database) if one.camera_id in labels and may_answer(member, one)
    ]
    return [
        _drawn(one, labels[one.camera_id], owners.get(one.organisation_id, one.organisation_id), house, speak)
        for one in open_now
    ]


def count_for(house: House, member: Member) -> int:
    """Return how many tasks wait for an answer that a member may give."""
    open_now = [one for one in camera_tasks.tasks(house.database) if one.answer is None and may_answer(member, one)]
    if not open_now:
        return 0
    seen = {one.id for one in readers.cameras(house.database, viewer=member, ids={one.camera_id for one in open_now})}
    return sum(one.camera_id in seen for one in open_now)


def _drawn(one: CameraTask, label: str, owner: str, house: House, speak: Words) -> dict[str, Any]:
    is_late, is_over = one.due_at < house.clock(), one.until < today_of(house)
    answered = one.answer and speak(
        "camera.task.answered", answer=speak(f"camera.task.{one.answer}"), date=day(one.answered_at or one.opened_at, house, speak),
        who=one.answered_by,
    )  # fmt: skip
    return {
        "id": one.id, "told": speak(f"camera.task.{'over' if is_over else 'ends'}", camera=label, date=one.until.isoformat()),
        "owner": owner, "is_late": is_late and not one.answer, "answer": answered or "", "finding": one.finding or "",
        "due": speak("control.overdue" if is_late else "control.due", date=day(one.due_at, house, speak)),
    }  # fmt: skip


def keep_answer(house: House, access: Access, member: Member, form: Mapping[str, str]) -> bool:
    """Keep the answer of a task and its line of the audit together; False for a task that is not theirs.

    Raises InvalidRecord for one that is not open, no such answer, or words that name somebody.
    """
    number = form.get("id", "")
    task = (
        camera_tasks.task(house.database, int(number))
        if number.isascii() and number.isdigit() and len(number) < 16
        else None
    )
    if task is None or not readers.cameras(house.database, viewer=member, ids=[task.camera_id]):
        raise InvalidRecord("this task is not open: it was answered, or the register closed it")
    if not may_answer(member, task):
        access.noted.refused(member, ACTION, number)
        return False
    words_of = form.get("finding", "")
    if not 0 < len(words_of) <= MOST:
        raise InvalidRecord(f"an answer has 1 to {MOST} characters")
    said = {"answer": form.get("answer", ""), "finding": house.clear(words_of)}
    with house.database.write(is_durable=True) as connection:
        camera_tasks.answer(connection, task.id, said, member.who, house.clock())
        access.audit.note_in(connection, member, ACTION, number)
    return True


def answers(speak: Words) -> list[tuple[str, str]]:
    """Return what an owner may answer, with its words."""
    return [(one, speak(f"camera.task.{one}")) for one in ANSWERS]
