"""The published report of the control is of public records alone, with its answers; every rubric is computed once for all who ask."""

from __future__ import annotations

import html
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from api.control.making import Controls
from api.reports.press import Press
from api.transparency.pages import Transparency, make_rubric
from events.audience import PARTNERS, PUBLIC, listed
from events.errors import StoreUnavailable
from events.vocabulary import Severity
from privacy.published_control import published
from tests.api.served import Served
from tests.api.served import event as made_event
from tests.api.test_transparency import SMALL, many, publish, rubric_of


def test_records_and_cameras_that_are_not_open_to_all_move_no_figure_of_the_published_report(served: Served) -> None:
    """The difference of two reports would tell of them; what came in between is told by no class either."""
    served.admit(*(made_event(f"o-{number}", audience=PUBLIC) for number in range(60)))
    house = served.house
    controls, end = Controls(house.database, house.city, house.sources, house.clock), house.clock() + timedelta(hours=1)
    before = controls.content(end)
    north = {"type": "Point", "coordinates": [5.3698, 43.3312]}
    for audience in (listed(["prefecture"]), PARTNERS):
        served.admit(
            *(
                made_event(f"{audience.level.value}-{number}", audience=audience, category="objet_suspect", geometry=north, severity=Severity.CRITICAL)
                for number in range(100)
            )
        )  # fmt: skip
    after = controls.content(end)
    assert after["records"] >= before["records"] + 200
    told = [published(one, SMALL) for one in (before, after)]
    of_gates = ("refusals",)  # by classes
    assert [{key: value for key, value in one.items() if key not in of_gates} for one in told[:1]] == [
        {key: value for key, value in one.items() if key not in of_gates} for one in told[1:]
    ]
    assert told[0]["records"] == 61
    assert all(isinstance(one["records"], tuple) for one in told[1]["refusals"])


def test_a_difference_of_restricted_records_and_its_answer_are_not_published(served: Served) -> None:
    from store.admitted import Cleared
    from store.control_reports import decide, keep, reviews

    many(served, 12)
    house = served.house
    content = Controls(house.database, house.city, house.sources, house.clock).content(house.clock())
    flag = {
        "key": "exposure:13201:voirie::more", "measure": "exposure", "district": "13201", "organisation": "voirie",
        "role": "", "ratio": [2.0, 1.5, 2.5], "p": 0.001, "count": 80,
    }  # fmt: skip
    other = {**flag, "key": "effort:13202:::more", "measure": "effort", "district": "13202", "organisation": ""}
    told = {**content, "flags": [flag], "public": {**content["public"], "flags": [other]}}
    assert keep(house.database, told, house.clock(), "2026-11") is not None
    assert [one.flag for one in reviews(house.database)] == [flag["key"], other["key"]], "each has its review"
    with house.database.write() as connection:
        decide(connection, reviews(house.database)[0].id, Cleared("Visite annoncée"), "explained", "x", house.clock())
    text = html.unescape(rubric_of(served, "equite", "fr"))
    assert "2e : indice d’effort × 2,00" in text
    assert "Réponse attendue le" in text
    assert "part de ses signalements" not in text
    assert "Visite annoncée" not in text
    assert "à diffusion restreinte sont examinés" in text


@pytest.mark.parametrize("change", ["public", "version"])
def test_a_report_of_an_earlier_version_is_no_longer_published(served: Served, change: str) -> None:
    from store.control_reports import keep

    many(served, 12)
    house = served.house
    content = Controls(house.database, house.city, house.sources, house.clock).content(house.clock())
    content = {**content, "version": 1} if change == "version" else {k: v for k, v in content.items() if k != "public"}
    assert keep(house.database, content, house.clock(), "2026-11") is not None
    assert "il n’est plus publié" in html.unescape(rubric_of(served, "equite", "fr"))
    assert served.get("/transparence/equite.csv", viewer=None).status_code == 404


def test_a_report_of_the_second_version_stays_published_and_says_what_it_did_not_measure(served: Served) -> None:
    from store.control_reports import keep

    many(served, 12)
    house = served.house
    content = Controls(house.database, house.city, house.sources, house.clock).content(house.clock())
    for one in (content, content["public"]):
        one["version"] = 2
        del one["concentration"], one["voices"]
    assert keep(house.database, content, house.clock(), "2026-11") is not None
    text = html.unescape(rubric_of(served, "equite", "fr"))
    assert "il n’est plus publié" not in text
    assert text.count("Ce rapport est de la version 2 du contrôle, qui ne le mesurait pas.") == 2
    assert "Gini" not in served.get("/transparence/equite.csv", viewer=None).text


def test_the_table_of_the_published_report_has_both_indices_of_events_and_of_cameras(served: Served) -> None:
    from store.control_reports import keep

    many(served, 12)
    house = served.house
    content = Controls(house.database, house.city, house.sources, house.clock).content(house.clock())
    for one in content["public"]["concentration"]:
        one |= {"indices": [0.25, 0.125], "why": ""}
    for level in content["public"]["levels"]:
        level["count"] = 50
    assert keep(house.database, content, house.clock(), "2026-11") is not None
    lines = served.get("/transparence/equite.csv", viewer=None).text.splitlines()
    found = [line.split(";")[::2] for line in lines if line.startswith(("Gini", "Theil"))]
    assert [one[:2] for one in found] == [
        ["Gini des événements sur la surface", "0.25"],
        ["Theil des événements sur la surface", "0.125"],
        ["Gini des caméras sur la surface", "0.25"],
        ["Theil des caméras sur la surface", "0.125"],
    ]


def test_a_rubric_is_computed_once_a_minute_for_all_who_ask_at_once(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    from api.transparency import pages

    at, made = [served.house.clock()], []

    def slow(*told: object) -> pages.Made:
        made.append(told[1:])
        time.sleep(0.05)
        return make_rubric(*told)  # type: ignore[arg-type]

    monkeypatch.setattr(pages, "make_rubric", slow)
    clear = Transparency(replace(served.house, clock=lambda: at[0]), Press())
    with ThreadPoolExecutor(8) as visitors:
        bodies = set(visitors.map(lambda _: clear.page("donnees", "fr"), range(24)))
    assert (len(bodies), made) == (1, [("donnees", "fr")])
    assert b"ville-1" in clear.page("donnees", "fr", "ville-1"), (
        "who is signed in reads the same figures under its own name"
    )
    assert len(made) == 1
    clear.page("donnees", "en")
    at[0] += timedelta(seconds=59)
    clear.page("donnees", "fr")
    assert made == [("donnees", "fr"), ("donnees", "en")]
    at[0] += timedelta(seconds=2)
    clear.page("donnees", "fr")
    assert len(made) == 3


def test_what_could_not_be_computed_is_asked_again(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    from api.transparency import pages

    def away(*_: object) -> pages.Made:
        raise StoreUnavailable("the database does not answer")

    clear = Transparency(served.house, Press())
    with monkeypatch.context() as patched:
        patched.setattr(pages, "make_rubric", away)
        with pytest.raises(StoreUnavailable):
            clear.page("donnees", "fr")
    assert b"transparence" in clear.page("donnees", "fr")


def test_without_a_report_evenness_is_not_measured_and_the_table_is_not_found(served: Served) -> None:
    text = rubric_of(served, "equite", "fr")
    assert "Non mesuré." in text
    assert "Aucun rapport encore" in html.unescape(text)
    assert served.get("/transparence/equite.csv", viewer=None).status_code == 404


def test_a_published_report_is_told_with_its_differences_and_answers_and_no_post(served: Served) -> None:
    from store.admitted import Cleared
    from store.control_reports import decide, reviews

    many(served, 12)
    flag = {
        "key": "exposure:13201:voirie::more", "measure": "exposure", "district": "13201", "organisation": "voirie",
        "role": "", "ratio": [2.0, 1.5, 2.5], "p": 0.001, "count": 80,
    }  # fmt: skip
    publish(served, (flag,))
    text = html.unescape(rubric_of(served, "equite", "fr"))
    assert "Service voirie, 1er : part de ses signalements × 2,00" in text
    assert "Réponse attendue le" in text
    with served.house.database.write() as connection:
        number = reviews(served.house.database)[0].id
        decide(connection, number, Cleared("Campagne annoncée"), "explained", "ville-1", served.house.clock())
    text = html.unescape(rubric_of(served, "equite", "fr"))
    assert "Expliqué, le" in text
    assert "Campagne annoncée" in text
    assert "ville-1" not in text
    assert "Non mesuré." in text, "the control of faces is not measured"


def test_a_report_made_on_demand_is_not_published(served: Served) -> None:
    many(served, 12)
    house = served.house
    Controls(house.database, house.city, house.sources, house.clock).make()
    assert "Aucun rapport encore" in html.unescape(rubric_of(served, "equite", "fr"))
