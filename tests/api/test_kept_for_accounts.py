"""Shared views and subscriptions over HTTP: who may, what is refused; and the messages that leave by a real mail server."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from access.house import Access, open_access
from access.members import account_member
from access.notices import SENT, Notices
from access.organisations import Organisation
from access.roles import Role
from access.subscriptions import Subscription, Subscriptions, read_subscription
from api.application import Parts, application
from api.mail import Mail, read_mail
from api.notifier import MOST_AN_HOUR, Notifier
from api.snapshots import Snapshots
from events.audience import CITY_READER, listed
from events.errors import ConfigurationError, InvalidRecord
from events.vocabulary import Severity
from privacy.gazetteer import city_gazetteer
from privacy.screen import clearer
from tests.api.letters import Letters
from tests.api.served import CITY, Served, Still, event, screen
from tests.api.test_sign_in import Browser

SAID = {"Sec-Fetch-Site": "same-origin", "Content-Type": "application/json"}
MAJOR = Subscription(transitions=frozenset({"major"}), channels=frozenset({"post"}))


@dataclass
class House:
    served: Served
    access: Access
    browser: Browser

    def sign_in(self, post: str) -> None:
        self.browser.cookies.clear()
        form = {"Sec-Fetch-Site": "same-origin", "Content-Type": "application/x-www-form-urlencoded"}
        assert self.browser.ask("POST", "/connexion", form, content=f"post={post}").status_code == 303


@pytest.fixture
def house(served: Served, files) -> House:
    clear = clearer(city_gazetteer(CITY, ()))
    access = open_access(served.house.database, b"0" * 32, lambda: datetime.now(UTC), clear, CITY_READER)
    for name in ("prefecture", "voirie"):
        access.organisations.put(Organisation(id=name, title=clear(name.capitalize())), None)
    access.accounts.create("voirie-1", "voirie", Role.READER, None, None)
    access.accounts.create("voirie-2", "voirie", Role.READER, None, None)
    access.accounts.create("prefecture-1", "prefecture", Role.SUPERVISOR, None, None)
    inside = replace(served.house, access=access, viewer_rule=access.viewer, clear=clear)
    parts = Parts(
        house=inside, files=files, hub=served.hub, snapshots=Snapshots(inside), rhythm=Still(), screen=screen(),
        script_hashes=("'sha256-abc='",),
    )  # fmt: skip
    served.house = inside
    return House(served, access, Browser(application(parts)))


def save(house: House, **said: str) -> tuple[int, dict]:
    answer = house.browser.ask("POST", "/compte/vues", SAID, json={"what": "save", **said})
    return answer.status_code, answer.json()


def names(house: House) -> list[str]:
    return [view["name"] for view in house.browser.ask("GET", "/api/views").json()["views"]]


def test_a_view_of_an_organisation_is_seen_by_its_posts_only(house: House) -> None:
    house.sign_in("voirie-1")
    assert save(house, name="Centre", query="arr=1,6&t=2026-11-14T14:32&x=y", scope="organisation")[0] == 200
    assert house.browser.ask("GET", "/api/views").json()["views"][0]["query"] == "arr=1,6"
    house.sign_in("voirie-2")
    assert names(house) == ["Centre"]
    house.sign_in("prefecture-1")
    assert names(house) == []
    house.browser.cookies.clear()
    assert house.browser.ask("GET", "/api/views").json() == {"views": [], "scopes": []}


def test_only_supervision_offers_a_view_to_everybody_and_a_visitor_saves_none(house: House) -> None:
    assert save(house, name="Centre", query="arr=1", scope="organisation") == (401, {"error": "view.saved.sign_in"})
    house.sign_in("voirie-1")
    assert save(house, name="Centre", query="arr=1", scope="tenant") == (403, {"error": "view.saved.not_allowed"})
    house.sign_in("prefecture-1")
    assert save(house, name="Centre", query="arr=1", scope="tenant")[0] == 200
    house.sign_in("voirie-1")
    assert names(house) == ["Centre"]


@pytest.mark.parametrize(("name", "query"), [("Jean Dupont", "arr=1"), ("Recherche", "q=Jean+Dupont")])
def test_a_view_that_names_a_person_is_refused(house: House, name: str, query: str) -> None:
    house.sign_in("voirie-1")
    assert save(house, name=name, query=query, scope="organisation") == (422, {"error": "view.saved.name_refused"})
    assert names(house) == []


def test_a_post_cannot_delete_another_posts_view(house: House) -> None:
    house.sign_in("voirie-1")
    made = save(house, name="Centre", query="arr=1", scope="organisation")[1]["id"]
    house.sign_in("voirie-2")
    drop = {"what": "delete", "id": made}
    assert house.browser.ask("POST", "/compte/vues", SAID, json=drop).status_code == 422
    house.sign_in("voirie-1")
    assert house.browser.ask("POST", "/compte/vues", SAID, json=drop).status_code == 200
    assert names(house) == []


def test_a_subscription_is_kept_for_its_post_and_its_volume_is_told(house: House) -> None:
    house.sign_in("voirie-1")
    wanted = {"transitions": ["created"], "districts": [], "categories": ["rass"], "channels": ["app"]}
    told = house.browser.ask("POST", "/compte/abonnements", SAID, json={"what": "estimate", **wanted}).json()
    assert told["per_day"] > 0
    none = {**wanted, "categories": ["fete"]}
    assert house.browser.ask("POST", "/compte/abonnements", SAID, json={"what": "estimate", **none}).json() == {
        "per_day": 0.0
    }
    assert house.browser.ask("POST", "/compte/abonnements", SAID, json={"what": "keep", **wanted}).status_code == 200
    kept = house.browser.ask("GET", "/api/subscriptions").json()
    assert [one["categories"] for one in kept["subscriptions"]] == [["rass"]]
    house.sign_in("voirie-2")
    assert house.browser.ask("GET", "/api/subscriptions").json()["subscriptions"] == []
    drop = {"what": "delete", "id": kept["subscriptions"][0]["id"]}
    assert house.browser.ask("POST", "/compte/abonnements", SAID, json=drop).json() == {"error": "sub.error.unknown"}


@pytest.mark.parametrize(
    ("said", "key"),
    [
        ({"transitions": [], "channels": ["app"]}, "sub.error.when"),
        ({"transitions": ["created"], "channels": ["pigeon"]}, "sub.error.channel"),
        ({"transitions": ["created"], "channels": ["app"], "categories": ["nulle"]}, "sub.error.category"),
    ],
)
def test_a_subscription_that_would_never_tell_anything_is_refused(said: dict, key: str) -> None:
    with pytest.raises(InvalidRecord, match=key):
        read_subscription(said)


@pytest.fixture
def notifier(house: House, letters: Letters) -> Notifier:
    mail = Mail(
        server=f"smtp://127.0.0.1:{letters.port}",
        sender="observatoire@example.org",
        mailboxes={"voirie": "astreinte@example.org"},
        address="https://ville.example",
    )
    subscriptions = Subscriptions(house.served.house.database, house.served.house.clock)
    subscriptions.keep(account_member("voirie-1", "voirie", Role.READER), MAJOR)
    notices = Notices(house.served.house.database, house.served.house.clock)
    made = Notifier(house.served.house, subscriptions, notices, mail)
    assert made.tick() == 0  # what was there before is no news
    return made


def test_an_event_that_becomes_major_is_told_once_to_the_mailbox(
    house: House, notifier: Notifier, letters: Letters
) -> None:
    house.served.admit(event("quiet", headline="Marche lente"))
    assert notifier.tick() == 0
    house.served.admit(event("quiet", headline="Marche lente", severity=Severity.MAJOR))
    assert notifier.tick() == 1
    assert notifier.tick() == 0
    assert letters.to == ["astreinte@example.org"]
    assert "Marche lente" in letters.texts[0]
    assert "https://ville.example/?ev=" in letters.texts[0]


def test_what_the_post_may_not_see_is_never_told(house: House, notifier: Notifier, letters: Letters) -> None:
    secret = event("secret", headline="Visite réservée", severity=Severity.CRITICAL, audience=listed("prefecture"))
    house.served.admit(secret)
    assert notifier.tick() == 0
    assert letters.texts == []


def test_beyond_six_an_hour_events_wait_and_leave_in_one_message(
    house: House, notifier: Notifier, letters: Letters
) -> None:
    for i in range(MOST_AN_HOUR + 3):
        house.served.admit(event(f"m{i}", headline=f"Rassemblement {i}", severity=Severity.MAJOR))
        notifier.tick()
    assert len(letters.texts) == MOST_AN_HOUR
    later = replace(house.served.house)
    notices = Notices(later.database, lambda: datetime.now(UTC) + timedelta(hours=2))
    restarted = Notifier(later, notifier.subscriptions, notices, notifier.mail)  # what waits outlives the process
    assert restarted.tick() == 1
    assert [text for text in letters.texts[-1].splitlines() if "Rassemblement" in text].__len__() == 3


def test_a_mail_server_that_refuses_is_noted_and_asked_again_minutes_later(
    house: House, notifier: Notifier, letters: Letters
) -> None:
    letters.refuses = True
    house.served.admit(event("m", headline="Marche lente", severity=Severity.MAJOR))
    assert notifier.tick() == 0
    assert notifier.notices.count("voirie-1", SENT) == 0
    letters.refuses = False
    house.served.admit(event("n", headline="Marche vive", severity=Severity.MAJOR))
    assert notifier.tick() == 0  # not at once
    notifier.notices = Notices(house.served.house.database, lambda: datetime.now(UTC) + timedelta(minutes=6))
    assert notifier.tick() == 1
    assert "Marche lente" in letters.texts[0]
    assert "Marche vive" in letters.texts[0]
    house.sign_in("voirie-1")
    sent = house.browser.ask("GET", "/api/subscriptions").json()["sent"]
    assert [(one["events"], one["outcome"]) for one in sent] == [(2, "sent"), (1, "failed")]


@pytest.mark.parametrize(
    ("said", "what"),
    [
        (("http://host", "a@b", "", ""), "SMTP_URL"),
        (("smtp://host", "", "", ""), "MAIL_FROM"),
        (("smtp://host", "a@b", "voirie", ""), "MAILBOXES"),
    ],
)
def test_a_wrong_mail_configuration_names_its_variable(said: tuple[str, ...], what: str) -> None:
    with pytest.raises(ConfigurationError, match=what):
        read_mail(*said)


def test_without_a_server_no_message_leaves() -> None:
    assert read_mail(None, None, None, None) is None
