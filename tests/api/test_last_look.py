"""When an account last went through what changed is known to each of its browsers, with what changed since as it was then."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from access.last_look import LATEST, LastLook
from access.members import account_member
from access.roles import Role
from datasources.contract import Reading
from events.errors import InvalidRecord
from events.vocabulary import Severity
from store import readers
from store.access_tables import account
from tests.api.test_sign_in import OURS
from tests.api.town import LEVELS, Town, Who, ids_in, marks_in, open_town, records_for_each

JSON = {**OURS, "Content-Type": "application/json"}


@pytest.fixture
def town(served, files) -> Town:
    return open_town(served, files)


def person(town: Town, name: str) -> Who:
    return next(who for who in town.people if who.name == name)


def look(town: Town, who: Who) -> dict:
    return json.loads(town.ask(who, "/api/look").text)


def mark(town: Town, who: Who, seq: object) -> tuple[int, dict]:
    answer = town.ask(who, "/compte/vu", "POST", json={"seq": seq}, headers=JSON)
    return answer.status_code, answer.json()


def last_seq(town: Town, who: Who) -> int:
    member = town.access.viewer({name.lower(): value for name, value in who.headers.items()})
    assert member is not None
    return readers.last_change(town.house.database, viewer=member)


def raise_all(town: Town) -> None:
    """Every event of the town becomes graver."""
    told = records_for_each().events
    town.served.admit(reading=Reading(events=tuple(replace(one, severity=Severity.CRITICAL) for one in told)))


def test_another_browser_of_the_account_gets_what_changed_since_as_it_was_then(town: Town) -> None:
    who = person(town, "voirie-contributor-1")
    assert look(town, who) == {"at": None, "rows": []}
    status, told = mark(town, who, last_seq(town, who))
    assert status == 200
    assert abs(told["at"] - datetime.now(UTC).timestamp()) < 5
    assert look(town, who) == {"at": told["at"], "rows": []}
    raise_all(town)
    found = look(town, who)
    before = {row["id"]: row["sev"] for row in found["rows"]}
    assert found["at"] == told["at"]
    assert before[town.ids["public"]] < int(Severity.CRITICAL)
    assert all(row["pe"] for row in found["rows"])
    assert look(town, person(town, "voirie-reader-1"))["at"] is None, "another account has not looked"
    mark(town, who, last_seq(town, who))
    assert look(town, who)["rows"] == []


def test_what_changed_is_told_to_its_audience_only_and_to_no_key_and_no_visitor(town: Town) -> None:
    accounts = [who for who in town.people if "Cookie" in who.headers]
    for who in accounts:
        assert mark(town, who, last_seq(town, who))[0] == 200
    raise_all(town)
    for who in accounts:
        text = town.ask(who, "/api/look").text
        assert marks_in(text) | ids_in(town, text) == who.sees, who.name
    for who in (one for one in town.people if "Cookie" not in one.headers):
        assert look(town, who) == {"at": None, "rows": []}
        assert mark(town, who, 1)[0] == 403
    with town.house.database.read() as connection:
        looked = connection.execute(select(account.c.id).where(account.c.looked_at.is_not(None))).scalars().all()
    assert set(looked) == {who.name for who in accounts}
    assert {audience for who in accounts for audience in who.sees} == set(LEVELS)


def test_trap_what_came_while_the_mark_was_on_its_way_is_still_news(town: Town) -> None:
    who = person(town, "voirie-contributor-1")
    shown = last_seq(town, who)
    raise_all(town)
    mark(town, who, shown)
    assert town.ids["public"] in {row["id"] for row in look(town, who)["rows"]}


@pytest.mark.parametrize("seq", [None, "1", -1, True, 1.5, 2**70, [], {"a": 1}])
def test_a_number_that_is_none_marks_nothing(town: Town, seq: object) -> None:
    who = person(town, "voirie-contributor-1")
    assert mark(town, who, seq) == (422, {"error": "news.unknown"})
    assert look(town, who)["at"] is None


def test_a_forged_number_reaches_no_further_back_than_a_minute_and_a_look_never_goes_back(town: Town) -> None:
    now = [datetime.now(UTC) + timedelta(hours=1)]
    looks = LastLook(town.house.database, lambda: now[0])
    member = account_member("voirie-contributor-1", "voirie", Role.CONTRIBUTOR)
    head = readers.last_change(town.house.database, viewer=member)
    assert looks.mark(member, 0) == now[0] - LATEST
    assert looks.mark(member, head + 100) == now[0], "a number of another history: all of it is seen"
    assert looks.mark(member, 0) == now[0]
    now[0] -= timedelta(minutes=30)
    assert looks.mark(member, head) == now[0] + timedelta(minutes=30)
    with pytest.raises(InvalidRecord):
        looks.mark(member, "head")


def test_a_look_of_long_ago_is_answered_within_its_bound(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    who = person(town, "prefecture-supervisor-1")
    mark(town, who, last_seq(town, who))
    raise_all(town)
    monkeypatch.setattr("api.kept_for_accounts.MOST_REPLACED", 3)
    assert len(look(town, who)["rows"]) == 3
    with town.house.database.write() as connection:
        connection.execute(update(account).values(looked_at=datetime(2020, 1, 1, tzinfo=UTC)))
    assert look(town, who)["rows"] == [], "nothing was known then"
