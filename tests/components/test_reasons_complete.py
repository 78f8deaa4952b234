"""Every sentence that the code can give as the reason of a run or a reject is said in French: read from the code itself."""

from __future__ import annotations

import ast
import importlib
import inspect
import textwrap
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from components.reasons import key_of, say_reason
from components.texts import words

ROOT = Path(__file__).resolve().parents[2]
FRENCH = words("fr")
# Which argument of a call is the sentence.
CALLS = {
    "Reject": 1,
    "InvalidRecord": 0,
    "DocumentUnreadable": 1,
    "SourceUnavailable": 1,
    "SourceRefused": 1,
    "SourceError": 1,
}
ROOMS = ("datasources", "events", "privacy", "store")
# What these say answers a person or a program in its own place, and never stands beside a run.
OF_OTHERS = {
    "events/timetable.py": "the form of a march",
    "privacy/media/boxes.py": "zones that a person draws on a picture",
    "privacy/screen.py": "labels of organisations and displays",
    "store/control_reports.py": "decisions of the control",
    "store/days.py": "questions of the analysis",
    "store/event_filters.py": "cursors of addresses",
    "store/links.py": "decisions about links",
    "store/orders.py": "orders from the Sources page",
}
VALUE = "7"  # what stands at a place of which only the running code knows the value


def sentences() -> Iterator[tuple[str, str]]:
    """Yield (file:line, sentence) for each sentence written where it is given, constants of its module filled in."""
    for path in sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py")):
        name = path.relative_to(ROOT).as_posix()
        if name in OF_OTHERS or "/migrations/" in name:
            continue
        module = importlib.import_module(name.removesuffix(".py").removesuffix("/__init__").replace("/", "."))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                for told in _sentences(node, module):
                    yield f"{name}:{node.lineno}", told


def _sentences(call: ast.Call, module: ModuleType) -> list[str]:
    called = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
    place = CALLS.get(called)
    if place is None:
        return []
    named = [one.value for one in call.keywords if one.arg in ("reason", "message")]
    given = call.args[place : place + 1] or named
    return [] if not given else _choices(given[0], module)


def _choices(node: ast.expr, module: ModuleType) -> list[str]:
    """Return the sentence, or those of a table of the module, or those that a function of the module returns."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name):
        table = getattr(module, node.func.value.id, None)
        if node.func.attr == "get" and isinstance(table, dict):
            return [*table.values(), *(told for one in node.args[1:] if (told := _text(one, module)) is not None)]
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id.startswith("_"):
        function = getattr(module, node.func.id, None)
        tree = (
            ast.parse(textwrap.dedent(inspect.getsource(function))) if inspect.isfunction(function) else ast.Module([])
        )
        returned = [one.value for one in ast.walk(tree) if isinstance(one, ast.Return) and one.value is not None]
        return [told for one in returned if (told := _text(one, module)) is not None]
    told = _text(node, module)
    return [] if told is None else [told]


def _text(node: ast.expr, module: ModuleType) -> str | None:
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part, module) or VALUE for part in node.values)
    if isinstance(node, ast.FormattedValue):
        return _text(node.value, module)
    value = node.value if isinstance(node, ast.Constant) else None
    if isinstance(node, ast.Name):
        value = getattr(module, node.id, None)
    return value if isinstance(value, str) else None


def test_every_reason_that_the_code_can_give_is_said_in_french() -> None:
    found = list(sentences())
    assert len(found) > 250
    # A clause that is a value and nothing else is a sentence of another place in the code.
    untold = [
        f"{where}: {clause}"
        for where, told in found
        for clause in told.split("; ")
        if clause != VALUE and key_of(clause) is None
    ]
    assert untold == [], "give these a key reason.* in components/copy.json"


def test_every_verdict_is_said_in_french() -> None:
    module = importlib.import_module("datasources.verdict")
    tree = ast.parse((ROOT / "datasources" / "verdict.py").read_text(encoding="utf-8"))
    returned = [node.value for node in ast.walk(tree) if isinstance(node, ast.Return)]
    told = [_text(value, module) for value in returned if isinstance(value, ast.JoinedStr)]
    assert len(told) >= 5
    assert [one for one in told if one is None or say_reason(one, FRENCH).lang == "en"] == []
