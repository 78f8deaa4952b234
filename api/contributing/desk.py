"""The desk of one city: its contributions and what a second post or the clock does to them, who edits them, put together once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from access.house import Access
from api.contributing.contributions import Contributions
from api.contributing.editing import Editing
from api.contributing.moderation import Moderation
from api.contributing.stairs import Admitting, Fence, Stairs
from events.city import City
from store.database import Database


@dataclass(frozen=True, slots=True)
class Desk:
    """Where people's contributions come in."""

    contributions: Contributions
    moderation: Moderation
    editing: Editing


def open_desk(
    database: Database,
    city: City,
    access: Access,
    gate_for: Callable[[Fence], Admitting],
    clear: Callable[[str], str],
    clock: Callable[[], datetime],
    wake: Callable[[], None],
) -> Desk:
    """Return the desk; `gate_for` makes a gate that asks a fence in each transaction, `wake` is called after each save."""
    stairs = Stairs(database, city, access, gate_for, clock, wake)
    contributions = Contributions(database, city, access, stairs, clear, clock)
    moderation = Moderation(contributions, database, access, clear, clock)
    return Desk(contributions, moderation, Editing(contributions, database, access, clock))
