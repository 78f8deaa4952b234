"""One source as its page shows it: the row, and its state in a shape, a colour and a word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dash import html
from dash.development.base_component import Component

from components.elements import Icon
from components.texts import Words

STATE_ICONS = {
    "ok": "checkcircle",
    "late": "clockf",
    "stale": "hourglass",
    "frozen": "copy",
    "failing": "xcircle",
    "paused": "pausecircle",
    "never": "question",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceView:
    """One source as a row; times and spans already written.

    `bars` are the last 48 half hours, oldest first: ok, late, failed or none. `age_at` is the epoch second of the
    last datum, None when there never was one.
    """

    id: str
    title: str
    owner: str
    format: str
    state: str
    last_call: str
    age: str
    age_at: int | None
    cadence: str
    bars: Sequence[str]
    objects: str
    next_call: str
    remark: str
    locked: int = 0  # fields that wait for a decision


def draw_state_icon(state: str) -> Component:
    return Icon(STATE_ICONS[state], class_name=f"ob-state-icon is-{state}")


def draw_state(state: str, words: Words) -> Component:
    return html.Span([draw_state_icon(state), words(f"fresh.{state}")], className=f"ob-state is-{state}")
