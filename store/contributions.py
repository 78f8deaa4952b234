"""What is kept beside the events that people contribute; every function works inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, or_, select, update

from store.contribution_tables import contribution
from store.tables import event, poll_run

PUBLISHED, PROPOSED, ACCEPTED, REFUSED = "published", "proposed", "accepted", "refused"
SUFFIX = "-contributions"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptContribution:
    """A contribution beside its event: `v` is the event's present version, `audience` the key of what it is to have."""

    external_id: str
    event_id: str
    v: int
    withdrawn_at: datetime | None
    organisation_id: str
    account_id: str
    saved_at: datetime
    state: str
    owner_id: str | None
    answer: str | None
    audience: str
    embargo_until: datetime | None
    check_at: datetime | None
    alert_by: str | None
    alert_confirmed_by: str | None
    editor_id: str | None
    editor_since: datetime | None
    editor_until: datetime | None
    waiter_id: str | None
    waiter_until: datetime | None
    follows: str | None


def source_of(organisation_id: str) -> str:
    """Return the source that an organisation's contributions are."""
    return f"{organisation_id}{SUFFIX}"


def get(connection: Connection, external_id: str) -> KeptContribution | None:
    """Return a contribution with its event, None when its event was never kept."""
    return next(iter(_read(connection, contribution.c.external_id == external_id)), None)


def of_event(connection: Connection, event_id: str) -> KeptContribution | None:
    """Return the contribution that an event is, None when a feed told it."""
    return next(iter(_read(connection, event.c.id == event_id)), None)


def following(connection: Connection, external_id: str) -> Sequence[KeptContribution]:
    """Return the closures that follow a march, those taken back included."""
    return _read(connection, contribution.c.follows == external_id)


def due(connection: Connection, now: datetime) -> Sequence[KeptContribution]:
    """Return those whose embargo or whose time to check has come."""
    return _read(connection, or_(contribution.c.embargo_until <= now, contribution.c.check_at <= now))


def proposals(connection: Connection, owner_id: str | None) -> Sequence[KeptContribution]:
    """Return the proposals that wait for an answer of an organisation (None: of any)."""
    waits = contribution.c.state == PROPOSED
    return _read(connection, waits if owner_id is None else waits & (contribution.c.owner_id == owner_id))


def put(connection: Connection, external_id: str, values: Mapping[str, Any]) -> None:
    """Keep a contribution, or change what is named of it."""
    which = contribution.c.external_id == external_id
    if connection.execute(update(contribution).where(which).values(**values)).rowcount == 0:
        connection.execute(insert(contribution).values(external_id=external_id, **values))


def saved_since(connection: Connection, organisation_id: str, moment: datetime) -> int:
    """Return how often an organisation saved since a moment, in all processes."""
    counted = select(func.count()).where(
        poll_run.c.source_id == source_of(organisation_id), poll_run.c.started_at > moment
    )
    return int(connection.execute(counted).scalar_one())


def _read(connection: Connection, condition: Any) -> Sequence[KeptContribution]:
    names = [name for name in KeptContribution.__dataclass_fields__ if name not in ("event_id", "v", "withdrawn_at")]
    columns = [contribution.c[name] for name in names]
    mine = (event.c.external_id == contribution.c.external_id) & (
        event.c.source_id == contribution.c.organisation_id.concat(SUFFIX)
    )
    question = select(*columns, event.c.id.label("event_id"), event.c.v, event.c.withdrawn_at).select_from(
        contribution.join(event, mine)
    )
    rows = connection.execute(question.where(condition).order_by(contribution.c.saved_at)).mappings()
    return [KeptContribution(**row) for row in rows]
