"""The control of drift in service: made each month and on demand, answered by a post, told to everyone without a small cell."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from api.control.making import LEAST_RECORDS, LOOK_EVERY, Controls
from privacy.gazetteer import city_gazetteer
from privacy.screen import clearer
from store.access_tables import audit
from store.control_reports import keep, open_count, report, reports, reviews, verify
from tests.api.served import CITY, event
from tests.api.test_account_pages import ADMIN, Town, post, shown, town  # noqa: F401 - a fixture

NAME = "Karim Benali a tout expliqué"


def flagged(house, ratio: float = 2.0) -> None:
    flag = {
        "key": "exposure:13201:voirie::more", "measure": "exposure", "district": "13201", "organisation": "voirie",
        "role": "", "ratio": [ratio, 1.5, 2.5], "p": 0.001, "count": 80,
    }  # fmt: skip
    controls = Controls(house.database, house.city, house.sources, house.clock)
    content = {**controls.content(house.clock()), "flags": [flag]}
    assert keep(house.database, content, house.clock(), None) is not None


def actions(town: Town) -> list[tuple[str, str]]:  # noqa: F811
    with town.house.database.read() as connection:
        asked = select(audit.c.action, audit.c.outcome).where(audit.c.action.startswith("control"))
        return [(row.action, row.outcome) for row in connection.execute(asked)]


def test_a_supervisor_makes_a_report_and_it_is_kept_and_in_the_audit(town: Town) -> None:  # noqa: F811
    browser = town.browser("ville-1")
    assert "Aucun rapport encore" in shown(browser.ask("GET", "/controle"))
    answer = post(browser, "/controle/calculer")
    assert (answer.status_code, answer.headers["location"]) == (303, "/controle?fait=rapport")
    (made,) = reports(town.house.database)
    assert (made.month, verify(town.house.database), actions(town)) == (None, (1, None), [("control.make", "done")])
    page = browser.ask("GET", "/controle")
    assert page.status_code == 200
    assert page.text.count("ob-clear-card") >= 9
    assert "control." not in shown(page), "a text is missing"


def test_a_report_of_an_earlier_version_keeps_its_differences_and_draws_nothing(town: Town) -> None:  # noqa: F811
    flag = {
        "key": "exposure:13201:voirie::more", "measure": "exposure", "district": "13201", "organisation": "voirie",
        "role": "", "ratio": [2.0, 1.5, 2.5], "p": 0.001, "count": 80,
    }  # fmt: skip
    now = town.house.clock().isoformat()
    told = {"version": 1, "flags": [flag], "start": now, "end": now, "window_weeks": 4, "baseline_weeks": 22}
    assert keep(town.house.database, told, town.house.clock(), "2026-11") is not None
    page = shown(town.browser("ville-1").ask("GET", "/controle"))
    assert "part de ses signalements × 2,00" in page
    assert "version 1 du contrôle" in page


def test_a_report_of_the_second_version_is_drawn_and_says_what_it_did_not_measure(town: Town) -> None:  # noqa: F811
    controls = Controls(town.house.database, town.house.city, town.house.sources, town.house.clock)
    content = {**controls.content(town.house.clock()), "version": 2}
    del content["concentration"], content["voices"]
    assert keep(town.house.database, content, town.house.clock(), "2026-11") is not None
    page = shown(town.browser("ville-1").ask("GET", "/controle"))
    assert page.count("Ce rapport est de la version 2 du contrôle, qui ne le mesurait pas.") == 2
    assert "ne sont plus dessinées" not in page
    assert "Parité des caméras" in page


def test_a_difference_is_taken_over_and_answered_once_with_words_that_pass_the_gate(town: Town) -> None:  # noqa: F811
    object.__setattr__(town.house, "clear", clearer(city_gazetteer(CITY)))
    flagged(town.house)
    browser = town.browser("ville-1")
    assert "part de ses signalements × 2,00" in shown(browser.ask("GET", "/controle"))
    (review,) = reviews(town.house.database)
    post(browser, "/controle/prendre", id=str(review.id))
    refused = post(browser, "/controle/repondre", id=str(review.id), finding=NAME, decision="explained")
    assert (refused.status_code, "Benali" in refused.text) == (400, False)
    assert open_count(town.house.database) == 1
    done = post(browser, "/controle/repondre", id=str(review.id), finding="Campagne annoncée", decision="explained")
    assert done.status_code == 303
    (answered,) = reviews(town.house.database)
    assert (answered.owner_id, answered.decided_by, answered.finding) == ("ville-1", "ville-1", "Campagne annoncée")
    again = post(browser, "/controle/repondre", id=str(review.id), finding="Autre", decision="corrected")
    assert again.status_code == 400
    assert actions(town) == [("control.take", "done"), ("control.answer", "done")]
    assert "Campagne annoncée" in shown(browser.ask("GET", "/controle"))


@pytest.mark.parametrize("path", ["/controle", "/controle/calculer", "/controle/prendre", "/controle/repondre"])
@pytest.mark.parametrize(("account", "status"), [("voirie-1", 403), (None, 401)])
def test_nobody_else_sees_or_answers(town: Town, path: str, account: str | None, status: int) -> None:  # noqa: F811
    flagged(town.house)
    form = {"id": "1", "finding": "vu", "decision": "explained"}
    browser = town.browser(account) if account else type(town.browser("voirie-1"))(town.app)
    answer = browser.ask("GET", path) if path == "/controle" else post(browser, path, **form)
    assert answer.status_code in (status, 303 if account is None else status)
    assert (open_count(town.house.database), len(reports(town.house.database))) == (1, 1)


def test_an_administrator_controls_too_and_an_unknown_report_is_not_found(town: Town) -> None:  # noqa: F811
    browser = town.browser(ADMIN)
    assert browser.ask("GET", "/controle").status_code == 200
    assert browser.ask("GET", "/controle?rapport=99").status_code == 404


def test_the_month_has_one_report_made_by_the_process_that_polls_once_there_is_enough(served) -> None:
    house = served.house
    at = [house.clock()]
    controls = Controls(house.database, house.city, house.sources, lambda: at[0])
    controls.tick()
    assert reports(house.database) == (), "four events say nothing"
    for number in range(LEAST_RECORDS):
        served.admit(event(f"more-{number}"))
    controls.tick()
    assert reports(house.database) == (), "it looks once in a while only"
    at[0] += LOOK_EVERY
    controls.tick(is_leading=False)
    assert reports(house.database) == (), "another process leads"
    controls.tick()
    (made,) = reports(house.database)
    assert made.month == f"{at[0].astimezone(house.zone):%Y-%m}"
    at[0] += LOOK_EVERY
    controls.tick()
    assert len(reports(house.database)) == 1
    assert report(house.database, made.id).content["records"] >= LEAST_RECORDS
    at[0] += timedelta(days=32)
    controls.tick()
    assert len(reports(house.database)) == 1, "nothing began in the last four weeks"


def test_a_search_is_noted_once_in_a_while_and_its_words_never(town: Town) -> None:  # noqa: F811
    browser = town.browser("voirie-1")
    for _ in range(3):
        assert browser.ask("GET", "/api/events?q=Rassemblement").status_code == 200
    with town.house.database.read() as connection:
        rows = connection.execute(select(audit).where(audit.c.action == "events.search")).all()
    assert [(row.who, row.object_id) for row in rows] == [("voirie-1", None)]


def test_the_banner_stands_while_a_difference_waits(town: Town) -> None:  # noqa: F811
    from api.services import ScreenServices

    assert ScreenServices(town.house, {}, None).open_reviews() == 0
    flagged(town.house)
    assert ScreenServices(town.house, {}, None).open_reviews() == 1
