"""The files of `/transparence`: printed by the press of the reports, kept an hour, and made once for all who ask."""

from __future__ import annotations

import asyncio
import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from access.house import open_access
from api.answers import Problem
from api.papers import pdf
from api.reports import printing
from api.reports.desk import Document, Reports, base_map
from api.reports.press import Press
from api.transparency.pages import Transparency
from components.texts import words
from events.audience import CITY_READER
from privacy.gazetteer import city_gazetteer
from privacy.screen import clearer
from tests.api.pdf_read import is_accessible, is_tagged, pages_of
from tests.api.served import CITY, Served
from tests.api.test_press import until_printing


@pytest.fixture
def house(served: Served):
    access = open_access(
        served.house.database, b"0" * 32, lambda: datetime.now(UTC), clearer(city_gazetteer(CITY)), CITY_READER
    )
    return replace(served.house, access=access)


@pytest.fixture
def stubbed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Print nothing, slowly: keep the documents instead."""
    documents: list[str] = []

    async def keep(self: Press, html: str, sheets: object) -> bytes:
        documents.append(html)
        await asyncio.sleep(0.05)
        return b"%PDF-"

    monkeypatch.setattr(Press, "print", keep)
    return documents


def test_a_paper_is_never_printed_in_the_process_that_answers(house, monkeypatch: pytest.MonkeyPatch) -> None:
    def here(*_: object) -> bytes:
        raise AssertionError("it holds the interpreter of the server")

    monkeypatch.setattr(printing, "print_document", here)
    monkeypatch.setattr(pdf, "print_document", here)
    content = asyncio.run(Transparency(house, Press()).file("algorithmes.pdf", "en"))
    assert is_tagged(content)
    assert is_accessible(content)
    text = " ".join(pages_of(content))
    assert words("en")("paper.algorithms") in text
    assert words("en")("demo.watermark") in text


def test_a_paper_that_is_not_printed_in_time_is_told_and_its_process_ended(house) -> None:
    press = Press(within_s=0.5, program="tests.api.slow_printing")
    pids = []

    async def ask() -> None:
        task = asyncio.create_task(Transparency(house, press).file("algorithmes.pdf", "fr"))
        await until_printing(press)
        pids.append(press.pid)
        with pytest.raises(Problem, match="not printed within") as told:
            await task
        assert told.value.status == 503

    asyncio.run(asyncio.wait_for(ask(), 20))
    with pytest.raises(ProcessLookupError):
        os.kill(pids[0], 0)


def test_papers_and_reports_wait_for_one_press(served: Served, house, files, monkeypatch: pytest.MonkeyPatch) -> None:
    from api import routes as room
    from api.snapshots import Snapshots

    reports, made, begun, now, most = Reports(house, base_map(house, files)), [], [], set(), []

    async def held(self: Press, question: bytes) -> bytes:
        begun.append(question)
        now.add(question)
        most.append(len(now))
        for _ in range(500):  # until both others wait, or print beside it
            if len(begun) > 1 or reports.press._waiting == 2:
                break
            await asyncio.sleep(0.01)
        now.discard(question)
        return b"%PDF-"

    async def ask() -> None:
        await asyncio.gather(
            made[0].file("algorithmes.pdf", "fr"), made[0].file("registre.pdf", "fr"),
            reports.print(Document("<p>x</p>"), words("fr")),
        )  # fmt: skip

    monkeypatch.setattr(Press, "_print", held)
    monkeypatch.setattr(room, "Transparency", lambda *told: made.append(Transparency(*told)) or made[0])
    room.routes(house, files, Snapshots(house), served.hub, reports)
    asyncio.run(ask())
    assert most == [1, 1, 1]


def test_files_are_written_once_in_an_hour_however_many_ask(house, stubbed: list[str]) -> None:
    at = [house.clock()]
    clear = Transparency(replace(house, clock=lambda: at[0]), Press())

    async def many() -> set[bytes]:
        return set(await asyncio.gather(*(clear.file("algorithmes.pdf", "fr") for _ in range(6))))

    assert asyncio.run(many()) == {b"%PDF-"}
    assert len(stubbed) == 1
    at[0] += timedelta(minutes=59)
    asyncio.run(many())
    assert len(stubbed) == 1
    asyncio.run(clear.file("algorithmes.pdf", "en"))
    assert len(stubbed) == 2
    at[0] += timedelta(minutes=2)
    asyncio.run(many())
    assert len(stubbed) == 3


def test_a_file_that_could_not_be_printed_is_made_anew_for_the_next(house, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    async def busy(self: Press, html: str, sheets: object) -> bytes:
        asked.append(html)
        if len(asked) == 1:
            raise Problem(503, "other documents are being printed")
        return b"%PDF-"

    monkeypatch.setattr(Press, "print", busy)
    clear = Transparency(house, Press())
    with pytest.raises(Problem):
        asyncio.run(clear.file("algorithmes.pdf", "fr"))
    assert asyncio.run(clear.file("algorithmes.pdf", "fr")) == b"%PDF-"


def test_who_leaves_does_not_end_the_file_of_the_others(house, stubbed: list[str]) -> None:
    clear = Transparency(house, Press())

    async def leave() -> bytes:
        first = asyncio.create_task(clear.file("algorithmes.pdf", "fr"))
        second = asyncio.create_task(clear.file("algorithmes.pdf", "fr"))
        await asyncio.sleep(0)
        first.cancel()
        return await second

    assert asyncio.run(leave()) == b"%PDF-"
    assert len(stubbed) == 1
