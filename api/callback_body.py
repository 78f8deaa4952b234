"""What the body of a callback must be: a question that one of our pages asks, with values it can hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from components import ids

MAX_TEXT = 8192  # of a value: an address with all its filters is shorter
MAX_VALUES = 500  # members of a value, all levels together
MAX_DEPTH = 4
# A drawn way has up to 400 points, the ring of a zone lies deep in its form, a file is brought as one text of a megabyte.
WIDER = {ids.FORM_QUESTION: (6000, 8, 1_400_000)}


def refusal_of(asked: object, known: Mapping[str, Any]) -> str | None:
    """Return why this is not a question that a page asks, None when it is; `known` is Dash's map of callbacks.

    The answer quotes nothing of what was asked.
    """
    if not isinstance(asked, dict):
        return "the body is not an object"
    output = asked.get("output")
    callback = known.get(output) if isinstance(output, str) else None
    if callback is None or "callback" not in callback:  # a name without function: the browser's own callback
        return "the output is not one of a callback"
    for name in ("inputs", "state"):
        if not _are_parts(asked.get(name, []), callback[name]):
            return f"the {name} are not those of the callback"
    if not _is_output(asked.get("outputs"), str(output)):
        return "the outputs are not those of the callback"
    changed = asked.get("changedPropIds", [])
    names = {f"{part['id']}.{part['property']}" for part in callback["inputs"]}
    if not isinstance(changed, list) or not all(isinstance(one, str) and one in names for one in changed):
        return "what changed is not an input of the callback"
    return None


def _are_parts(given: object, expected: list[dict[str, Any]]) -> bool:
    if not isinstance(given, list) or len(given) != len(expected):
        return False
    return all(
        isinstance(part, dict)
        and (part.get("id"), part.get("property")) == (wanted["id"], wanted["property"])
        and _is_held(part.get("value"), wanted["id"])
        for part, wanted in zip(given, expected, strict=True)
    )


def _is_held(value: object, part_id: str) -> bool:
    most, depth, longest = WIDER.get(part_id, (MAX_VALUES, MAX_DEPTH, MAX_TEXT))
    return _is_plain(value, [most], depth, longest)


def _is_output(given: object, output: str) -> bool:
    if given is None:
        return True
    parts = given if isinstance(given, list) else [given]
    names = [f"{part.get('id')}.{part.get('property')}" for part in parts if isinstance(part, dict)]
    if len(names) != len(parts) or not names:
        return False
    # Dash's own spelling: one name, or several between two dots each.
    return output == (f"..{'...'.join(names)}.." if isinstance(given, list) else names[0])


def _is_plain(value: object, budget: list[int], depth: int, longest: int) -> bool:
    budget[0] -= 1
    if budget[0] < 0 or depth < 0:
        return False
    if isinstance(value, str):
        return len(value) <= longest and value.isprintable()
    if isinstance(value, list):
        return all(_is_plain(one, budget, depth - 1, longest) for one in value)
    if isinstance(value, dict):
        return all(
            _is_plain(key, budget, depth, longest) and _is_plain(one, budget, depth - 1, longest)
            for key, one in value.items()
        )
    return value is None or isinstance(value, bool | int | float)
