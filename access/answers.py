"""What a save can end as, beside success: each is told to the person in their language by the panel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from access.drafts import Draft, Problem
from access.merging import Clash
from events.errors import AppError, InvalidRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """What was kept: `state` is published, proposed, accepted or refused; `awaits_alert`: critical once a second post confirms."""

    event_id: str
    number: int
    version: int
    state: str
    awaits_alert: bool = False


class Unpublishable(InvalidRecord):
    """The draft has problems; nothing was kept."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("the contribution cannot be published: " + ", ".join(sorted({one.name for one in problems})))
        self.problems = tuple(problems)


class Clashing(AppError):
    """Somebody saved the same fields meanwhile; nothing was kept. `merged` holds both changes where they do not meet."""

    def __init__(self, version: int, merged: Draft, clashes: Mapping[str, Clash]) -> None:
        super().__init__(
            f"version {version} was saved meanwhile and changes the same fields: {', '.join(sorted(clashes))}"
        )
        self.version, self.merged, self.clashes = version, merged, clashes


class Outdated(AppError):
    """The event is not at the version that was edited."""

    def __init__(self, version: int) -> None:
        super().__init__(f"the event is at version {version} by now; nothing was kept: look at it again")
        self.version = version


class TooOften(AppError):
    """An organisation saves faster than people do."""

    def __init__(self, most: int) -> None:
        super().__init__(
            f"more than {most} contributions a minute for one organisation; nothing was kept: wait a minute"
        )
