"""What partners save: published, proposed, joined, asked, held back, confirmed, closed, taken back; never lost, never seen too far."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from access.answers import Clashing, Outdated, TooOften, Unpublishable
from access.roles import Role
from api.viewer import NotAllowed
from events.audience import CITY_READER, PUBLIC, Viewer, listed
from events.errors import InvalidRecord
from events.records import Checkpoint, Route
from events.vocabulary import Severity, StoredStatus
from store import chain, readers
from store.kept import EventQuery
from tests.contributing.conftest import Desk


def seen(desk: Desk, viewer: Viewer) -> set[str]:
    page = readers.events(desk.database, viewer=viewer, query=EventQuery())
    return {kept.id for kept in page.events}


def test_what_an_organisation_may_write_is_published_at_once(desk: Desk) -> None:
    saved = desk.contributions.publish(desk.post("prefecture"), desk.draft())
    assert (saved.state, saved.version, saved.awaits_alert) == ("published", 1, False)
    event = readers.event(desk.database, saved.event_id, viewer=CITY_READER)
    assert event is not None
    assert (event.event.source_id, event.event.organisation) == ("prefecture-contributions", "prefecture")
    assert desk.woken
    assert desk.access.audit.rows()[0].action == "contribution.publish"


def test_who_may_not_contribute_is_refused_and_that_is_in_the_audit(desk: Desk) -> None:
    for number, role in enumerate((Role.READER, Role.MANAGER, Role.ADMINISTRATOR, Role.WALL)):
        with pytest.raises(NotAllowed):
            desk.contributions.publish(desk.post("prefecture", role, number), desk.draft())
    assert [row.outcome for row in desk.access.audit.rows()[:4]] == ["refused"] * 4
    assert seen(desk, Viewer(sees_restricted=True)) == set()


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"headline": " "}, "headline"),
        ({"category": "opinion"}, "category"),
        ({"geometry": None}, "geometry"),
        ({"geometry": {"type": "Point", "coordinates": [43.28, 5.38]}}, "geometry"),
        ({"geometry": {"type": "Point", "coordinates": ["a", 1]}}, "geometry"),
        ({"end": None}, "check_at"),
        ({"size_class": 9}, "size_class"),
        ({"description": "x" * 281}, "description"),
        ({"description": "Appeler Jean Dupont au 06 12 34 56 78"}, "description"),
        ({"place": "chez Madame Martin Durand"}, "place"),
        ({"route": Route(checkpoints=(Checkpoint(label="Quai"),))}, "route"),
        ({"route": Route(checkpoints=(Checkpoint(label="Quai"), Checkpoint(label="M. Paul Martin")))}, "route"),
    ],
)
def test_a_problem_is_told_by_field_and_nothing_is_kept(desk: Desk, changes: dict[str, object], name: str) -> None:
    with pytest.raises(Unpublishable) as refused:
        desk.contributions.publish(desk.post("prefecture"), desk.draft(**changes))
    assert {problem.name for problem in refused.value.problems} == {name}
    assert "Dupont" not in str(refused.value)
    assert seen(desk, Viewer(sees_restricted=True)) == set()


def test_an_end_before_the_start_is_told_with_both_times(desk: Desk) -> None:
    draft = desk.draft()
    with pytest.raises(Unpublishable) as refused:
        desk.contributions.publish(desk.post("prefecture"), replace(draft, end=draft.start - timedelta(minutes=20)))
    (problem,) = refused.value.problems
    assert (problem.key, problem.params["start"]) == ("form.end_before_start", draft.start)


def test_what_is_not_its_matter_becomes_a_proposal_that_only_both_sides_see(desk: Desk) -> None:
    saved = desk.contributions.publish(desk.post("voirie"), desk.draft(audience=PUBLIC))
    assert saved.state == "proposed"
    assert saved.event_id not in seen(desk, CITY_READER)
    assert saved.event_id not in seen(desk, Viewer())
    for organisation in ("voirie", "prefecture"):
        assert saved.event_id in seen(desk, desk.post(organisation))
    assert [one.id for one in desk.moderation.waiting(desk.post("prefecture"))] == [saved.event_id]
    assert list(desk.moderation.waiting(desk.post("transport"))) == []
    with pytest.raises(InvalidRecord):
        desk.moderation.accept(desk.post("voirie"), saved.event_id)
    done = desk.moderation.accept(desk.post("prefecture"), saved.event_id)
    assert done.state == "accepted"
    assert saved.event_id in seen(desk, Viewer())
    with pytest.raises(InvalidRecord, match="answered already"):
        desk.moderation.accept(desk.post("prefecture"), saved.event_id)


def test_a_refusal_has_a_reason_without_a_person_and_stays_between_them(desk: Desk) -> None:
    saved = desk.contributions.publish(desk.post("transport"), desk.draft(category="metro"))
    assert saved.state == "proposed", "an organisation that is not trusted proposes even its own matter"
    with pytest.raises(InvalidRecord):
        desk.moderation.refuse(desk.post("city"), saved.event_id, "Voir avec Jean Dupont")
    desk.moderation.refuse(desk.post("city"), saved.event_id, "Déjà annoncé par la voirie")
    found = desk.contributions.find(desk.post("transport"), saved.event_id)
    assert found is not None
    assert (found[0].state, found[0].answer) == ("refused", "Déjà annoncé par la voirie")
    assert saved.event_id not in seen(desk, desk.post("voirie"))


def test_critical_needs_two_posts(desk: Desk) -> None:
    first, second = desk.post("prefecture"), desk.post("city", number=2)
    saved = desk.contributions.publish(first, desk.draft(severity=Severity.CRITICAL))
    assert saved.awaits_alert
    kept = readers.event(desk.database, saved.event_id, viewer=CITY_READER)
    assert kept is not None
    assert kept.event.severity is Severity.MAJOR
    with pytest.raises(NotAllowed):
        desk.moderation.confirm_alert(first, saved.event_id)
    with pytest.raises(NotAllowed):
        desk.moderation.confirm_alert(desk.post("voirie"), saved.event_id)
    changed = desk.contributions.change(
        first, saved.event_id, 1, desk.draft(severity=Severity.CRITICAL, place="Castellane")
    )
    assert changed.awaits_alert, "editing does not confirm"
    done = desk.moderation.confirm_alert(second, saved.event_id)
    assert not done.awaits_alert
    kept = readers.event(desk.database, saved.event_id, viewer=CITY_READER)
    assert kept is not None
    assert kept.event.severity is Severity.CRITICAL
    with pytest.raises(Unpublishable):
        desk.contributions.publish(desk.post("voirie"), desk.draft(category="chantier", severity=Severity.CRITICAL))


def test_an_unknown_end_that_nobody_checked_is_to_be_confirmed(desk: Desk) -> None:
    draft = desk.draft(end=None, check_at=desk.clock() + timedelta(hours=2))
    saved = desk.contributions.publish(desk.post("prefecture"), draft)
    desk.clock.go(hours=2, minutes=1)
    assert desk.moderation.tick() == 1
    kept = readers.event(desk.database, saved.event_id, viewer=CITY_READER)
    assert kept is not None
    assert kept.event.status is StoredStatus.TO_CONFIRM
    assert desk.moderation.tick() == 0


def test_only_listed_organisations_and_its_own_see_a_listed_event(desk: Desk) -> None:
    saved = desk.contributions.publish(desk.post("prefecture"), desk.draft(audience=listed(["city"])))
    assert saved.event_id in seen(desk, desk.post("city"))
    assert saved.event_id in seen(desk, desk.post("prefecture"))
    for viewer in (
        Viewer(),
        CITY_READER.__class__(organisation="voirie", is_partner=True),
        desk.post("prefecture", Role.READER),
    ):
        assert saved.event_id not in seen(desk, viewer)


def test_two_who_edit_different_fields_both_keep_their_work(desk: Desk) -> None:
    one, other = desk.post("prefecture"), desk.post("prefecture", number=2)
    saved = desk.contributions.publish(one, desk.draft())
    desk.contributions.change(one, saved.event_id, 1, desk.draft(place="Castellane, côté métro"))
    done = desk.contributions.change(other, saved.event_id, 1, desk.draft(instruction="Éviter le secteur"))
    assert done.version == 3
    kept = readers.event(desk.database, saved.event_id, viewer=CITY_READER)
    assert kept is not None
    assert (kept.event.place, kept.event.instruction) == ("Castellane, côté métro", "Éviter le secteur")


def test_two_who_edit_the_same_field_are_asked_with_both_sides(desk: Desk) -> None:
    one, other = desk.post("prefecture"), desk.post("prefecture", number=2)
    saved = desk.contributions.publish(one, desk.draft())
    desk.contributions.change(one, saved.event_id, 1, desk.draft(place="Castellane nord", instruction="Par le métro"))
    with pytest.raises(Clashing) as asked:
        desk.contributions.change(
            other, saved.event_id, 1, desk.draft(place="Castellane sud", direction="Vers le Prado")
        )
    assert set(asked.value.clashes) == {"place"}
    clash = asked.value.clashes["place"]
    assert (clash.base, clash.theirs, clash.mine) == ("Place Castellane", "Castellane nord", "Castellane sud")
    assert asked.value.merged.instruction == "Par le métro"
    chosen = replace(asked.value.merged, place="Castellane nord et sud")
    assert desk.contributions.change(other, saved.event_id, asked.value.version, chosen).version == 3


def test_an_event_of_another_organisation_is_changed_by_a_supervisor_only(desk: Desk) -> None:
    saved = desk.contributions.publish(desk.post("prefecture"), desk.draft())
    with pytest.raises(NotAllowed):
        desk.contributions.change(desk.post("voirie"), saved.event_id, 1, desk.draft(place="Ailleurs"))
    done = desk.contributions.change(
        desk.post("city", Role.SUPERVISOR), saved.event_id, 1, desk.draft(place="Ailleurs")
    )
    assert done.version == 2
    kept = readers.event(desk.database, saved.event_id, viewer=CITY_READER)
    assert kept is not None
    assert kept.event.organisation == "prefecture"


def test_what_one_may_not_see_one_cannot_change_and_is_told_nothing_of(desk: Desk) -> None:
    saved = desk.contributions.publish(desk.post("prefecture"), desk.draft(audience=listed(["prefecture"])))
    unknown = "00000000-0000-7000-8000-000000000000"
    said = set()
    for event_id in (saved.event_id, unknown):
        with pytest.raises(InvalidRecord) as refused:
            desk.contributions.change(desk.post("voirie"), event_id, 1, desk.draft())
        said.add(str(refused.value))
    assert len(said) == 1


def test_closing_withdrawing_reopening_and_undoing_are_versions(desk: Desk) -> None:
    post = desk.post("prefecture")
    saved = desk.contributions.publish(
        post, desk.draft(start=desk.clock() - timedelta(hours=1), end=None, check_at=desk.clock() + timedelta(hours=1))
    )
    with pytest.raises(Unpublishable):
        desk.contributions.close(post, saved.event_id, 1, desk.clock() + timedelta(hours=5))
    closed = desk.contributions.close(post, saved.event_id, 1, desk.clock(), "Circulation lente")
    kept = readers.event(desk.database, saved.event_id, viewer=CITY_READER)
    assert kept is not None
    assert kept.event.validity.end == desk.clock()
    assert (kept.event.is_end_verified, kept.event.instruction) == (True, "Circulation lente")
    reopened = desk.contributions.reopen(post, saved.event_id, closed.version, desk.clock() + timedelta(hours=1))
    assert reopened.version == 3
    desk.clock.go(minutes=1)
    gone = desk.contributions.withdraw(post, saved.event_id, reopened.version)
    assert saved.event_id not in seen(desk, CITY_READER)
    desk.clock.go(minutes=1)
    back = desk.contributions.reopen(post, saved.event_id, gone.version, desk.clock() + timedelta(hours=1))
    assert saved.event_id in seen(desk, CITY_READER)
    changed = desk.contributions.change(
        post,
        saved.event_id,
        back.version,
        desk.draft(end=None, check_at=desk.clock() + timedelta(hours=4), place="Ailleurs"),
    )
    undone = desk.contributions.undo(post, saved.event_id, changed.version)
    kept = readers.event(desk.database, saved.event_id, viewer=CITY_READER)
    assert kept is not None
    assert kept.event.place == "Place Castellane"
    desk.clock.go(minutes=1)
    with pytest.raises(Outdated):
        desk.contributions.undo(post, saved.event_id, undone.version)
    assert chain.verify(desk.database).holds


def test_undoing_a_first_save_takes_the_event_back(desk: Desk) -> None:
    post = desk.post("prefecture")
    saved = desk.contributions.publish(post, desk.draft())
    with pytest.raises(Outdated):
        desk.contributions.undo(desk.post("prefecture", number=2), saved.event_id, 1)
    desk.contributions.undo(post, saved.event_id, 1)
    assert saved.event_id not in seen(desk, CITY_READER)


def test_an_organisation_saves_no_faster_than_people_do(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.contributing.stairs.MOST_A_MINUTE", 3)
    post = desk.post("prefecture")
    for _ in range(3):
        desk.contributions.publish(post, desk.draft())
    with pytest.raises(TooOften):
        desk.contributions.publish(post, desk.draft())
    desk.contributions.publish(desk.post("city"), desk.draft())
    desk.clock.go(seconds=61)
    desk.contributions.publish(post, desk.draft())


def test_saves_at_once_lose_nothing(desk: Desk) -> None:
    post = desk.post("prefecture")
    saved = desk.contributions.publish(post, desk.draft())
    fields = ("description", "instruction", "direction", "road_name")
    failures: list[BaseException] = []

    def change(name: str) -> None:
        try:
            desk.contributions.change(
                post, saved.event_id, 1, desk.draft(**{name: f"Secteur {name.replace('_', ' ')}"})
            )
        except BaseException as error:  # noqa: BLE001 - told by the test
            failures.append(error)

    threads = [threading.Thread(target=change, args=(name,)) for name in fields]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert failures == []
    kept = readers.event(desk.database, saved.event_id, viewer=CITY_READER)
    assert kept is not None
    assert [getattr(kept.event, name) for name in fields] == [f"Secteur {name.replace('_', ' ')}" for name in fields]
    assert kept.version == 5
