"""A recurring analysis says what changed since its last kept copy: both figures as they were told, and nothing it does not know."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import delete, select, update

from access.roles import Role
from api.analysis import Analysed
from api.files import Files
from api.reports.since_last import figures_of, since_last
from components.differences import change_told
from components.texts import words
from events.audience import PARTNERS, Viewer, listed
from events.validity import Validity
from events.vocabulary import Severity
from insight.periods import Question
from insight.statistics import Days
from store.kept import EventQuery
from store.report_figures import NAMES, Figures, figures_before
from store.report_tables import report_copy, report_figures
from store.retention import KINDS, Limits, purge
from tests.api.mornings import DAY, Morning, open_morning, print_nothing, wanted
from tests.api.pdf_read import is_accessible, pages_of
from tests.api.served import Served, event

WEEK = "du=-7j"


@pytest.fixture
def morning(served: Served, files: Files, monkeypatch: pytest.MonkeyPatch) -> Morning:
    return print_nothing(open_morning(served, files), monkeypatch)


def admit(morning: Morning, *names: str, **changes: object) -> None:
    start = morning.now - timedelta(hours=1)
    told: dict[str, object] = {"category": "accident", "severity": Severity.MINOR, "audience": PARTNERS,
                               "validity": Validity(start=start, end=start + 20 * DAY)} | changes  # fmt: skip
    morning.served.admit(*(event(name, headline=f"Accident {name}", **told) for name in names))


def lines(document: str) -> list[list[str]]:
    """Return the cells of the first table of figures, row by row."""
    from lxml import html

    table = html.fromstring(document).xpath("//main/section[1]//tbody")[0]
    return [[" ".join(cell.text_content().split()) for cell in row] for row in table]


def counted(morning: Morning, viewer: Viewer) -> dict[str, float | None]:
    """Return the figures of the seven days up to now, asked of the analysis by itself."""
    house = replace(morning.served.house, clock=lambda: morning.now)
    last = morning.now.astimezone(house.zone).date()
    days = Days(last - 6 * DAY, last)
    question = Question(days=days, compared=days.before(), filters=EventQuery(now=None, limit=1000))
    return dict(figures_of(Analysed(house).periods(viewer, question), "partners").values)


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_figures_of_the_last_copy_stand_beside_those_of_now(morning: Morning, lang: str) -> None:
    speak, partner = words(lang), Viewer(is_partner=True)
    morning.kept.keep(morning.member(), wanted(kind="analysis", query=WEEK, lang=lang))
    admit(morning, "a1", "a2", severity=Severity.MAJOR)
    morning.now += DAY
    then = counted(morning, partner)
    assert morning.run() == 1
    assert speak("report.since.first") in morning.printed[-1]
    admit(morning, "b1", "b2", "b3", severity=Severity.CRITICAL)
    morning.now += DAY
    now = counted(morning, partner)
    assert morning.run() == 1
    told = morning.printed[-1]
    assert speak("report.since.first") not in told
    assert ("Depuis le rapport du" if lang == "fr" else "Since the report of") in told
    total, serious = lines(told)[:2]
    assert then["total"] is not None
    assert now["total"] == then["total"] + 3, "the test would compare nothing"
    up = {"fr": "en hausse de 3", "en": "up by 3"}[lang]
    assert total[:3] == [speak("analysis.figure.total"), f"{then['total']:.0f}", f"{now['total']:.0f}"]
    assert total[3].startswith(up)
    assert serious[1:] == [f"{then['serious']:.0f}", f"{now['serious']:.0f}", up]
    assert len(lines(told)) == 5


def test_a_copy_that_is_gone_or_was_never_kept_is_not_compared_with(morning: Morning) -> None:
    morning.kept.keep(morning.member(), wanted(kind="analysis", query=WEEK))
    first = words("fr")("report.since.first")
    database = morning.served.house.database
    morning.now += DAY
    morning.run()
    with database.write() as connection:  # made before figures were kept
        connection.execute(delete(report_figures))
    morning.now += DAY
    morning.run()
    assert first in morning.printed[-1]
    with database.write() as connection:  # its document was emptied
        connection.execute(update(report_copy).values(content=None, state="erased"))
    morning.now += DAY
    morning.run()
    assert first in morning.printed[-1]
    purge(database, Limits(kinds=dict.fromkeys(KINDS, 400 * DAY)), morning.now + 32 * DAY)
    with database.read() as connection:
        assert connection.execute(select(report_figures)).all() == []


def test_another_report_of_the_account_is_not_the_one_before(morning: Morning) -> None:
    post = morning.member()
    morning.kept.keep(post, wanted(kind="analysis", query=WEEK, title="Un"))
    morning.now += DAY
    morning.run()
    morning.kept.keep(post, wanted(kind="analysis", query="du=-7j&grav=3", title="Deux"))
    morning.now += DAY
    morning.run()
    said = ["Depuis le rapport du" in document for document in morning.printed]
    assert sorted(said) == [False, False, True]


def test_figures_are_those_the_owner_may_see_and_of_one_audience(morning: Morning, monkeypatch) -> None:
    """A restricted event moves no figure; figures counted for partners are not told to who is none any more."""
    name = morning.kept.keep(morning.member("prefecture-9", role=Role.SUPERVISOR), wanted(kind="analysis", query=WEEK))
    admit(morning, "p1")
    morning.now += DAY
    morning.run()
    admit(morning, "r1", "r2", audience=listed(["prefecture"]))
    morning.now += DAY
    morning.run()
    assert lines(morning.printed[-1])[0][3] == "inchangé"
    database = morning.served.house.database
    assert figures_before(database, name, morning.now + DAY, "partners") is not None
    assert figures_before(database, name, morning.now + DAY, "public") is None
    with database.write() as connection:
        connection.execute(update(report_figures).values(audience="public"))
    morning.now += DAY
    morning.run()
    assert words("fr")("report.since.first") in morning.printed[-1]


def test_a_copy_made_at_the_second_try_keeps_its_own_figures(morning: Morning) -> None:
    post = morning.member()
    name = morning.kept.keep(post, wanted(kind="analysis", query=WEEK))
    morning.now += DAY
    morning.run()
    (copy,) = morning.kept.copies(post)[name]
    database = morning.served.house.database
    before = figures_before(database, name, morning.now + DAY, "partners")
    content = morning.kept.content(post, copy.id)
    assert before is not None
    assert content is not None
    again = replace(before[1], values={**before[1].values, "total": 77.0})
    morning.kept.made(copy.id, content, (), again)
    kept = figures_before(database, name, morning.now + DAY, "partners")
    assert kept is not None
    assert kept[1] == again


@pytest.mark.parametrize(
    ("kind", "then", "now", "fr", "en"),
    [
        ("count", 3, 5, "en hausse de 2", "up by 2"),
        ("count", 40, 30, "en baisse de 10 (−25 %)", "down by 10 (−25%)"),
        ("count", 7, 7, "inchangé", "unchanged"),
        ("hours", 9.6, 14.4, "en hausse de 4 h (+40 %)", "up by 4 h (+40%)"),
        ("share", 0.124, 0.118, "inchangé", "unchanged"),
        ("share", 0.30, 0.12, "en baisse de 18 pt", "down by 18 pt"),
        ("minutes", 60.0, 240.0, "en hausse de 3 min", "up by 3 min"),
        ("count", None, 5, "pas d’écart : une mesure manque", "no difference: a measure is missing"),
        ("minutes", 5.0, None, "pas d’écart : une mesure manque", "no difference: a measure is missing"),
    ],
)  # fmt: skip
def test_a_difference_is_that_of_the_figures_as_written(
    kind: str, then: float | None, now: float | None, fr: str, en: str
) -> None:
    assert [change_told(then, now, kind, words(lang)).replace("\u202f", " ") for lang in ("fr", "en")] == [fr, en]


def test_what_makes_a_difference_doubtful_is_said(served: Served) -> None:
    speak, at = words("fr"), datetime.fromisoformat("2026-11-30T06:00:00+00:00")
    now = Figures(
        audience="partners", first=date(2026, 11, 24), last=date(2026, 11, 30), is_whole=True,
        values=dict.fromkeys(NAMES, 1.0),
    )  # fmt: skip
    doubts = (speak("report.since.lengths"), speak("report.since.partial"))

    def told(then: Figures, after: Figures = now) -> list[bool]:
        said = since_last((at, then), after, served.house, speak).told
        assert "24 nov. – lun. 30 nov." in said
        return [doubt in said for doubt in doubts]

    assert told(now) == [False, False]
    assert told(replace(now, first=date(2026, 11, 20))) == [True, False]
    assert told(replace(now, is_whole=False)) == [False, True]
    assert told(now, replace(now, is_whole=False)) == [False, True]


def test_a_real_copy_tells_it_on_its_first_page_in_words_that_can_be_selected(served: Served, files: Files) -> None:
    made = open_morning(served, files)
    post = made.member()
    name = made.kept.keep(post, wanted(kind="analysis", query=WEEK))
    admit(made, "a1")
    for _ in range(2):
        made.now += DAY
        assert made.run() == 1
    newest = made.kept.copies(post)[name][0]
    content = made.kept.content(post, newest.id)
    assert content is not None
    first = pages_of(bytes(content))[0]
    for text in ("Depuis le rapport du", "Rapport précédent", "Écart", "inchangé"):
        assert text in first, text
    assert is_accessible(bytes(content))
