"""Reports that come again: made once whoever runs, for the audience of their account then, kept and sent."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from access.recurring import AGAIN_AFTER, RecurringReports
from access.roles import Role
from api.files import Files
from components.texts import words
from datasources.contract import Reading
from events.audience import PARTNERS, listed
from events.validity import Validity
from events.vocabulary import Severity
from store.report_tables import report_copy
from tests.api.mornings import DAY, Morning, make_all, open_morning, print_nothing, wanted
from tests.api.served import Served, event


@pytest.fixture
def morning(served: Served, files: Files, monkeypatch: pytest.MonkeyPatch) -> Morning:
    return print_nothing(open_morning(served, files), monkeypatch)


def test_a_report_is_made_each_morning_with_what_changed_since(morning: Morning) -> None:
    post = morning.member()
    morning.kept.keep(post, wanted())
    start = datetime.now(UTC) - timedelta(hours=2)
    open_end = Validity(start=start, end=start + 9 * DAY)
    morning.served.admit(
        event(
            "k1",
            category="accident",
            headline="Accident Kkk",
            validity=open_end,
            severity=Severity.MINOR,
            audience=PARTNERS,
        ),
        event("k2", category="chantier", headline="Chantier Www", validity=open_end, audience=PARTNERS),
    )
    assert morning.run() == 0, "nothing is due before the first morning"
    morning.now += DAY
    assert morning.run() == 1
    assert "Accident Kkk" in morning.printed[-1]
    assert "Depuis le rapport" not in morning.printed[-1]
    made_at = morning.now
    morning.served.admit(
        event(
            "k1",
            category="accident",
            headline="Accident Kkk",
            validity=open_end,
            severity=Severity.MAJOR,
            audience=PARTNERS,
        ),
        event("k3", category="accident", headline="Accident Nnn", validity=open_end, audience=PARTNERS),
    )
    morning.served.admit(reading=Reading(withdrawn=("k2",)))
    with morning.served.house.database.write() as connection:  # as if the first copy was made before these changes
        connection.execute(report_copy.update().values(made_at=start + timedelta(hours=1, minutes=59, seconds=30)))
    assert made_at
    morning.now += DAY
    assert morning.run() == 1
    told = morning.printed[-1]
    assert "Depuis le rapport du" in told
    assert morning.states() == [("made", None), ("made", None)]
    assert morning.run() == 0, "once a day"


def test_differences_say_what_was_and_what_is(morning: Morning) -> None:
    from api.reports.changes import changes_since
    from events.audience import Viewer
    from store.kept import EventQuery

    start = datetime.now(UTC) - timedelta(hours=2)
    long = Validity(start=start, end=start + 9 * DAY)
    common = {"category": "accident", "audience": PARTNERS, "validity": long}
    morning.served.admit(
        event("k1", headline="Accident Kkk", severity=Severity.MINOR, place="Rue de Rome", **common),
        event("k2", headline="Chantier Www", **common), event("k4", headline="Inchangé Iii", **common),
        event("k5", headline="Restreint Rrr", **{**common, "audience": listed(["prefecture"])}),
    )  # fmt: skip
    since = datetime.now(UTC)
    moved = Validity(start=start, end=start + 8 * DAY)
    morning.served.admit(
        event(
            "k1",
            headline="Accident Kkk",
            severity=Severity.MAJOR,
            place="Cours Julien",
            **{**common, "validity": moved},
        ),
        event("k3", headline="Accident Nnn", **common),
        event(
            "k5", headline="Restreint Rrr", severity=Severity.CRITICAL, **{**common, "audience": listed(["prefecture"])}
        ),
    )
    morning.served.admit(reading=Reading(withdrawn=("k2",)))
    now = datetime.now(UTC)
    house = morning.served.house
    query = EventQuery(start=now - DAY, end=now + DAY, now=now)
    found = changes_since(house, Viewer(is_partner=True), query, since, words("fr"))
    told = {line.title: (line.what, line.told) for line in found.lines}
    assert set(told) == {"Accident Kkk", "Accident Nnn", "Chantier Www"}
    assert told["Accident Nnn"] == ("Nouveau", "")
    assert told["Chantier Www"] == ("Retiré", "")
    what, difference = told["Accident Kkk"]
    assert what == "Modifié"
    assert "gravité : Mineur → Majeur" in difference
    assert "lieu : Rue de Rome → Cours Julien" in difference
    assert "fin : " in difference
    assert found.lines[0].title == "Accident Kkk", "the most severe first"


def test_four_processes_make_each_report_once(morning: Morning) -> None:
    post = morning.member()
    for number in range(5):
        morning.kept.keep(post, wanted(title=f"Rapport {number}"))
    morning.now += DAY

    async def four() -> None:
        makers = [morning.maker() for _ in range(4)]

        await asyncio.gather(*(make_all(maker) for maker in makers))

    asyncio.run(four())
    assert morning.states() == [("made", None)] * 5
    assert len(morning.printed) == 5


def test_of_two_processes_that_look_at_the_same_instant_one_makes_it(morning: Morning, monkeypatch) -> None:
    morning.kept.keep(morning.member(), wanted())
    morning.now += DAY
    monkeypatch.setattr(RecurringReports, "_lately", lambda self, now: {})  # neither sees what the other takes
    zone = morning.served.house.zone
    assert [morning.kept.claim(zone) is not None for _ in range(2)] == [True, False]
    assert morning.states() == [("making", None)]


def test_only_the_process_that_polls_makes_them(morning: Morning) -> None:
    morning.kept.keep(morning.member(), wanted())
    morning.now += DAY
    assert asyncio.run(morning.maker(lambda: "following").tick()) is False
    assert morning.states() == []


def test_a_report_whose_process_ended_is_made_by_the_next_one_after_a_while(morning: Morning) -> None:
    morning.kept.keep(morning.member(), wanted())
    morning.now += DAY
    assert morning.kept.claim(morning.served.house.zone) is not None  # and the process is gone
    assert morning.states() == [("making", None)]
    assert morning.run() == 0
    morning.now += AGAIN_AFTER
    assert morning.run() == 1
    assert morning.states() == [("made", None)]


def test_after_days_without_the_house_there_is_one_report_not_one_for_each(morning: Morning) -> None:
    morning.kept.keep(morning.member(), wanted())
    morning.now += 5 * DAY
    assert morning.run() == 1


def test_a_report_is_for_what_its_account_may_see_then_and_never_restricted(morning: Morning) -> None:
    start = datetime.now(UTC) - timedelta(hours=1)
    long = Validity(start=start, end=start + 9 * DAY)
    morning.served.admit(
        event("p", category="accident", headline="Partenaires Ppp", audience=PARTNERS, validity=long),
        event("r", category="accident", headline="Restreint Rrr", audience=listed(["prefecture"]), validity=long),
    )
    morning.kept.keep(morning.member("prefecture-9", role=Role.SUPERVISOR), wanted())
    morning.now += DAY
    assert morning.run() == 1
    assert "Partenaires Ppp" in morning.printed[-1]
    assert "Restreint Rrr" not in morning.printed[-1]
    assert "Sans événement restreint" in morning.printed[-1]
    morning.access.accounts.disable("prefecture-9", None)
    morning.now += DAY
    assert morning.run() == 0, "a closed account is told nothing"


def test_filters_and_language_are_those_of_the_view(morning: Morning) -> None:
    start = datetime.now(UTC) - timedelta(hours=1)
    long = Validity(start=start, end=start + 9 * DAY)
    morning.served.admit(
        event(
            "a", category="accident", headline="Accident Aaa", severity=Severity.MAJOR, audience=PARTNERS, validity=long
        ),
        event(
            "b", category="concert", headline="Concert Bbb", severity=Severity.MINOR, audience=PARTNERS, validity=long
        ),
    )
    morning.kept.keep(morning.member(), wanted(query="grav=3&cat=circ", lang="en", title="Graves"))
    morning.now += DAY
    assert morning.run() == 1
    told = morning.printed[-1]
    assert "Accident Aaa" in told
    assert "Concert Bbb" not in told
    assert "Situation report" in told
    assert "https://observatoire.example/?grav=3&amp;cat=circ" in told


def test_a_view_that_names_what_is_gone_says_so_and_is_tried_three_times(morning: Morning) -> None:
    morning.kept.keep(morning.member(), wanted(query="cat=licornes"))
    morning.now += DAY
    for _ in range(5):
        morning.run()
        morning.now += AGAIN_AFTER
    assert morning.states() == [("failed", "view")]
    assert morning.run() == 0


def test_an_analysis_comes_each_week(morning: Morning) -> None:
    local = morning.now.astimezone(morning.served.house.zone)
    morning.kept.keep(morning.member(), wanted(kind="analysis", weekday=local.weekday(), query="du=-7j"))
    for _ in range(7):  # before the hour of the report the first one is today's, after it that of today in a week
        morning.now += DAY
        morning.run()
    assert len(morning.printed) == 1
    assert "7 jours" in morning.printed[0]


def test_a_report_is_sent_once_to_the_box_of_the_organisation(morning: Morning) -> None:
    morning.kept.keep(morning.member(), wanted(is_sent=True))
    morning.now += DAY
    assert morning.run() == 1
    ((to, subject, paper),) = morning.box.taken
    assert to == "salle@prefecture.example"
    assert subject.startswith("Matin, rapport du ")
    assert paper is not None
    assert (paper.content, paper.name[-14:]) == (b"%PDF-stub", "-situation.pdf")
    assert morning.states() == [("sent", None)]
    assert morning.run() == 0
    morning.box.is_broken = True
    morning.now += DAY
    assert morning.run() == 1
    assert morning.states()[-1] == ("unsent", "mail")
    morning.now += AGAIN_AFTER
    assert morning.run() == 0, "it is kept; a message that may have left is not sent twice"


def test_an_organisation_without_a_box_is_told_that_nothing_was_sent(morning: Morning) -> None:
    morning.kept.keep(morning.member("voirie-1", "voirie"), wanted(is_sent=True))
    morning.now += DAY
    morning.run()
    assert morning.states() == [("unsent", "box")]
