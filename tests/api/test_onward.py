"""What an agreement does not let pass on leaves at no address: no export, no layer, no feed, no answer to a program."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from access.agreements import Onward, Standing
from access.feed_keys import FeedKeys
from access.roles import Role
from access.subscriptions import Subscription, Subscriptions
from api.exports.answers import FORMATS
from events.audience import ANONYMOUS, PARTNERS, PUBLIC, Viewer
from store import readers
from store.kept import EventQuery
from tests.api.test_matrix import LISTS, NOW, answer_of, ask
from tests.api.test_sign_in import Browser
from tests.api.town import Town, Who, marks_in, open_town

WIDE = frozenset({"public", "partners"})
LEAVING = (
    *(f"/api/exports/{name}" for name in FORMATS),
    *(f"/ogc/collections/{name}/items?limit=100" for name in ("events", "roads", "cameras")),
)
OF_RECORDS = (
    "/api/events",
    "/api/roads",
    "/api/cameras",
    "/api/past",
    "/api/snapshot",
    "/api/stream",
    "/api/changes",
    "/api/conflicts",
    "/api/agenda",
    "/api/agenda/begins",
)


@pytest.fixture
def open_with(served, files) -> Callable[[Onward], Town]:
    def made(onward: Onward) -> Town:
        house = replace(served.house, standing=lambda _source: Standing("live", onward=onward))
        return open_town(replace(served, house=house), files)

    return made


def one_of(town: Town, role: Role) -> Who:
    return next(who for who in town.people if who.role is role and "prefecture" in who.name)


@pytest.mark.parametrize(("onward", "shown"), [("no", frozenset()), ("partners", WIDE), ("public", WIDE)])
def test_exports_layers_and_feeds_hold_what_the_agreement_lets_pass_on(open_with, onward, shown) -> None:
    town = open_with(onward)
    supervisor = one_of(town, Role.SUPERVISOR)
    program = next(who for who in town.people if who.role is Role.PROGRAM and who.sees >= WIDE)
    for path in LEAVING:
        for who in (supervisor, program):
            assert marks_in(answer_of(town, who, path)[1]) == shown & who.sees, (who.name, path)
    joint = "?restreints=1"
    for path in LEAVING[: len(FORMATS)]:
        found = marks_in(answer_of(town, supervisor, path + joint)[1])
        assert found == (supervisor.sees if shown else frozenset()), path
    warning = ask(town, supervisor, f"/api/exports/warnings/{town.known['flood-public']}.xml")
    feature = ask(town, supervisor, f"/ogc/collections/events/items/{town.ids['public']}")
    assert (warning.status_code, feature.status_code) == ((200, 200) if shown else (404, 404))
    assert marks_in(feed_of(town, supervisor)) == shown


def feed_of(town: Town, who: Who) -> str:
    member = town.access.viewer({name.lower(): value for name, value in who.headers.items()})
    clock = town.house.clock
    everything = Subscription(transitions=frozenset({"created", "closed", "major"}), channels=frozenset({"atom"}))
    Subscriptions(town.house.database, clock).keep(member, everything)
    key = FeedKeys(town.house.database, town.access.audit, clock).make(member)
    return Browser(town.app).ask("GET", f"/api/subscriptions.atom?jeton={key}", headers={}).text


@pytest.mark.parametrize("onward", ["no", "public"])
def test_a_program_reads_at_no_address_what_may_not_be_passed_on(open_with, onward) -> None:
    town = open_with(onward)
    program = max((who for who in town.people if who.role is Role.PROGRAM), key=lambda who: len(who.sees))
    for path in (path for name in OF_RECORDS for path, _ in LISTS[name] if "known_at" not in path):
        found = marks_in(answer_of(town, program, path)[1])
        assert found == (program.sees if onward == "public" else frozenset()), path
    one = ask(town, program, f"/api/events/{town.ids['public']}")
    assert one.status_code == (200 if onward == "public" else 404)


def test_the_posts_of_the_house_see_on_their_screens_what_stays_in_it(open_with) -> None:
    town = open_with("no")
    reader = one_of(town, Role.READER)
    for path in ("/api/snapshot", "/api/events?limit=100", f"/api/events?limit=100&at={NOW}"):
        assert marks_in(answer_of(town, reader, path)[1]) == reader.sees, path


def test_partners_only_is_not_for_whoever_asks_without_a_key(open_with) -> None:
    town = open_with("partners")
    assert town.house.passing_on(ANONYMOUS).withheld == {one.id for one in town.house.sources}
    assert town.house.passing_on(Viewer(is_partner=True)).withheld == frozenset()


def test_the_rule_in_python_and_in_sql_is_one(open_with) -> None:
    town = open_with("no")
    for viewer in (ANONYMOUS, Viewer(is_partner=True), Viewer(sees_restricted=True)):
        kept = readers.events(town.house.database, viewer=viewer, query=EventQuery(limit=1000), is_joined=False).events
        assert kept
        without = replace(viewer, withheld=frozenset({"prefecture-manifestations"}))
        assert readers.events(town.house.database, viewer=without, query=EventQuery(limit=1000)).events == ()
        assert not any(without.may_see(one.event.audience, one.event.source_id) for one in kept)
        assert all(without.may_see(audience) == viewer.may_see(audience) for audience in (PUBLIC, PARTNERS))
