"""Tasks of the owners of cameras: shown to them and to whoever controls, answered once, in the audit, told to their mailbox."""

from __future__ import annotations

import smtplib
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from api.camera_tasks import ACTION, LOOK_EVERY, PATH, CameraTasks
from api.mail import Mail
from datasources.contract import Reading
from events.audience import listed
from store.camera_tasks import tasks
from tests.api.test_camera_register import camera
from tests.api.town import Town, Who, displays, open_town

FORM = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
PAGE = {"Accept": "text/html"}


@pytest.fixture
def town(served, files) -> Town:
    return open_town(served, files)


def ask_owners(town: Town, *, house: Any = None) -> CameraTasks:
    """Let two cameras need an answer, one of the prefecture and one of the roads, and look."""
    today = town.house.clock().astimezone(town.house.zone).date()
    over, soon = today - timedelta(days=3), today + timedelta(days=20)
    town.served.admit(
        reading=Reading(
            cameras=(
                camera("finie", authorised_until=over), camera("bientot", authorised_until=soon, organisation="voirie"),
                camera("longue", authorised_until=today + timedelta(days=400)),
            )
        )
    )  # fmt: skip
    looking = CameraTasks(house or town.house)
    assert looking.tick() == 2
    return looking


def person(town: Town, name: str) -> Who:
    return next(one for one in town.people if one.name == name)


def number_of(town: Town, owner: str) -> int:
    return next(one.id for one in tasks(town.house.database) if one.organisation_id == owner)


def answer(town: Town, who: Who, number: int, finding: str = "Dossier+déposé", said: str = "renewal-asked") -> Any:
    return town.ask(who, PATH, "POST", content=f"id={number}&answer={said}&finding={finding}", headers=FORM)


def test_an_owner_is_asked_before_and_after_the_end_of_an_authorisation(town: Town) -> None:
    ask_owners(town)
    page = town.ask(person(town, "prefecture-contributor-1"), "/cameras", headers=PAGE).text
    assert "Place finie : l’autorisation est expirée depuis le" in page
    assert "bientot : l’autorisation" not in page, "of another organisation"
    other = town.ask(person(town, "voirie-contributor-1"), "/cameras", headers=PAGE).text
    assert "Place bientot : l’autorisation prend fin le" in other
    for controls in ("prefecture-supervisor-1", "prefecture-administrator-1"):
        whole = town.ask(person(town, controls), "/cameras", headers=PAGE).text
        assert ("Place finie : l’" in whole, "Place bientot : l’" in whole) == (True, True), controls


def test_only_the_leader_looks_and_not_at_every_turn(town: Town) -> None:
    looking = ask_owners(town)
    assert CameraTasks(town.house).tick(is_leading=False) == 0
    today = town.house.clock().astimezone(town.house.zone).date()
    town.served.admit(reading=Reading(cameras=(camera("autre", authorised_until=today),)))
    assert looking.tick() == 0, "not again within a minute"
    later = replace(town.house, clock=lambda: town.served.house.clock() + 2 * LOOK_EVERY)
    object.__setattr__(looking, "house", later)
    assert looking.tick() >= 1


def test_an_owner_answers_once_and_the_audit_has_it(town: Town) -> None:
    ask_owners(town)
    who, number = person(town, "prefecture-contributor-1"), number_of(town, "prefecture")
    done = answer(town, who, number)
    assert (done.status_code, done.headers["location"]) == (303, "/cameras?fait=reponse#taches")
    page = town.ask(who, "/cameras?fait=reponse", headers=PAGE).text
    assert ("Renouvellement demandé" in page, "Dossier déposé" in page, "Réponse gardée" in page) == (True, True, True)
    assert answer(town, who, number).status_code == 400
    actions = [(row.who, row.action, row.object_id) for row in town.access.audit.rows() if row.action == ACTION]
    assert actions == [(who.name, ACTION, str(number))]


@pytest.mark.parametrize(
    ("finding", "said"), [("Karim+Benali+a+promis", "renewal-asked"), ("", "renewal-asked"), ("vu", "perhaps"), ("x" * 1001, "switched-off")]
)  # fmt: skip
def test_what_names_somebody_or_says_nothing_is_not_kept(town: Town, finding: str, said: str) -> None:
    ask_owners(town)
    refused = answer(town, person(town, "prefecture-contributor-1"), number_of(town, "prefecture"), finding, said)
    assert (refused.status_code, "Benali" in refused.text, "Réponse non gardée" in refused.text) == (400, False, True)
    assert [one.answer for one in tasks(town.house.database)] == [None, None]


def test_nobody_else_answers_and_the_attempt_is_in_the_audit(town: Town) -> None:
    ask_owners(town)
    number = number_of(town, "prefecture")
    for name in ("voirie-contributor-1", "voirie-manager-1", "prefecture-reader-1"):
        assert answer(town, person(town, name), number).status_code == 403, name
    for display in displays(town.access):
        assert answer(town, display, number).status_code == 403, display.name
    assert [one.answer for one in tasks(town.house.database)] == [None, None]
    refused = {(row.who, row.action) for row in town.access.audit.rows() if row.outcome == "refused"}
    assert {("voirie-contributor-1", ACTION), ("prefecture-reader-1", "right.use")} <= refused


def test_an_account_says_how_many_tasks_wait_for_it(town: Town) -> None:
    ask_owners(town)
    who = person(town, "prefecture-contributor-1")
    assert "Registre des caméras (1 tâche)" in town.ask(who, "/compte", headers=PAGE).text
    assert "tâche" not in town.ask(person(town, "prefecture-reader-1"), "/compte", headers=PAGE).text
    answer(town, who, number_of(town, "prefecture"))
    assert "tâche" not in town.ask(who, "/compte", headers=PAGE).text


def test_a_task_of_a_camera_that_one_may_not_see_is_neither_shown_nor_answered(town: Town) -> None:
    today = town.house.clock().astimezone(town.house.zone).date()
    hidden = camera("cachee", authorised_until=today, audience=listed(["voirie"]), organisation="prefecture")
    town.served.admit(reading=Reading(cameras=(hidden,)))
    CameraTasks(town.house).tick()
    administrator, number = person(town, "prefecture-administrator-1"), number_of(town, "prefecture")
    assert "cachee" not in town.ask(administrator, "/cameras", headers=PAGE).text
    assert "tâche" not in town.ask(administrator, "/compte", headers=PAGE).text
    assert answer(town, administrator, number).status_code == 400


def test_a_visitor_reads_no_task(town: Town) -> None:
    ask_owners(town)
    from api.camera_register import CameraRegister
    from events.audience import ANONYMOUS

    assert b"camera.task" not in (page := CameraRegister(town.house).drawn(ANONYMOUS, "fr", ""))
    assert "expirée depuis le" not in page.decode()
    assert 'id="taches"' not in page.decode()


def test_each_owner_with_a_mailbox_gets_one_message_that_names_no_camera(town: Town, monkeypatch: Any) -> None:
    sent: list[tuple[str, str, str]] = []
    monkeypatch.setattr(Mail, "send", lambda _, *told: sent.append(told))
    mail = Mail(
        server="smtp://127.0.0.1",
        sender="o@e.example",
        mailboxes={"prefecture": "p@e.example"},
        address="https://o.example",
    )
    ask_owners(town, house=replace(town.house, mail=mail))
    ((to, subject, text),) = sent
    assert (to, "Place" in text, "https://o.example/cameras" in text) == ("p@e.example", False, True)
    assert (subject, text.startswith("1 ")) == ("Autorisations de caméras à renouveler", True)


def test_a_mail_server_that_is_away_leaves_the_task(town: Town, monkeypatch: Any, caplog: Any) -> None:
    def fail(*_: object) -> None:
        raise smtplib.SMTPServerDisconnected

    monkeypatch.setattr(Mail, "send", fail)
    mail = Mail(server="smtp://127.0.0.1", sender="o@e.example", mailboxes={"voirie": "v@e.example"})
    ask_owners(town, house=replace(town.house, mail=mail))
    assert "voirie was not told of 1 tasks" in caplog.text
    assert len(tasks(town.house.database)) == 2
