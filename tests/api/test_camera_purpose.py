"""Cameras beside a selected demonstration: a right, a typed purpose, and a line of the audit, or nothing at all."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import func, select

from access.roles import Right, Role
from api.camera_purpose import ACTION, PATH
from store.camera_tables import camera_purpose
from tests.api.town import JSON, Town, Who, marks_in, open_town

WHY = "Vérifier que le parcours des secours reste libre"


@pytest.fixture
def town(served, files) -> Town:
    return open_town(served, files)


def post_of(town: Town, role: str) -> Who:
    return next(one for one in town.people if one.name == f"prefecture-{role}-1")


def ask(town: Town, who: Who, event: str, purpose: object = WHY) -> Any:
    return town.ask(who, PATH, "POST", content=json.dumps({"event": event, "purpose": purpose}), headers=JSON)


def noted(town: Town, outcome: str) -> list[tuple[str, str, str | None]]:
    lines = [one for one in town.access.audit.rows() if one.outcome == outcome]
    return [(one.who, one.action, one.object_id) for one in lines if one.action in (ACTION, "right.use")]


def kept(town: Town) -> int:
    with town.house.database.read() as connection:
        return int(connection.execute(select(func.count()).select_from(camera_purpose)).scalar_one())


def test_a_supervisor_with_a_purpose_sees_the_cameras_and_the_audit_tells_of_which_event(town: Town) -> None:
    who, event = post_of(town, "supervisor"), town.ids["public"]
    answer = ask(town, who, event)
    assert (answer.status_code, marks_in(answer.text)) == (200, who.sees)
    assert noted(town, "done") == [(who.name, ACTION, event)]
    with town.house.database.read() as connection:
        row = connection.execute(select(camera_purpose)).one()
    assert (row.who, row.event_id, str(row.purpose)) == (who.name, event, WHY)
    assert WHY not in repr(town.access.audit.rows()), "the audit holds codes only"


@pytest.mark.parametrize(
    "role", [role.value for role in (Role.READER, Role.MANAGER, Role.CONTRIBUTOR, Role.ADMINISTRATOR)]
)
def test_another_role_sees_none_and_the_attempt_is_in_the_audit(town: Town, role: str) -> None:
    who = post_of(town, role)
    answer = ask(town, who, town.ids["public"])
    assert (answer.status_code, marks_in(answer.text)) == (403, frozenset())
    assert noted(town, "refused") == [(who.name, "right.use", Right.CAMERA_PURPOSE.value)]
    assert kept(town) == 0


@pytest.mark.parametrize(
    ("purpose", "why"),
    [("", "cam.purpose.short"), ("   voir    ", "cam.purpose.short"), ("x y " * 60, "cam.purpose.long"),
     ("Suivre Karim Benali dans le cortège", "cam.purpose.gate")],
)  # fmt: skip
def test_without_a_purpose_that_passes_the_gate_nothing_is_shown_nor_kept(town: Town, purpose: str, why: str) -> None:
    answer = ask(town, post_of(town, "supervisor"), town.ids["public"], purpose)
    assert (answer.status_code, answer.json()) == (422, {"error": why})
    assert (kept(town), noted(town, "done")) == (0, [])


def test_what_is_no_demonstration_or_no_question_is_refused(town: Town) -> None:
    who = post_of(town, "supervisor")
    assert ask(town, who, town.known["works-public"]).status_code == 400
    assert ask(town, who, "0190b5a0-0000-7000-8000-000000000000").status_code == 404
    assert ask(town, who, town.ids["public"], 12).status_code == 400
    assert town.ask(who, PATH, "POST", content="{", headers=JSON).status_code == 400
    elsewhere = {**JSON, "Sec-Fetch-Site": "cross-site"}
    body = json.dumps({"event": town.ids["public"], "purpose": WHY})
    assert town.ask(who, PATH, "POST", content=body, headers=elsewhere).status_code == 403
    assert kept(town) == 0
