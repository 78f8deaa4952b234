"""The catalogue of texts: both languages, same places, nothing written elsewhere, nothing asked for that is missing."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from components.texts import Texts, load, places, words

ROOT = Path(__file__).resolve().parents[2]
PYTHON = sorted([*(ROOT / "components").glob("*.py"), *(ROOT / "callbacks").glob("*.py")])
SCRIPTS = sorted((ROOT / "assets").glob("ob-*.js"))
KEY = re.compile(r"^[a-z][a-z0-9_]*(\.[a-z0-9_]+)+$")
ACCENT = re.compile(r"[àâçéèêëîïôùûœ«»]", re.IGNORECASE)
SENTENCE = re.compile(r"[A-Za-zÀ-ÿ]{3,} [a-zà-ÿ]{2,}")
SAID = re.compile(r"""\b(?:ob\.t|say)\(\s*"([a-z0-9_.]+)"(?!\s*\+)""")


def test_every_text_is_in_both_languages() -> None:
    missing = [key for key, entry in load().entries.items() if not entry.get("fr") or not entry.get("en")]
    assert missing == []


def test_places_are_the_same_in_both_languages() -> None:
    unequal = [key for key, entry in load().entries.items() if places(entry["fr"]) != places(entry["en"])]
    assert unequal == []


def test_a_singular_has_its_plural() -> None:
    entries = load().entries
    assert [key for key in entries if key.endswith(".one") and key.removesuffix(".one") not in entries] == []


def literals(path: Path) -> list[tuple[int, str]]:
    """Return the text literals of a module that are neither docstrings nor in a log call."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    spared = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in {"error", "warning"}
        ):
            spared |= {id(part) for part in ast.walk(node)}
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            spared.add(id(node.value))
    return [
        (node.lineno, node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in spared
    ]


@pytest.mark.parametrize("path", PYTHON, ids=lambda path: path.name)
def test_no_text_is_written_in_code(path: Path) -> None:
    classes = re.compile(r"\b(ob|is)-")
    found = [
        (line, text)
        for line, text in literals(path)
        if ACCENT.search(text) or (SENTENCE.search(text) and not classes.search(text) and "%{" not in text)
    ]
    spared = {
        "Atkinson Hyperlegible Next Variable, system-ui, sans-serif",
        "detail panel",
        "sources page",
        "analysis page",
        "source order",
    }
    assert [one for one in found if one[1] not in spared] == []


@pytest.mark.parametrize("path", PYTHON, ids=lambda path: path.name)
def test_every_key_that_code_names_exists(path: Path) -> None:
    entries = load().entries
    starts = {key.split(".")[0] for key in entries}
    named = {text for _, text in literals(path) if KEY.match(text) and text.split(".")[0] in starts}
    assert sorted(named - set(entries)) == []


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_every_key_that_a_script_names_is_among_the_texts_that_browsers_load(path: Path) -> None:
    assert sorted(set(SAID.findall(path.read_text(encoding="utf-8"))) - set(load().flat("fr"))) == []


def test_missing_english_falls_back_to_french_and_a_missing_key_is_an_error() -> None:
    texts = Texts({"a": {"fr": "bonjour {name}"}})
    assert texts.text("a", "en", name="x") == "bonjour x"
    with pytest.raises(KeyError):
        texts.text("b", "fr")
    with pytest.raises(KeyError):
        texts.text("a", "fr")


@pytest.mark.parametrize(
    ("lang", "n", "expected"),
    [
        ("fr", 0, "Historique : 0 version"),
        ("fr", 2, "Historique : 2 versions"),
        ("en", 0, "History: 0 versions"),
        ("en", 1, "History: 1 version"),
    ],
)
def test_count_follows_the_language(lang: str, n: int, expected: str) -> None:
    assert words(lang).count("ev.history", n) == expected
