"""The second reader: it may only withhold what the gate cleared, never clear, and silence is no consent."""

from __future__ import annotations

import os
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from privacy.gazetteer import EMPTY, city_gazetteer
from privacy.hits import PiiType
from privacy.second_reader import SecondReader
from privacy.text import scan
from tests.api.served import CITY

ROOT = Path(__file__).resolve().parents[2]
PYTHON = Path(os.environ.get("SECOND_READER", ROOT / "build" / "reader" / "bin" / "python"))
ANSWERS = """
import json, sys
def say(what):
    sys.stdout.write(json.dumps(what) + chr(10)); sys.stdout.flush()
say("ready")
for line in sys.stdin:
    text = json.loads(line)
    {answer}
"""
FINDS = 'say([[i, i + 8] for i in range(len(text)) if text.startswith("Dupontel", i)])'


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Callable[[str], SecondReader]]:
    made: list[SecondReader] = []

    def make(answer: str, within: float = 2.0) -> SecondReader:
        worker = tmp_path / f"worker{len(made)}.py"
        worker.write_text(textwrap.dedent(ANSWERS).format(answer=answer))
        made.append(SecondReader(sys.executable, worker, answer_within_s=within))
        return made[-1]

    yield make
    for one in made:
        one.close()


def test_a_surname_alone_that_the_gate_clears_is_put_to_review(reader: Callable[[str], SecondReader]) -> None:
    text = "Voir Dupontel, équipe du matin"
    assert scan(text).kind == "cleared"
    verdict = reader(FINDS)(text)
    assert (verdict.kind, [(text[s.start : s.end], s.type) for s in verdict.spans]) == (
        "review",
        [("Dupontel", PiiType.PERSON)],
    )
    assert verdict.version.endswith("+2")


def test_it_clears_nothing_that_the_gate_withholds(reader: Callable[[str], SecondReader]) -> None:
    assert reader("say([])")("Appeler le 06 12 34 56 78").kind == "blocked"


def test_what_it_takes_for_a_person_in_a_place_of_the_city_is_a_place(reader: Callable[[str], SecondReader]) -> None:
    street = next(axis.name for axis in CITY.axes if len(axis.name.split()) > 1)
    whole = "say([[0, len(text)]])"
    assert reader(whole)(street, city_gazetteer(CITY)).kind == "cleared"


def test_a_text_without_a_capital_is_not_asked(reader: Callable[[str], SecondReader]) -> None:
    assert reader("sys.exit(1)")("chaussée affaissée").kind == "cleared"


@pytest.mark.parametrize(
    "answer",
    [
        "import time; time.sleep(30)",
        "sys.exit(1)",
        'say("nonsense")',
        "say([[1]])",
        'sys.stdout.write("{" + chr(10)); sys.stdout.flush()',
    ],
)
def test_silence_failure_and_nonsense_withhold_and_are_not_a_loop(
    reader: Callable[[str], SecondReader], answer: str
) -> None:
    one = reader(answer, 0.5)
    for _ in range(3):
        verdict = one("Travaux rue Paradis")
        assert (verdict.kind, verdict.spans[0].type) == ("review", PiiType.GATE_ERROR)


def test_an_interpreter_that_is_not_there_withholds() -> None:
    assert SecondReader("/nowhere/python")("Travaux rue Paradis").kind == "review"


def test_spans_outside_the_text_are_no_spans(reader: Callable[[str], SecondReader]) -> None:
    assert reader("say([[5, 2], [-1, 3], [0, 9999]])")("Travaux rue Paradis", EMPTY).kind == "cleared"


@pytest.mark.skipif(not PYTHON.exists(), reason="the model is not installed: make reader")
def test_the_real_model_finds_what_rules_cannot() -> None:
    one = SecondReader(str(PYTHON))
    try:
        assert [span.type for span in one("Voir avec Le Guennec sur place").spans] == [PiiType.PERSON]
        assert one("Deux voies neutralisées, circulation alternée").kind == "cleared"
    finally:
        one.close()
