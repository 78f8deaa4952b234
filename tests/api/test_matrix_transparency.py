"""Every rubric and file of `/transparence`, for everybody and for nobody: no record but cameras open to all, and the same figures for all."""

from __future__ import annotations

import re

import pytest

from api.control.making import Controls
from api.transparency.files import FILES
from api.transparency.pages import RUBRICS
from events.audience import listed
from store.control_reports import keep
from tests.api.pdf_read import text_of
from tests.api.served import event
from tests.api.test_sign_in import Browser
from tests.api.town import Town, displays, ids_in, marks_in, open_town

READER = re.compile(r'<a href="/compte".*?</a>', re.DOTALL)  # who is signed in stands in the bar


@pytest.fixture
def town(served, files) -> Town:
    made = open_town(served, files)
    served.admit(*(event(f"r-{number}", audience=listed(["prefecture"])) for number in range(40)))
    house = made.house
    controls = Controls(house.database, house.city, house.sources, house.clock)
    assert keep(house.database, controls.content(house.clock()), house.clock(), "2026-11") is not None
    return made


def test_nobody_is_told_of_a_record_and_everybody_is_told_the_same(town: Town) -> None:
    nobody = Browser(town.app)
    alike = {who.sees: who for who in (*displays(town.access), *town.people)}  # one of those who see the same
    assert len(alike) == 5
    paths = [f"/transparence/{name}?lang=fr" for name in (*RUBRICS, *FILES)]
    for path in ("/transparence", *paths):
        answer = nobody.ask("GET", path)
        text = text_of(answer)
        assert answer.status_code == 200, path
        of_register = (
            {"public"} if "cameras" in path else set()
        )  # the cameras that are open to all, their public fields
        assert (marks_in(text), ids_in(town, text)) == (of_register, set()), path
        for who in alike.values():
            told = town.ask(who, path)
            assert told.status_code == 200, (who.name, path)
            assert READER.sub("", text_of(told)).split() == READER.sub("", text).split(), (who.name, path)
