"""Server callbacks reach what is kept through their services only, and those read for the viewer or ask for a right."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import flask
import pytest
from dash import Dash

import callbacks

ROOT = Path(__file__).resolve().parents[2]
# What a callback may import beside the pieces it draws with: words, records and errors, never a way to what is kept.
NEVER = (
    "store.readers",
    "store.database",
    "store.sources",
    "store.events_query",
    "store.writer",
    "sqlalchemy",
    "api.",
    "settings",
    "app",
)
# Doors of ScreenServices that read what is the same for everybody: states, runs and orders of sources, how many differences of
# the control wait; no record of a place.
SAME_FOR_ALL = {
    "source_states", "source_objects", "runs", "half_hours", "orders", "fields", "rejects", "withheld_words", "open_reviews",
}  # fmt: skip
# Doors that lead to others, each of which asks who it is: the test below holds them to it.
LEADS_ON = {"desk"}
ASKS = ("_viewer()", "self._authority()", "member_in(", "require(", "self._member(")


def functions_of(path: Path, of_class: str) -> Iterator[tuple[str, str]]:
    """Return the name and text of each method of a class."""
    text = path.read_text(encoding="utf-8")
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ClassDef) and node.name == of_class:
            for part in node.body:
                if isinstance(part, ast.FunctionDef):
                    yield part.name, ast.get_source_segment(text, part) or ""


def unguarded(methods: Iterator[tuple[str, str]]) -> list[str]:
    """Return the methods that touch the database, or the house's doors to it, for nobody in particular."""
    touches = ("self.house.database", "readers.", "self.house.counts", "self.house.access", "self.house.desk")
    return [
        name
        for name, text in methods
        if any(touch in text for touch in touches)
        and not any(ask in text for ask in ASKS)
        and name not in SAME_FOR_ALL | LEADS_ON
    ]


def imported(module: Any) -> set[str]:
    tree = ast.parse(inspect.getsource(module))
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def reaching(names: set[str]) -> list[str]:
    return sorted(
        name for name in names for door in NEVER if name == door.rstrip(".") or name.startswith(door.rstrip(".") + ".")
    )


@pytest.fixture
def known(plain_house: Any) -> dict[str, Any]:
    app = Dash("observatory", server=flask.Flask("observatory"), use_async=False, enable_mcp=False)
    callbacks.register(app, plain_house)
    app._setup_server() if hasattr(app, "_setup_server") else None
    found = {**app.callback_map}
    assert found or app._callback_list
    return found


def test_every_server_callback_reaches_what_is_kept_through_its_services_only(known: dict[str, Any]) -> None:
    served = {name: told["callback"] for name, told in known.items() if "callback" in told}
    assert len(served) >= 5
    for name, function in served.items():
        module = inspect.getmodule(inspect.unwrap(function))
        assert module is not None
        assert module.__name__.startswith("callbacks."), name
        assert reaching(imported(module)) == [], f"{name} in {module.__name__}"


def test_no_module_of_the_callbacks_has_another_way() -> None:
    from importlib import import_module

    for path in sorted((ROOT / "callbacks").rglob("*.py")):
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        assert reaching(imported(import_module(module))) == [], module


def test_every_door_of_the_screen_reads_for_its_viewer_or_asks_for_a_right() -> None:
    methods = list(functions_of(ROOT / "api" / "services.py", "ScreenServices"))
    assert len(methods) > 15
    assert unguarded(iter(methods)) == []
    assert {name for name, _ in methods} >= SAME_FOR_ALL, "an exception for a door that is gone"


def test_every_door_of_the_desk_is_told_who_asks() -> None:
    for of_class in ("Contributions", "Moderation"):
        for name, text in functions_of(ROOT / "callbacks" / "desk.py", of_class):
            first = text.partition("(")[2].replace("\n", " ").split(",")[1].strip()
            assert first.startswith("member: Member") or name == "draft", f"{of_class}.{name}"


def test_planted_doors_are_found() -> None:
    planted = [
        ("event", "def event(self, id):\n    return readers.event(self.house.database, id, viewer=EVERYTHING)"),
        ("close", "def close(self, id):\n    self.house.desk.contributions.close(id)"),
        ("count", "def count(self):\n    return self.house.counts(Viewer())"),
        ("fine", "def fine(self, id):\n    return readers.event(self.house.database, id, viewer=_viewer())"),
    ]
    assert unguarded(iter(planted)) == ["event", "close", "count"]
    assert reaching({"store.readers", "store.kept", "api.house", "apis", "sqlalchemy.orm"}) == [
        "api.house",
        "sqlalchemy.orm",
        "store.readers",
    ]
