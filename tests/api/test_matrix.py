"""Who sees what, where: role x organisation x audience x address, for every address there is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from access.feed_keys import FeedKeys
from access.members import Member
from access.roles import Role
from access.subscriptions import Subscription, Subscriptions
from api.exports.answers import FORMATS as EXPORTS
from api.openapi import describe
from api.routes import routes
from components import ids
from components.analysis_panels import PANELS
from tests.api.pdf_read import text_of
from tests.api.served import SAID
from tests.api.test_sign_in import Browser
from tests.api.town import LEVELS, MARKS, Town, Who, displays, ids_in, marks_in, open_town, stream_of

Shown = frozenset[str] | None
Sight = Callable[[Who], Shown]
UNKNOWN = "0190b5a0-0000-7000-8000-000000000000"
WIDE = frozenset({"public", "partners"})
SOURCE = "prefecture-manifestations"
DAY_AGO = f"{(datetime.now(UTC) - timedelta(days=1)).timestamp():.0f}"
YESTERDAY = (datetime.now(UTC) - timedelta(days=1)).date().isoformat()
NOW = "{now}"  # the moment of the question


@pytest.fixture
def town(served, files) -> Town:
    return open_town(served, files)


def seen(who: Who) -> Shown:
    """Everything of the audiences somebody is in."""
    return who.sees


def plain(who: Who) -> Shown:
    """What leaves without being asked for by name: nothing restricted."""
    return who.sees & WIDE


def restricted(who: Who) -> Shown:
    """What leaves when restricted events are asked for; None: refused to whoever may see none."""
    return who.sees if who.sees - WIDE else None


def known(who: Who) -> Shown:
    """What was known at a moment, which is a right of its own."""
    return who.sees if who.role is Role.SUPERVISOR else None


def nothing(_: Who) -> Shown:
    """No record of a place, whoever asks."""
    return frozenset()


def both(path: str) -> tuple[tuple[str, Sight], ...]:
    """Return an address of what leaves, as it is and with restricted events."""
    return (path, plain), (path + ("&" if "?" in path else "?") + "restreints=1", restricted)


# Each address of the description: what is asked there, and what the answer must hold of each audience, no more and no less.
LISTS: Mapping[str, tuple[tuple[str, Sight], ...]] = {
    "/healthz": (("/healthz", nothing),),
    "/readyz": (("/readyz", nothing),),
    "/metrics": (("/metrics", nothing),),
    "/sources.json": (("/sources.json", nothing),),
    "/sources.csv": (("/sources.csv", nothing),),
    "/sources/{id}/runs.csv": ((f"/sources/{SOURCE}/runs.csv", nothing),),
    "/openapi.json": (("/openapi.json", nothing),),
    "/api/events": (
        ("/api/events?limit=100", seen),
        (f"/api/events?limit=100&at={NOW}", seen),
        (f"/api/events?limit=100&known_at={NOW}", known),
    ),
    "/api/roads": (("/api/roads", seen),),
    "/api/cameras": (("/api/cameras", seen),),
    "/cameras.csv": both("/cameras.csv"),
    "/api/tallies": (("/api/tallies", seen),),
    "/api/sources": (("/api/sources", nothing),),
    "/api/districts": (("/api/districts", nothing),),
    "/api/views": (("/api/views", nothing),),
    "/api/look": (("/api/look", nothing),),  # nobody has looked yet: test_last_look.py
    "/api/subscriptions": (("/api/subscriptions", nothing),),
    "/api/changes": (("/api/changes?since=0", seen),),
    "/api/past": ((f"/api/past?from={DAY_AGO}", seen),),
    "/api/snapshot": (
        ("/api/snapshot", seen),
        (f"/api/snapshot?from={DAY_AGO}&to={NOW}", seen),
        (f"/api/snapshot?known_at={NOW}", known),
    ),
    "/api/stream": (("/api/stream?since=0", seen),),
    "/api/analysis/{panel}.csv": tuple(
        (path, lambda who, sight=sight: None if sight(who) is None else frozenset())
        for name in PANELS
        for path, sight in both(f"/api/analysis/{name}.csv")
    ),
    "/api/agenda": (("/api/agenda", seen),),
    "/api/agenda/begins": ((f"/api/agenda/begins?from={YESTERDAY}", seen),),
    "/api/conflicts": (("/api/conflicts", seen),),
    "/api/exports/{name}": tuple(asked for name in EXPORTS for asked in both(f"/api/exports/{name}")),
    "/api/reports/{name}": both("/api/reports/situation.pdf"),  # its drawings and the analysis: test_report_analysis.py
    "/ogc": (("/ogc", nothing),),
    "/ogc/": (("/ogc/", nothing),),
    "/ogc/conformance": (("/ogc/conformance", nothing),),
    "/ogc/api": (("/ogc/api", nothing),),
    "/ogc/collections": (("/ogc/collections", nothing),),
    "/ogc/collections/{collection}": (("/ogc/collections/events", nothing),),
    "/ogc/collections/{collection}/items": tuple(
        asked for name in ("events", "roads", "cameras") for asked in both(f"/ogc/collections/{name}/items?limit=100")
    ),
    "/city/{sha}/{name}": (("/city/{districts}", nothing),),
    "/texts/{name}": (("/texts/{fr}", nothing),),
}
# Addresses of one event: who is in its audience is answered, anybody else as if there were no such event.
SINGLE: Mapping[str, tuple[tuple[str, str, Sight], ...]] = {
    "/api/events/{id}": (
        ("/api/events/{id}", "{}", seen),
        ("/api/events/{id}", "gone-{}", seen),
        ("/api/events/{id}?at={now}", "{}", seen),
    ),
    "/api/events/{id}/versions": (("/api/events/{id}/versions", "{}", seen),),
    "/api/exports/warnings/{id}.xml": (
        ("/api/exports/warnings/{id}.xml", "flood-{}", plain),
        ("/api/exports/warnings/{id}.xml?restreints=1", "flood-{}", restricted),
    ),
    "/ogc/collections/{collection}/items/{id:path}": (
        ("/ogc/collections/events/items/{id}", "{}", plain),
        ("/ogc/collections/events/items/{id}?restreints=1", "{}", restricted),
    ),
}
OF_REGISTER = {"/cameras"}  # the page of the register: test_camera_register.py
OF_OWN = {"/compte/rapports/{id}.pdf"}  # one's own copies: test_recurring_kept.py
OF_PROGRAMS = {"/api/push/{source}"}  # posted to: test_push.py
OF_FEEDS = {"/api/subscriptions.atom"}  # opened by a key of its own, below
OF_MEDIA = {f"/api/media/{{id}}{part}" for part in ("", "/poster", "/state")} | {"/api/events/{id}/media"}
"""Pieces of an event, seen with it: test_matrix_pieces.py."""
# Documents and forms; what is posted to them is in test_forged.py.
PAGES = {
    "/", "/agenda", "/analyse", "/evenements", "/signaler", "/sources", f"/sources/{SOURCE}", "/compte", "/administration",
    "/administration/journal", "/connexion", "/transparence", "/transparence/donnees", "/transparence/journal", "/controle",
    "/agenda/regles",
    "/_dash-layout", "/_dash-dependencies",
}  # fmt: skip
OF_WALLS = {
    "/api/snapshot", "/api/stream", "/api/cameras", "/api/changes", "/openapi.json", "/healthz", "/readyz", "/metrics",
}  # fmt: skip
OF_COUNTS = {"/api/analysis/{panel}.csv"}
FILES = {"/city/{sha}/{name}", "/texts/{name}"}


def test_a_new_address_is_in_this_matrix(town: Town, files) -> None:
    described = set(describe(SAID.name)["paths"])  # type: ignore[call-overload]
    assert described - OF_PROGRAMS - OF_FEEDS - OF_MEDIA == set(LISTS) | {
        path for path in SINGLE if ":path" not in path
    }
    served = {one.path for one in routes(town.house, files, None, town.served.hub)}  # type: ignore[arg-type]
    unseen = served - {*LISTS, *SINGLE, *PAGES, *OF_PROGRAMS, *OF_FEEDS, *OF_MEDIA, *OF_REGISTER, *OF_OWN}
    unseen -= {f"/{one}/{{rest:path}}" for one in ("api", "city", "ogc", "texts")} | {"/sources/{rest:path}.csv"}
    posted = {one.path for one in routes(town.house, files, None, town.served.hub) if "POST" in one.methods}  # type: ignore[arg-type]
    assert unseen - posted == {"/transparence/{rubric}", "/mur"}


def test_every_address_shows_what_role_organisation_and_audience_allow_and_nothing_else(town: Town) -> None:
    assert len(town.people) == 16
    assert len({who.sees for who in town.people}) == 5
    told: dict[str, int] = {}
    everybody = (*town.people, *displays(town.access))
    for template, asked in LISTS.items():
        for path, sight in asked:
            for who in everybody:
                expected = sight(who)
                if who.role is Role.WALL and template not in OF_WALLS | FILES:
                    expected = None
                status, text = answer_of(town, who, path)
                shown = marks_in(text) | ids_in(town, text)
                assert (status, shown) == ((403, frozenset()) if expected is None else (200, expected)), (
                    who.name,
                    path,
                )
                told[path] = told.get(path, 0) + len(shown)
    silent = {path for path, count in told.items() if not count}
    numbers = {path for template in OF_COUNTS for path, _ in LISTS[template]}
    assert silent - numbers == {path for asked in LISTS.values() for path, sight in asked if sight is nothing}


def answer_of(town: Town, who: Who, path: str) -> tuple[int, str]:
    """Return the status and the text of an answer; a stream ends for nobody, so its first frames are taken where they are made."""
    if path.startswith("/api/stream"):
        return 200, stream_of(town, who)
    for name, address in (*town.files.city.items(), *town.files.texts.items()):
        path = path.replace(f"/city/{{{name}}}", address).replace(f"/texts/{{{name}}}", address)
    answer = ask(town, who, path)
    return answer.status_code, text_of(answer)


def ask(town: Town, who: Who, path: str, **more: object) -> Any:
    """Ask an address; `{now}` in it is this moment."""
    return town.ask(who, path.replace("{now}", f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"), **more)


def test_one_event_is_told_to_its_audience_and_to_others_there_is_none(town: Town) -> None:
    everybody = (*town.people, *displays(town.access))
    for asked in SINGLE.values():
        for path, kind, sight in asked:
            for who in everybody:
                unknown = ask(town, who, path.replace("{id}", UNKNOWN))
                expected = None if who.role is Role.WALL else sight(who)
                for name in LEVELS:
                    answer = ask(town, who, path.replace("{id}", town.known[kind.format(name)]))
                    where = (who.name, path, name)
                    if expected is not None and name in expected:
                        assert (answer.status_code, marks_in(answer.text)) == (200, {name}), where
                    else:
                        assert answer.status_code == (404 if expected is not None else 403), where
                        assert answer.content == unknown.content, (where, "a refusal tells nothing of what there is")


def test_words_somebody_may_not_see_are_found_by_no_search(town: Town) -> None:
    for who in town.people:
        for name, mark in MARKS.items():
            answer = town.ask(who, f"/api/events?limit=100&q={mark}")
            expected = {name} if name in who.sees else frozenset()
            assert marks_in(answer.text.replace(f"q={mark}", "")) == expected, (who.name, name)
            none = town.ask(who, "/api/events?limit=100&q=porphyre")
            if not expected:
                assert {key: answer.json()[key] for key in ("features", "next")} == {
                    key: none.json()[key] for key in ("features", "next")
                }


def test_what_is_wrong_with_a_question_is_told_without_a_word_of_what_is_kept(town: Town) -> None:
    alike = {who.sees: who for who in town.people}
    for template, asked in LISTS.items():
        path = asked[0][0]
        if template not in FILES | {"/api/stream"}:  # one is the same for all, the other would be opened
            for who in alike.values():
                for wrong in ("nonsense=1", "from=never&to=ever", "cursor=x", "limit=0"):
                    answer = town.ask(who, path.partition("?")[0] + "?" + wrong)
                    assert answer.status_code < 500, (who.name, path, wrong)
                    if answer.status_code >= 400:
                        assert (marks_in(answer.text), ids_in(town, answer.text)) == (set(), set()), (who.name, path)


def test_pages_and_layouts_hold_no_event_at_all(town: Town) -> None:
    for who in town.people:
        if "Cookie" in who.headers:
            for path in PAGES:
                answer = town.ask(who, path, headers={"Accept": "text/html"})
                assert (marks_in(answer.text), ids_in(town, answer.text)) == (set(), set()), (who.name, path)


def test_the_tag_of_one_viewer_never_says_unchanged_to_another_who_sees_something_else(town: Town) -> None:
    compared = 0
    for asked in LISTS.values():
        for path, sight in asked:
            if sight is nothing or path.startswith("/api/stream"):
                continue
            alike = {sight(who): who for who in town.people if sight(who) is not None}
            tags = {shown: ask(town, who, path).headers["etag"] for shown, who in alike.items()}
            for shown, tag in tags.items():
                for other, who in alike.items():
                    if other != shown:
                        compared += 1
                        answer = ask(town, who, path, headers={"If-None-Match": tag})
                        assert answer.status_code == 200, (path, shown, other)
    assert compared > 200
    who = town.people[0]
    tag = town.ask(who, "/api/changes?since=0").headers["etag"]
    assert town.ask(who, "/api/changes?since=0", headers={"If-None-Match": tag}).status_code == 304


# What each callback of the screen is asked, of the march of each audience; what it may tell, and whether it must.
CALLBACKS: Mapping[str, tuple[Callable[[str], object], bool]] = {
    ids.PAGE: (lambda event_id: f"/evenements/{event_id}", False),
    ids.DETAIL_BODY: (lambda event_id: {"id": event_id}, True),
    ids.EVENT_BODY: (lambda event_id: event_id, True),
    ids.FORM_ANSWER: (lambda event_id: {"what": "open", "event": event_id, "version": 1}, False),
    ids.LINK_ANSWER: (lambda event_id: {"action": "confirm", "event": event_id, "other": UNKNOWN}, False),
    ids.SOURCES_ANSWER: (lambda event_id: {"what": "note", "source": SOURCE, "told": event_id}, False),
    ids.SOURCES_BODY: (lambda event_id: event_id, False),
    ids.ANALYSIS_BODY: (lambda event_id: {"search": f"?q={event_id}"}, False),
}


def test_every_callback_of_the_screen_tells_of_an_event_to_its_audience_only(town: Town) -> None:
    served = {name for name, told in town.asked.items() if "callback" in told}
    assert {name for name in served if not any(output in name for output in CALLBACKS)} == set(), "a new callback"
    posts = [who for who in town.people if who.headers.get("Cookie") and who.name.startswith("prefecture-")]
    posts += [who for who in town.people if who.name == "voirie-manager-1"]
    assert len(posts) == 6
    for output, (value, must) in CALLBACKS.items():
        for who in posts:
            for name in LEVELS if must else ("pompiers",):
                told = marks_in(town.callback(who, output, value(town.ids[name])).text)
                assert told <= who.sees, (who.name, output, name)
                own = {name} & who.sees  # the panel of an event names the other sides of its conflicts, too
                assert not must or (told >= own and bool(told) == bool(own)), (who.name, output, name)


def test_the_feed_of_an_account_holds_nothing_restricted_whoever_subscribed(town: Town) -> None:
    """Its address opens without sign-in and is passed on easily."""
    database, clock = town.house.database, town.house.clock
    everything = Subscription(transitions=frozenset({"created", "closed", "major"}), channels=frozenset({"atom"}))
    for who in (one for one in town.people if "Cookie" in one.headers):
        member = town.access.viewer({name.lower(): value for name, value in who.headers.items()})
        assert isinstance(member, Member)
        Subscriptions(database, clock).keep(member, everything)
        address = f"/api/subscriptions.atom?jeton={FeedKeys(database, town.access.audit, clock).make(member)}"
        told = Browser(town.app).ask("GET", address, headers={})
        shown = marks_in(told.text) | ids_in(town, told.text)
        assert (told.status_code, shown) == (200, who.sees & WIDE), who.name
