"""Hostile texts through the reader of texts and through the privacy gate: in bounded time, plain, never a failure."""

from __future__ import annotations

import re
import sys
import time
import unicodedata
from pathlib import Path

import pytest

from datasources.readers.text import clean
from privacy.text import scan

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.hostile.documents import CONTROL, TEXTS

# What drove an earlier pattern of names and places into minutes: each repeated to 500 characters and far beyond.
REPEATED = {
    "capitals": ("rue ", "Aa "), "connectors": ("rue ", "de la "), "digits": ("", "1 "), "addresses": ("", "a."),
    "spelled addresses": ("", "a point "), "hyphens": ("", "Aa-"), "descriptions": ("homme ", "x "), "residence": ("", "habite "),
    "plates": ("", "AB "), "accounts": ("FR76", " 1234"), "roles": ("", "agent "), "spelled digits": ("", "zéro un "),
    "a real one": ("", "Accident rue Jean Jaurès, déviation par l'avenue du Prado. "),
}  # fmt: skip
EVERY = {**TEXTS, **CONTROL, **{name: start + part * 20_000 for name, (start, part) in REPEATED.items()}}
EVERY |= {f"{name}, 500 characters": (start + part * 500)[:500] for name, (start, part) in REPEATED.items()}
EVERY |= {f"{name}, 1,000 characters": (start + part * 500)[:1000] for name, (start, part) in REPEATED.items()}


@pytest.mark.parametrize("name", EVERY)
def test_text_becomes_plain_and_short_in_bounded_time(name: str) -> None:
    start = time.thread_time()
    for limit in (120, 1000):
        plain = clean(EVERY[name], limit) or ""
        assert len(plain) <= limit
        assert not re.search(r"</?[a-zA-Z!]", plain)
        assert not {unicodedata.category(one) for one in plain.replace("\u200d", "")} & {"Cc", "Cf", "Cs", "Co", "Cn"}
    assert time.thread_time() - start < 0.2


@pytest.mark.parametrize("name", EVERY)
def test_gate_answers_in_bounded_time(name: str) -> None:
    raw, plain = scan(EVERY[name]), scan(clean(EVERY[name], 1000) or "")
    for text in (EVERY[name], clean(EVERY[name], 1000) or ""):
        # The best of three: what the machine does beside the test is not measured.
        assert min(_seconds(text) for _ in range(3)) < 0.05
    assert {raw.kind, plain.kind} <= {"cleared", "review", "blocked"}
    if len(EVERY[name]) > 1000:
        assert raw.kind == "blocked"  # too long to be looked at: withheld


def _seconds(text: str) -> float:
    start = time.thread_time()
    scan(text)
    return time.thread_time() - start


def test_emoji_alone_are_no_one() -> None:
    assert scan("🚧🔥").kind == "cleared"


def test_formula_in_a_text_is_a_text() -> None:
    assert clean('=HYPERLINK("http://x","y")') == '=HYPERLINK("http://x","y")'  # escaped where a table is exported
