"""Conflicts: found once by the process that leads, told to whoever sees both sides, decided by those entitled."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from access.roles import Right
from api.conflict_desk import PATH
from api.conflict_watch import ConflictWatch, watched_of
from api.house import House
from events.audience import PARTNERS, listed
from events.records import Line
from events.validity import Validity
from events.vocabulary import GeometryPrecision, InformationStatus, StoredStatus
from insight.conflict_rules import content_of, read_rules
from insight.conflicts import Conflicts
from privacy.gazetteer import city_gazetteer
from privacy.screen import clearer
from store.conflict_decisions import Decider, keep_rules
from store.tables import conflict
from tests.api.served import CITY, Served, event
from tests.api.town import JSON, Town, Who, open_town, words_in

NOW = datetime.now(UTC).replace(microsecond=0)
AHEAD = Validity(start=NOW + timedelta(hours=5), end=NOW + timedelta(hours=9))
AT = {"type": "Point", "coordinates": [5.44, 43.21]}
MARCH = event("march", category="manifestation", headline="Marche", geometry=AT, validity=AHEAD)
WORKS = event("works", category="chantier", headline="Chantier", geometry=AT, validity=AHEAD, audience=PARTNERS)
LINE = Line(
    source_id="reseau", external_id="T2", title="T2",
    geometry={"type": "MultiLineString", "coordinates": [[[5.43, 43.21], [5.45, 43.21]]]},
)  # fmt: skip


def watch_over(house: House, lines: dict[str, tuple[Line, ...]] | None = None) -> ConflictWatch:
    told = {} if lines is None else lines
    return ConflictWatch(watched_of(replace(house, clear=clearer(city_gazetteer(CITY))), lambda: dict(told)))


@pytest.fixture
def watch(served) -> ConflictWatch:
    return watch_over(served.house)


def told(served: Served, viewer: str, query: str = "") -> list[dict]:
    found = served.get(f"/api/conflicts{query}", viewer).json()["conflicts"]
    return [one for one in found if "Marche" in (one["a"]["headline"], (one["b"] or {}).get("headline"))]


def test_a_conflict_is_told_to_whoever_sees_both_sides(served, watch) -> None:
    served.admit(MARCH, WORKS)
    watch.look()
    (one,) = told(served, "partner")
    assert (one["rule"], one["a"]["headline"], one["b"]["headline"]) == ("event-works", "Marche", "Chantier")
    assert (one["state"], one["owner"], one["severity"], one["districts"]) == ("open", "prefecture", 2, ["13209"])
    assert one["position"] == pytest.approx([5.44, 43.21], abs=1e-5)
    assert datetime.fromisoformat(one["start"]) == AHEAD.start
    assert datetime.fromisoformat(one["end"]) == AHEAD.end
    assert [measure["measure"] for measure in one["measures"]] == ["works_suspended", "fencing"]
    assert told(served, "public") == []


def test_a_change_settles_what_was_told_and_is_heard(served, watch) -> None:
    served.admit(MARCH)
    watch.look()
    assert told(served, "partner") == []
    since = served.get("/api/changes?since=0", "partner").json()["next"]
    served.admit(WORKS)
    assert told(served, "partner") == [], "nobody who looks computes anything"
    assert watch.look() == 1
    assert len(told(served, "partner")) == 1
    heard = served.get(f"/api/changes?since={since}", "partner").json()["changes"]
    assert [(one["kind"], one["id"]) for one in heard][-1] == ("conflict", "conflicts")
    served.admit(replace(WORKS, status=StoredStatus.CANCELLED, published_at=NOW + timedelta(minutes=1)))
    watch.look()
    assert told(served, "partner") == []
    assert [one["state"] for one in told(served, "partner", "?state=obsolete")] == ["obsolete"]
    assert watch.look() == 0


def test_a_window_chooses_and_a_wrong_key_is_named(served, watch) -> None:
    served.admit(MARCH, WORKS)
    watch.look()
    later = (NOW + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert told(served, "partner", f"?from={later}") == []
    assert served.get("/api/conflicts?of=1", "partner").status_code == 400
    assert served.get("/api/conflicts?state=lost", "partner").status_code == 400
    assert len(told(served, "partner", "?district=9")) == 1
    assert told(served, "partner", "?district=1") == []


@pytest.mark.parametrize(
    "change",
    [
        {"status": StoredStatus.DRAFT},
        {"information_status": InformationStatus.EXERCISE},
        {"geometry_precision": GeometryPrecision.DISTRICT},
        {"geometry_precision": GeometryPrecision.CITY},
        {"validity": Validity(start=NOW - timedelta(hours=3), end=NOW - timedelta(hours=1))},
        {"situation_id": "one"},
    ],
)
def test_what_is_unsure_unplaced_over_or_of_the_same_situation_meets_nothing(served, watch, change) -> None:
    served.admit(replace(MARCH, situation_id="one"), replace(WORKS, **change))
    watch.look()
    assert told(served, "all") == []


def test_lines_of_a_network_and_places_of_the_city_are_other_sides(served) -> None:
    hospital = {"type": "Feature", "geometry": AT, "properties": {"name": "Hôpital Nord", "kind": "hospital"}}
    lines: dict[str, tuple[Line, ...]] = {}
    watch = watch_over(replace(served.house, landmarks=[hospital]), lines)
    served.admit(MARCH)
    watch.look()
    assert {(one["rule"], one["place"]["title"]) for one in told(served, "public")} == {
        ("emergency-access", "Hôpital Nord")
    }
    lines["reseau"] = (LINE,)
    assert watch.look() == 1
    found = {one["rule"]: one["place"] for one in told(served, "public")}
    assert found["event-transport"] == {"kind": "transport_line", "title": "T2"}
    watch_over(replace(served.house, landmarks=[hospital])).look()  # another start: the lines are not read yet
    assert len(told(served, "public")) == 2


def test_the_place_of_a_restricted_point_is_told_to_100_metres(served, watch) -> None:
    exact = {"type": "Point", "coordinates": [5.44031, 43.21042]}
    served.admit(
        replace(MARCH, category="match", audience=listed(["prefecture"]), geometry=exact),
        replace(WORKS, geometry=exact),
    )
    watch.look()
    (one,) = told(served, "listed")
    assert (one["rule"], one["position"], one["distance_m"]) == ("event-works", [5.44, 43.21], None)
    assert told(served, "partner") == []


def test_a_new_table_of_rules_settles_everything_again(served, watch) -> None:
    served.admit(MARCH, WORKS)
    watch.look()
    rules = [rule.model_copy(update={"is_active": rule.id != "event-works"}) for rule in read_rules()]
    with served.house.database.write() as connection:
        keep_rules(connection, content_of(rules), Decider(organisation="city", role="manager", at=NOW))
    watch.look()
    assert told(served, "partner") == []


def test_a_search_that_begins_anew_keeps_what_was_decided(served, watch) -> None:
    served.admit(MARCH, WORKS)
    watch.look()
    before = told(served, "partner")
    assert watch_over(served.house).look() == 0
    assert told(served, "partner") == before


def test_in_a_crowd_one_change_is_settled_alone(served, watch, monkeypatch) -> None:
    served.admit(*(event(f"n{n}", category="tram", validity=AHEAD,
                         geometry={"type": "Point", "coordinates": [5.3 + n % 100 / 500, 43.2 + n // 100 / 500]}) for n in range(3000)))  # fmt: skip
    served.admit(MARCH)
    watch.look()
    asked = []
    put = Conflicts.put
    monkeypatch.setattr(Conflicts, "put", lambda self, sides: asked.append(len(sides)) or put(self, sides))
    served.admit(WORKS)
    watch.look()
    assert (asked, len(told(served, "partner"))) == ([1], 1)


# Decisions


@pytest.fixture
def town(served, files) -> Town:
    return open_town(served, files)


def post_of(town: Town, name: str) -> Who:
    return next(one for one in town.people if one.name == name)


def of_works(town: Town, who: Who, march: str = "public") -> dict[str, Any]:
    """Return the conflict between the march of an audience and the works of everyone."""
    found = town.ask(who, "/api/conflicts").json()["conflicts"]
    ids = town.known[march], town.known["works-public"]
    return next(one for one in found if one["rule"] == "event-works" and (one["a"]["id"], one["b"]["id"]) == ids)


def act(town: Town, who: Who, **said: object) -> Any:
    return town.ask(who, PATH, "POST", json=said, headers=JSON)


def lines_of(town: Town, action: str) -> list[tuple[str, str | None, str]]:
    return [(one.who, one.object_id, one.outcome) for one in town.access.audit.rows() if one.action == action]


def test_a_manager_accepts_with_a_reason_and_the_audit_tells(town: Town) -> None:
    who = post_of(town, "voirie-manager-1")
    one = of_works(town, who)
    answer = act(town, who, id=one["id"], what="accept", reason="Chantier suspendu le temps du passage")
    assert answer.status_code == 200
    told = answer.json()["conflict"]["decision"]
    assert (told["state"], told["by"], told["as"]) == ("accepted", "voirie", "manager")
    assert told["reason"] == "Chantier suspendu le temps du passage"
    assert of_works(town, post_of(town, "prefecture-reader-1"))["state"] == "accepted"
    assert lines_of(town, "conflict.accept") == [(who.name, one["id"], "done")]
    assert act(town, who, id=one["id"], what="reopen").json()["conflict"]["state"] == "open"


def test_measures_one_by_one_then_mitigated(town: Town) -> None:
    who = post_of(town, "prefecture-supervisor-1")
    one = of_works(town, who)
    early = act(town, who, id=one["id"], what="mitigate")
    assert (early.status_code, early.json()) == (422, {"error": "conflict.refused.missing"})
    for measure in one["measures"]:
        assert act(town, who, id=one["id"], what="measure", measure=measure["measure"], present=True).status_code == 200
    done = act(town, who, id=one["id"], what="mitigate").json()["conflict"]
    assert (done["state"], [bool(m["present_at"]) for m in done["measures"]]) == ("mitigated", [True, True])


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("prefecture-supervisor-1", 200),
        ("voirie-manager-1", 200),
        ("prefecture-contributor-1", 200),  # its march
        ("voirie-contributor-1", 403),  # neither side is its own
        ("prefecture-reader-1", 403),
        ("prefecture-administrator-1", 403),
        ("key of prefecture, listed", 403),
    ],
)
def test_who_may_decide(town: Town, name: str, status: int) -> None:
    one = of_works(town, post_of(town, "prefecture-supervisor-1"))
    answer = act(town, post_of(town, name), id=one["id"], what="accept", reason="Vu")
    assert answer.status_code == status
    assert (of_works(town, post_of(town, "prefecture-supervisor-1"))["state"] == "accepted") is (status == 200)
    if status == 403:
        assert [line[2] for line in lines_of(town, "conflict.decide")] == ["refused"]


def test_nobody_decides_of_what_they_may_not_see(town: Town) -> None:
    one = of_works(town, post_of(town, "prefecture-supervisor-1"), "pompiers")
    manager = post_of(town, "voirie-manager-1")
    hidden = act(town, manager, id=one["id"], what="accept", reason="Vu")
    unknown = act(town, manager, id="no-such-conflict", what="accept", reason="Vu")
    assert (hidden.status_code, hidden.content) == (unknown.status_code, unknown.content)
    assert hidden.status_code == 403


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ({"what": "accept"}, "reason"),
        ({"what": "accept", "reason": "x" * 301}, "long"),
        ({"what": "accept", "reason": "Appeler Jeanne Martin au 06 12 34 56 78"}, "words"),
        ({"what": "measure", "measure": "line_diverted", "present": True}, "measure"),
        ({"what": "burn"}, "what"),
    ],
)
def test_a_refusal_says_why_and_keeps_nothing(town: Town, said: dict[str, object], error: str) -> None:
    who = post_of(town, "prefecture-supervisor-1")
    one = of_works(town, who)
    answer = act(town, who, id=one["id"], **said)
    assert (answer.status_code, answer.json()) == (422, {"error": f"conflict.refused.{error}"})
    assert of_works(town, who) == one
    with town.house.database.read() as connection:
        assert "Jeanne" not in repr(connection.execute(select(conflict)).all())


def test_a_body_that_is_no_decision_is_refused(town: Town) -> None:
    who = post_of(town, "prefecture-supervisor-1")
    for body in (b"no", b"[]"):
        assert town.ask(who, PATH, "POST", content=body, headers=JSON).status_code == 400


def test_the_stream_says_that_conflicts_changed_to_those_concerned(town: Town) -> None:
    from tests.api.town import stream_of

    for who in town.people:
        if who.role.value != "program":
            assert '"conflicts":true' in stream_of(town, who)


def test_every_conflict_of_the_town_names_only_what_its_reader_sees(town: Town) -> None:
    for who in town.people:
        assert words_in(town.ask(who, "/api/conflicts").text) == who.sees


def test_rights_are_those_of_the_table() -> None:
    from access.roles import RIGHTS

    def having(right: Right) -> set[str]:
        return {role.value for role, rights in RIGHTS.items() if right in rights}

    assert having(Right.DECIDE_CONFLICTS) == {"manager", "contributor", "supervisor"}
    assert having(Right.CONFLICT_RULES) == {"manager", "supervisor", "administrator"}
