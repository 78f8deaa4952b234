"""Outages of sources as something to subscribe to, and the feed of an account: what is in it, and who opens it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import feedparser
import pytest

from access.members import account_member
from access.notices import Notices
from access.roles import Role
from access.subscriptions import OUTAGE, Subscription, Subscriptions, read_subscription
from api.notifier import Notifier
from api.outages import EVERY
from events.audience import PARTNERS, listed
from events.errors import InvalidRecord
from events.vocabulary import Severity
from store import readers
from tests.api.letters import Letters
from tests.api.served import event
from tests.api.test_kept_for_accounts import SAID, House, house

__all__ = ["house"]
SOURCE = "prefecture-manifestations"
OUTAGES = Subscription(transitions=frozenset({OUTAGE}), sources=frozenset({SOURCE}), channels=frozenset({"atom"}))


@dataclass
class Clock:
    """The time of the house, which a test moves."""

    ahead: timedelta = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@dataclass
class Town:
    """A house with a clock of ours and what tells its subscribers."""

    house: House
    clock: Clock
    notifier: Notifier

    def wait(self, span: timedelta) -> None:
        self.clock.ahead += span
        self.notifier.tick()

    def feed(self, address: str, **headers: str) -> tuple[int, str]:
        self.house.browser.cookies.clear()
        answer = self.house.browser.ask("GET", address, headers)
        return answer.status_code, answer.text

    def say(self, **said: object) -> dict:
        answer = self.house.browser.ask("POST", "/compte/abonnements", SAID, json=said)
        return {"status": answer.status_code, **answer.json()}


@pytest.fixture
def town(house: House) -> Town:
    clock = Clock()
    inside = replace(house.served.house, clock=clock)
    kept = Subscriptions(inside.database, clock), Notices(inside.database, clock)
    return Town(house, clock, Notifier(inside, *kept, None))


def titles(text: str) -> list[str]:
    return [one.title for one in feedparser.parse(text).entries]


def test_a_source_that_falls_silent_is_one_outage_until_it_speaks_again(town: Town) -> None:
    since = datetime.now(UTC) - timedelta(days=1)
    town.wait(timedelta())
    town.wait(timedelta(minutes=1))
    assert readers.outages(town.notifier.house.database, since=since) == ()
    for _ in range(3):
        town.wait(timedelta(minutes=10))
    (one,) = readers.outages(town.notifier.house.database, since=since)
    assert (one.source_id, one.ended_at) == (SOURCE, None)
    rows = {row["id"]: row["out"] for row in town.notifier.house.source_rows()}
    assert rows == {SOURCE: round(one.began_at.timestamp())}
    town.clock.ahead = timedelta()
    town.house.served.admit(event("again"))
    town.clock.ahead = EVERY * 2
    town.notifier.watch._looked = None
    town.notifier.tick()
    (one,) = readers.outages(town.notifier.house.database, since=since)
    assert one.ended_at is not None


def test_a_process_that_just_started_calls_no_old_source_an_outage(town: Town) -> None:
    town.clock.ahead = timedelta(hours=2)  # it was stopped for two hours: every source looks late
    town.notifier.tick()
    town.wait(timedelta(seconds=20))
    assert readers.outages(town.notifier.house.database, since=datetime.now(UTC) - timedelta(days=1)) == ()


def test_whoever_only_follows_writes_no_outage(town: Town) -> None:
    town.notifier.house = town.notifier.watch.house = replace(town.notifier.house, role=lambda: "following")
    for _ in range(3):
        town.wait(timedelta(minutes=10))
    assert readers.outages(town.notifier.house.database, since=datetime.now(UTC) - timedelta(days=1)) == ()


def test_an_outage_and_its_end_are_told_to_the_mailbox(house: House, letters: Letters, town: Town) -> None:
    from api.mail import Mail

    member = account_member("voirie-1", "voirie", Role.READER)
    by_post = replace(OUTAGES, channels=frozenset({"post"}))
    town.notifier.subscriptions.keep(member, by_post)
    town.notifier.mail = Mail(
        server=f"smtp://127.0.0.1:{letters.port}", sender="o@example.org", mailboxes={"voirie": "astreinte@example.org"}
    )
    town.wait(timedelta())
    town.wait(timedelta(minutes=10))
    assert len(letters.texts) == 1
    assert letters.texts[0].startswith("Source en panne : Manifestations, ")
    house.served.admit(event("again"))
    town.clock.ahead = EVERY
    town.notifier.watch._looked = None
    town.notifier.tick()
    assert "Source rétablie : Manifestations" in letters.texts[1]


def test_a_subscription_to_a_source_that_is_not_there_is_refused() -> None:
    said = {"transitions": [OUTAGE], "channels": ["app"], "sources": ["nulle"]}
    with pytest.raises(InvalidRecord, match=r"sub\.error\.source"):
        read_subscription(said, [SOURCE])


def test_the_feed_tells_what_its_account_asked_for_and_nothing_restricted(town: Town) -> None:
    town.house.sign_in("prefecture-1")  # a supervisor, who sees everything on the screen
    wanted = {"transitions": ["created"], "channels": ["atom"], "categories": ["rass"]}
    assert town.say(what="keep", **wanted)["status"] == 200
    assert town.say(what="keep", **wanted)["status"] == 200  # asked twice, kept once
    assert len(town.house.browser.ask("GET", "/api/subscriptions").json()["subscriptions"]) == 1
    address = town.say(what="feed")["address"]
    served = town.house.served
    served.admit(event("open", headline="Marche lente"))
    served.admit(event("shared", headline="Marche des partenaires", audience=PARTNERS))
    served.admit(event("secret", headline="Visite réservée", audience=listed(["prefecture"])))
    served.admit(event("other", headline="Chute de pierres", category="accident", severity=Severity.MAJOR))
    status, text = town.feed(address)
    told = titles(text)
    assert status == 200
    assert {"[DÉMONSTRATION] Marche lente (créé)", "[DÉMONSTRATION] Marche des partenaires (créé)"} <= set(told)
    assert "réservée" not in text
    assert "Chute de pierres" not in text
    assert address.partition("=")[2] not in text  # whoever passes an entry on does not pass the key on


def test_the_feed_tells_outages(town: Town) -> None:
    town.house.sign_in("voirie-1")
    assert town.say(what="keep", transitions=[OUTAGE], channels=["atom"], sources=[SOURCE])["status"] == 200
    address = town.say(what="feed")["address"]
    town.wait(timedelta())
    town.wait(timedelta(minutes=10))
    assert any("Source en panne : Manifestations" in one for one in titles(town.feed(address)[1]))
    assert any("Source failing: Manifestations" in one for one in titles(town.feed(f"{address}&lang=en")[1]))


def test_a_feed_that_did_not_change_is_not_sent_again(town: Town) -> None:
    town.house.sign_in("voirie-1")
    town.say(what="keep", transitions=["created"], channels=["atom"])
    address = town.say(what="feed")["address"]
    tag = town.house.browser.ask("GET", address).headers["etag"]
    assert town.feed(address, **{"If-None-Match": tag}) == (304, "")
    town.house.served.admit(event("new", headline="Marche neuve"))
    assert town.feed(address, **{"If-None-Match": tag})[0] == 200


def test_a_key_of_a_feed_opens_it_alone_until_it_is_replaced_or_revoked(town: Town) -> None:
    town.house.sign_in("voirie-1")
    first = town.say(what="feed")["address"]
    second = town.say(what="feed")["address"]
    assert town.feed(first)[0] == 401
    assert town.feed(second)[0] == 200
    assert not town.house.browser.ask("GET", f"/api/subscriptions?{second.partition('?')[2]}").json()["signed_in"]
    town.house.sign_in("voirie-1")
    assert town.house.browser.ask("GET", "/api/subscriptions").json()["feed"]["read"] is not None
    assert town.say(what="feed-end")["status"] == 200
    assert town.say(what="feed-end") == {"status": 422, "error": "sub.error.no_feed"}
    assert town.feed(second)[0] == 401
    assert town.feed("/api/subscriptions.atom")[0] == 401


def test_the_feed_of_a_closed_account_is_closed(town: Town) -> None:
    town.house.sign_in("voirie-1")
    address = town.say(what="feed")["address"]
    town.house.access.accounts.disable("voirie-1", None)
    assert town.feed(address)[0] == 401


def test_the_expected_volume_counts_what_happened_and_not_what_is_there(town: Town) -> None:
    town.house.sign_in("voirie-1")
    asked = {"what": "estimate", "transitions": ["major"], "channels": ["app"], "categories": ["rass"]}
    assert town.say(**asked)["per_day"] == 0
    town.house.served.admit(event("grows"))
    town.house.served.admit(event("grows", severity=Severity.MAJOR))
    assert town.say(**asked)["per_day"] == 1
    outages = {"what": "estimate", "transitions": [OUTAGE], "channels": ["app"]}
    assert town.say(**outages)["per_day"] == 0
    town.wait(timedelta())
    town.wait(timedelta(minutes=10))
    assert town.say(**outages)["per_day"] == 1
