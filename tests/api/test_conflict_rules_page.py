"""The table of rules on the screen: changed by those entitled, checked, kept as versions, in the audit, and in force at once."""

from __future__ import annotations

import re
from typing import Any

import pytest

from api.conflict_rules_page import PATH, RESET, SAVE
from api.conflict_watch import ConflictWatch, rules_in_force, watched_of
from insight.conflict_rules import Rule, read_rules
from store import readers
from tests.api.test_conflicts_told import post_of
from tests.api.town import Town, Who, open_town

FORM = {"Sec-Fetch-Site": "same-origin", "Content-Type": "application/x-www-form-urlencoded"}
WORKS: dict[str, str] = {
    "id": "event-works", "a": "rass, fete", "b": "chantier, demolition", "distance_m": "25,5", "margin_min": "10",
    "severity": "3", "measure-fencing": "1", "is_active": "1",
}  # fmt: skip


@pytest.fixture
def town(served, files) -> Town:
    return open_town(served, files)


def post(town: Town, who: Who, path: str = SAVE, **changes: str) -> Any:
    version = rules_in_force(town.house.database)[0]
    return town.ask(who, path, "POST", data=WORKS | {"version": str(version)} | changes, headers=FORM)


def rule(town: Town, name: str = "event-works") -> Rule:
    return next(one for one in rules_in_force(town.house.database)[1] if one.id == name)


def test_a_manager_changes_a_rule_which_is_kept_as_a_version_and_holds_at_once(town: Town) -> None:
    who = post_of(town, "voirie-manager-1")
    watch = ConflictWatch(watched_of(town.house, dict))
    watch.look()
    answer = post(town, who)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{PATH}?fait=regle#event-works")
    changed = rule(town)
    assert (changed.distance_m, changed.margin_min, changed.severity, changed.measures) == (25.5, 10, 3, ("fencing",))
    assert [one for one in rules_in_force(town.house.database)[1] if one.id != "event-works"] == list(read_rules()[1:])
    (kept,) = readers.rule_tables(town.house.database)
    assert (kept.made_by, kept.made_as) == ("voirie", "manager")
    lines = [(one.who, one.object_id) for one in town.access.audit.rows() if one.action == "conflict.rules"]
    assert lines == [(who.name, str(kept.id))]
    assert watch.look() > 0
    found = town.ask(who, "/api/conflicts").json()["conflicts"]
    assert {
        (one["severity"], tuple(m["measure"] for m in one["measures"])) for one in found if one["rule"] == "event-works"
    } == {(3, ("fencing",))}


def test_a_rule_that_is_not_applied_finds_nothing_and_the_original_table_comes_back(town: Town) -> None:
    who = post_of(town, "prefecture-administrator-1")
    form = {key: value for key, value in WORKS.items() if key != "is_active"}
    town.ask(who, SAVE, "POST", data=form | {"version": "0"}, headers=FORM)
    assert not rule(town).is_active
    ConflictWatch(watched_of(town.house, dict)).look()
    assert not [one for one in town.ask(who, "/api/conflicts").json()["conflicts"] if one["rule"] == "event-works"]
    assert post(town, who, RESET).status_code == 303
    assert rules_in_force(town.house.database) == (2, read_rules())


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"distance_m": "-1"}, "distance_m"),
        ({"distance_m": "near"}, "distance_m"),
        ({"severity": "9"}, "severity"),
        ({"margin_min": "99999"}, "margin_min"),
        ({"a": "rass, nonsense"}, "nonsense"),
        ({"a": ""}, "rule event-works a"),
        ({"b": ""}, "give either b or b_places"),
        ({"b_places": "school"}, "rule event-works"),
        ({"id": "no-such-rule"}, "no such rule"),
    ],
)
def test_a_wrong_value_is_named_and_the_old_rule_holds(town: Town, changes: dict[str, str], named: str) -> None:
    answer = post(town, post_of(town, "voirie-manager-1"), **changes)
    assert answer.status_code == 400
    assert named in answer.text
    assert rules_in_force(town.house.database) == (0, read_rules())


def test_a_form_from_before_another_change_changes_nothing(town: Town) -> None:
    who = post_of(town, "voirie-manager-1")
    post(town, who)
    late = post(town, who, version="0", distance_m="99")
    assert (late.status_code, rule(town).distance_m) == (400, 25.5)
    assert "entre-temps" in late.text


@pytest.mark.parametrize("path", [PATH, SAVE, RESET])
def test_the_page_and_its_forms_open_by_the_right_alone(town: Town, path: str) -> None:
    opened = set()
    for who in town.people:
        answer = town.ask(who, path, headers={"Accept": "text/html"}) if path == PATH else post(town, who, path)
        assert answer.status_code in (200, 303, 403), (who.name, answer.status_code)
        if answer.status_code != 403:
            opened.add(who.role.value)
    assert opened == {"manager", "supervisor", "administrator"}


def test_a_rule_is_read_without_opening_its_form(town: Town) -> None:
    who = post_of(town, "voirie-manager-1")
    post(town, who)
    card = town.ask(who, PATH).text.partition('id="event-works"')[2].partition("<form")[0]
    values = re.findall(r"<dd>(.*?)</dd>", card)[-4:]
    assert values == ["25,5", "10", "Majeur", "Barriérage du chantier"]


def test_every_text_of_the_page_is_there(town: Town) -> None:
    for lang in ("fr", "en"):
        text = town.ask(post_of(town, "voirie-manager-1"), f"{PATH}?lang={lang}", headers={"Accept": "text/html"}).text
        assert text.count('class="ob-form"') == 6
        assert "rules." not in text
        assert "measure." not in text
