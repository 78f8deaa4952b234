"""`/transparence` is open to everyone, and tells of everything held without telling of any record."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import func, insert, select

from api.transparency import RUBRICS, SMALL, draw_transparency
from components.texts import words
from events.audience import PUBLIC, listed
from store.access_tables import audit
from store.tables import camera, event
from tests.api.served import Served
from tests.api.served import event as made_event


@pytest.mark.parametrize("rubric", RUBRICS)
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_every_rubric_is_open_without_sign_in(served: Served, rubric: str, lang: str) -> None:
    answer = served.get(f"/transparence/{rubric}?lang={lang}", viewer=None)
    assert answer.status_code == 200
    assert f'lang="{lang}"' in answer.text
    assert answer.text.count('aria-current="page"') == 1
    assert "transparency." not in answer.text, "a text is missing"
    assert "<script" not in answer.text.replace('<script src="/assets/ob-00-theme.js"></script>', "")


def test_the_first_screen_says_what_is_never_held(served: Served) -> None:
    text = served.get("/transparence", viewer=None).text
    assert "Aucun suivi de téléphone" in text
    assert "Aucune image de caméra" in text


def test_an_unknown_rubric_says_which_there_are(served: Served) -> None:
    assert served.get("/transparence/autre", viewer=None).status_code == 404


def test_volumes_are_counted(served: Served) -> None:
    with served.house.database.read() as connection:
        count = connection.execute(select(func.count()).select_from(event)).scalar_one()
    assert count > 0
    text = draw_transparency(served.house, "donnees", "en").decode()
    assert re.search(rf"Events</th><td>[^<]+</td><td>[^<]+</td><td>{count}</td>", text)
    served.admit(made_event("one-more"))
    text = draw_transparency(served.house, "donnees", "en").decode()
    assert re.search(rf"Events</th><td>[^<]+</td><td>[^<]+</td><td>{count + 1}</td>", text)


def test_no_restricted_record_and_no_word_of_an_event_is_on_any_rubric(served: Served) -> None:
    served.admit(made_event("secret", headline="Visite officielle discrète", audience=listed(["prefecture"])))
    served.admit(made_event("open", headline="Marché du matin ouvert", audience=PUBLIC))
    for rubric in RUBRICS:
        text = draw_transparency(served.house, rubric, "fr").decode()
        assert "discrète" not in text
        assert "Marché du matin" not in text


def test_cameras_that_are_not_public_are_not_listed(served: Served) -> None:
    with served.house.database.read() as connection:
        kept = connection.execute(select(camera.c.audience)).scalars().all()
    text = draw_transparency(served.house, "cameras", "fr").decode()
    assert text.count('<tr><th scope="row">') == sum(key == "public" for key in kept)


def test_small_counts_of_the_journal_are_not_told(served: Served) -> None:
    now = served.house.clock()
    lines = [("export", SMALL - 1), ("sign-in", SMALL + 2)]
    rows = [action for action, count in lines for _ in range(count)]
    with served.house.database.write() as connection:
        for seq, action in enumerate(rows, start=1):
            values = {"who": "x", "organisation_id": "x", "outcome": "done", "sha256": "0" * 64}
            connection.execute(insert(audit).values(seq=seq, at=now, action=action, **values))
    text = draw_transparency(served.house, "journal", "fr").decode()
    small = words("fr")("transparency.small", k=SMALL)
    assert f"export</th><td>{small}</td>" in text
    assert f"sign-in</th><td>{SMALL + 2}</td>" in text
