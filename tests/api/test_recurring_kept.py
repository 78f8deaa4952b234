"""Reports that come again, as they are kept: paused, deleted, given to their account alone, forgotten in time."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from access.members import account_member
from access.roles import Role
from api.application import Parts, application
from api.files import Files
from api.snapshots import Snapshots
from components.texts import words
from events.audience import PARTNERS
from events.errors import InvalidRecord
from events.validity import Validity
from privacy.gazetteer import city_gazetteer
from privacy.screen import clearer
from store.report_tables import report_event
from store.reread import forget
from store.retention import KINDS, Limits, erase_events, purge
from tests.api.mornings import DAY, Morning, open_morning, print_nothing, wanted
from tests.api.pdf_read import pages_of
from tests.api.served import CITY, Served, Still, event, screen
from tests.api.test_sign_in import OURS, Browser


@pytest.fixture
def morning(served: Served, files: Files, monkeypatch: pytest.MonkeyPatch) -> Morning:
    return print_nothing(open_morning(served, files), monkeypatch)


def test_pause_resume_and_deletion(morning: Morning) -> None:
    post, other = morning.member(), morning.member("voirie-1", "voirie")
    name = morning.kept.keep(post, wanted())
    for act in (morning.kept.pause, morning.kept.resume, morning.kept.drop):
        with pytest.raises(InvalidRecord, match=r"recurring\.unknown"):
            act(other, name)
    morning.kept.pause(post, name)
    morning.now += 2 * DAY
    assert morning.run() == 0
    morning.kept.resume(post, name)
    assert morning.run() == 0, "what was missed is not made"
    morning.now += DAY
    assert morning.run() == 1
    (copy,) = morning.kept.copies(post)[name]
    assert morning.kept.content(post, copy.id) == b"%PDF-stub"
    assert morning.kept.content(other, copy.id) is None
    morning.kept.drop(post, name)
    assert morning.states() == []
    assert morning.kept.of(post) == ()


def test_what_cannot_be_kept_is_refused_with_a_sentence(morning: Morning) -> None:
    post = morning.member()
    for bad, key in (
        (wanted(title=" "), "recurring.unnamed"), (wanted(kind="portrait"), "recurring.wrong"),
        (wanted(minute=1440), "recurring.wrong"), (wanted(weekday=7), "recurring.wrong"),
        (wanted(title="Pour Jeanne Martin, 06 12 34 56 78"), "view.saved.name_refused"),
    ):  # fmt: skip
        with pytest.raises(InvalidRecord, match=re.escape(key)):
            morning.kept.keep(post, bad)
        assert words("fr").has(key)
    for number in range(10):
        morning.kept.keep(post, wanted(title=f"R{number}"))
    with pytest.raises(InvalidRecord, match="too_many"):
        morning.kept.keep(post, wanted())


def test_copies_go_after_thirty_days_and_at_once_with_an_event_they_name(morning: Morning) -> None:
    start = datetime.now(UTC) - timedelta(hours=1)
    morning.served.admit(
        event(
            "a",
            category="accident",
            headline="Accident Aaa",
            audience=PARTNERS,
            validity=Validity(start=start, end=start + 9 * DAY),
        )
    )
    post = morning.member()
    name = morning.kept.keep(post, wanted())
    morning.now += DAY
    morning.run()
    database = morning.served.house.database
    with database.read() as connection:
        named = connection.execute(select(report_event.c.event_id)).scalars().all()
    assert named
    with database.write() as connection:
        erase_events(connection, [named[0]], morning.now)
    (copy,) = morning.kept.copies(post)[name]
    assert (copy.state, copy.has_content) == ("erased", False)
    assert morning.run() == 0
    morning.now += DAY
    morning.run()
    purge(database, Limits(kinds=dict.fromkeys(KINDS, 400 * DAY)), morning.now + 28 * DAY)
    assert len(morning.states()) == 2
    purge(database, Limits(kinds=dict.fromkeys(KINDS, 400 * DAY)), morning.now + 32 * DAY)
    assert morning.states() == []
    with database.read() as connection:
        assert connection.execute(select(report_event)).all() == []


def test_copies_go_with_words_that_a_stricter_gate_withdraws(morning: Morning) -> None:
    start = datetime.now(UTC) - timedelta(hours=1)
    long = Validity(start=start, end=start + 9 * DAY)
    morning.served.admit(event("a", category="accident", headline="Accident Aaa", audience=PARTNERS, validity=long))
    post = morning.member()
    name = morning.kept.keep(post, wanted())
    morning.now += DAY
    morning.run()
    database = morning.served.house.database
    with database.read() as connection:
        named = connection.execute(select(report_event.c.event_id)).scalars().all()
    forget(database, [(named[0], 1)])
    (copy,) = morning.kept.copies(post)[name]
    assert (copy.state, copy.has_content) == ("erased", False)


PASSWORD = "quatre mots sans lien : tuile, banc, orgue"


def test_the_page_of_the_account_asks_lists_pauses_gives_and_deletes(morning: Morning) -> None:
    morning.access.accounts.create("prefecture-2", "prefecture", Role.READER, PASSWORD, None)
    house = replace(
        morning.served.house, access=morning.access, viewer_rule=morning.access.viewer, mail=morning.box,
        clear=clearer(city_gazetteer(CITY)), clock=lambda: morning.now,
    )  # fmt: skip
    parts = Parts(
        house=house, files=morning.files, hub=morning.served.hub, snapshots=Snapshots(house), rhythm=Still(), screen=screen(),
        script_hashes=("'sha256-abc='",),
    )  # fmt: skip
    browser = Browser(application(parts))
    token = morning.access.sign_ins.open(morning.access.accounts.check("prefecture-2", PASSWORD))
    headers = {**OURS, "Cookie": f"ob-session={token}"}
    page = browser.ask("GET", "/compte?vue=grav%3D3&lang=fr", headers=headers)
    assert "La vue d’où vous venez" in page.text
    form = {"what": "create", "title": "Graves", "view": "given", "given": "grav=3&ev=x", "kind": "situation", "day": "0",
            "time": "06:30", "lang": "fr", "send": "1"}  # fmt: skip
    answer = browser.ask("POST", "/compte/rapports", headers=headers, data=form)
    assert answer.status_code == 303
    (kept,) = morning.kept.of(account_member("prefecture-2", "prefecture", Role.READER))
    assert (kept.query, kept.weekday, kept.minute, kept.is_sent) == ("grav=3", 0, 390, True)
    page = browser.ask("GET", answer.headers["location"].partition("#")[0], headers=headers)
    assert "Rapport récurrent enregistré" in page.text
    assert "Chaque semaine, lundi" in page.text
    morning.now += 8 * DAY
    assert morning.run() == 1
    page = browser.ask("GET", "/compte", headers=headers)
    (address,) = re.findall(r'href="(/compte/rapports/[0-9a-f-]+\.pdf)"', page.text)
    assert browser.ask("GET", address, headers=headers).content == b"%PDF-stub"
    assert (
        browser.ask("GET", "/compte/rapports/00000000-0000-0000-0000-000000000000.pdf", headers=headers).status_code
        == 404
    )
    for what in ("pause", "resume", "delete"):
        assert (
            browser.ask("POST", "/compte/rapports", headers=headers, data={"what": what, "id": kept.id}).status_code
            == 303
        )
    assert browser.ask("GET", address, headers=headers).status_code == 404
    actions = [row.action for row in morning.access.audit.rows()]
    for action in ("recurring.create", "recurring.pause", "recurring.resume", "recurring.delete", "export.recurring.read",
                   "export.recurring.situation.pdf"):  # fmt: skip
        assert action in actions
    assert morning.access.audit.verify().broken_at is None


def test_a_real_copy_is_a_document_of_the_city(served: Served, files: Files) -> None:
    made = open_morning(served, files)
    post = made.member()
    name = made.kept.keep(post, wanted())
    made.now += DAY
    assert made.run() == 1
    (copy,) = made.kept.copies(post)[name]
    content = made.kept.content(post, copy.id)
    assert content is not None
    assert "Vue Matin" in pages_of(bytes(content))[0]
