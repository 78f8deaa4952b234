"""What each role may do. The one table of rights: pages, addresses and commands all ask it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Role(StrEnum):
    """A role of an account; `wall` is a display, `program` whoever holds a key."""

    READER = "reader"
    MANAGER = "manager"
    CONTRIBUTOR = "contributor"
    SUPERVISOR = "supervisor"
    ADMINISTRATOR = "administrator"
    WALL = "wall"
    PROGRAM = "program"


class Right(StrEnum):
    """Something that can be done beyond looking."""

    CONTRIBUTE = "contribute"  # create, edit and close events of one's own organisation
    EDIT_ANY = "edit-any"  # close, link and edit any event
    MODERATE = "moderate"  # answer proposals of other organisations, review pictures
    ALERT = "alert"  # confirm what another account proposed as critical
    EXPORT = "export"
    RUN_SOURCES = "run-sources"  # relaunch, pause, note
    KNOWN_AT = "known-at"  # ask what was known at a moment
    READ_AUDIT = "read-audit"
    CONTROL = "control"  # control of drift: make reports, answer what they flag
    DECIDE_CONFLICTS = "decide-conflicts"  # accept, mitigate, tell measures: contributors for their own organisation
    CONFLICT_RULES = "conflict-rules"  # change the table of rules that says what a conflict is
    CAMERA_PURPOSE = "camera-purpose"  # cameras beside a selected demonstration, with a purpose
    CAMERA_TASKS = "camera-tasks"  # answer what is asked of the cameras of one's own organisation
    ADMINISTER = "administer"  # organisations, accounts, keys, retention
    SAVE_VIEWS = "save-views"


RIGHTS: Mapping[Role, frozenset[Right]] = MappingProxyType(
    {
        Role.READER: frozenset({Right.EXPORT, Right.SAVE_VIEWS}),
        Role.MANAGER: frozenset(
            {Right.EXPORT, Right.SAVE_VIEWS, Right.DECIDE_CONFLICTS, Right.CONFLICT_RULES, Right.CAMERA_TASKS}
        ),
        Role.CONTRIBUTOR: frozenset(
            {
                Right.EXPORT,
                Right.SAVE_VIEWS,
                Right.CONTRIBUTE,
                Right.ALERT,
                Right.DECIDE_CONFLICTS,
                Right.CAMERA_TASKS,
            }
        ),
        Role.SUPERVISOR: frozenset(Right) - {Right.ADMINISTER},
        Role.ADMINISTRATOR: frozenset(
            {
                Right.EXPORT,
                Right.SAVE_VIEWS,
                Right.RUN_SOURCES,
                Right.READ_AUDIT,
                Right.CONTROL,
                Right.ADMINISTER,
                Right.CONFLICT_RULES,
                Right.CAMERA_TASKS,
            }
        ),
        Role.WALL: frozenset(),
        Role.PROGRAM: frozenset({Right.EXPORT}),
    }
)

OF_ACCOUNTS = (Role.READER, Role.MANAGER, Role.CONTRIBUTOR, Role.SUPERVISOR, Role.ADMINISTRATOR)
SEES_LISTED = frozenset({Role.MANAGER, Role.CONTRIBUTOR})  # what is listed for their own organisation
NEEDS_SECOND_FACTOR = frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR})
