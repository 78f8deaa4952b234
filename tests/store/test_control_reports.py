"""Reports of the control stay what they were; a flag is asked about once, and again when it grew."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from events.errors import InvalidRecord
from store.admitted import Cleared
from store.control_reports import (
    CORRECTED,
    EXPLAINED,
    decide,
    keep,
    open_count,
    report,
    reports,
    reviews,
    take_over,
    verify,
)
from store.control_tables import control_report, control_review
from store.frozen import freeze
from store.retention import KINDS, Limits, purge

DAY = timedelta(days=1)


def told(ratio: float = 2.0, **changes: object) -> dict[str, object]:
    flag = {
        "key": "exposure:13201:police::more", "measure": "exposure", "district": "13201", "organisation": "police",
        "role": "", "ratio": [ratio, 1.5, 2.5], "p": 0.001, "count": 80,
    }  # fmt: skip
    return {"version": 1, "flags": [{**flag, **changes}]}


def answer(town, review_id: int, decision: str) -> None:
    with town.database.write() as connection:
        decide(connection, review_id, Cleared("Campagne de contrôle annoncée"), decision, "supervision-1", town.now)


def test_a_report_comes_back_as_it_was_made_and_a_month_has_one(town):
    first = keep(town.database, told(), town.now, "2026-11")
    assert keep(town.database, told(3.0), town.now + DAY, "2026-11") is None
    second = keep(town.database, told(3.0), town.now + DAY, None)
    assert [one.id for one in reports(town.database)] == [second.id, first.id]
    assert [one.id for one in reports(town.database, monthly=True)] == [first.id]
    assert report(town.database, first.id).content == told()
    assert verify(town.database) == (2, None)


@pytest.mark.parametrize("change", ["content", "month", "gone"])
def test_a_report_that_was_changed_or_taken_out_shows(town, change):
    made = [keep(town.database, told(float(n)), town.now + n * DAY, None) for n in (2, 3, 4)]
    values = {"content": {"content": freeze(told(9.0))}, "month": {"month": "2026-11"}}
    of_second = control_report.c.id == made[1].id
    with town.database.write() as connection:
        if change == "gone":
            connection.execute(control_review.delete())
            connection.execute(control_report.delete().where(of_second))
        else:
            connection.execute(update(control_report).where(of_second).values(**values[change]))
    assert verify(town.database) == (1, made[2].id if change == "gone" else made[1].id)


def test_a_flag_that_comes_again_is_one_review_while_it_is_open(town):
    keep(town.database, told(), town.now, None)
    keep(town.database, told(2.4), town.now + DAY, None)
    (only,) = reviews(town.database, is_open=True)
    assert (only.owner_id, only.due_at - only.opened_at) == ("dpo", timedelta(days=30))
    assert open_count(town.database) == 1


@pytest.mark.parametrize(
    ("decision", "ratio", "later", "asked"),
    [(EXPLAINED, 2.2, 30, 0), (EXPLAINED, 2.6, 30, 1), (EXPLAINED, 2.0, 366, 1), (CORRECTED, 2.0, 30, 1)],
)  # fmt: skip
def test_an_explained_difference_is_asked_about_again_only_when_it_grew_or_a_year_passed(
    town, decision, ratio, later, asked
):
    keep(town.database, told(), town.now, None)
    answer(town, reviews(town.database)[0].id, decision)
    keep(town.database, told(ratio), town.now + later * DAY, None)
    assert open_count(town.database) == asked


def test_a_smaller_share_that_shrank_further_is_asked_about_again(town):
    keep(town.database, told(0.5), town.now, None)
    answer(town, reviews(town.database)[0].id, EXPLAINED)
    keep(town.database, told(0.45), town.now + 30 * DAY, None)
    assert open_count(town.database) == 0
    keep(town.database, told(0.3), town.now + 60 * DAY, None)
    assert open_count(town.database) == 1


def test_an_answer_holds_the_post_and_is_given_once(town):
    keep(town.database, told(), town.now, None)
    number = reviews(town.database)[0].id
    with town.database.write() as connection:
        take_over(connection, number, "supervision-1")
    answer(town, number, EXPLAINED)
    (found,) = reviews(town.database, is_open=False)
    assert (found.owner_id, found.decision, found.decided_by, found.finding) == (
        "supervision-1", EXPLAINED, "supervision-1", "Campagne de contrôle annoncée",
    )  # fmt: skip
    with pytest.raises(InvalidRecord, match="not open"):
        answer(town, number, CORRECTED)


def test_words_that_no_gate_read_are_no_answer(town):
    keep(town.database, told(), town.now, None)
    with pytest.raises(InvalidRecord, match=r"control_review\.finding"), town.database.write() as connection:
        decide(connection, reviews(town.database)[0].id, "Vu avec Jeanne Martin", EXPLAINED, "x", town.now)
    with pytest.raises(InvalidRecord, match="no such decision"), town.database.write() as connection:
        decide(connection, reviews(town.database)[0].id, Cleared("vu"), "forgotten", "x", town.now)


def test_reports_go_after_five_years_and_the_rest_still_verifies(town):
    keep(town.database, told(), town.now, None)
    kept = keep(town.database, told(3.0), town.now + 400 * DAY, None)
    purge(town.database, Limits(kinds=dict.fromkeys(KINDS, 30 * DAY)), town.now + 1830 * DAY)
    assert [one.id for one in reports(town.database)] == [kept.id]
    assert verify(town.database) == (1, None)
