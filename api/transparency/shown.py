"""What a rubric shows, whoever draws it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from components.clear import Card
from components.control_panel import Panel


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A rubric: cards, then panels of figures; `files` are its downloads, `dated` says of when its report is."""

    cards: Sequence[Card] = ()
    panels: Sequence[Panel] = ()
    files: Sequence[str] = ()
    dated: str = ""
