"""What a panel of a control report is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from components.dot_plot import DotPlot
from components.strip_plot import Strips

Content = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One measure: what it is, its drawing, its table, what it could not have found, what it does not say."""

    measure: str
    title: str
    lead: str
    plot: DotPlot | None = None
    strips: Strips | None = None
    summary: str = ""
    band_told: str = ""
    unit: str = ""
    heads: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    more: Panel | None = None
    detectable: str = ""
    says: str = ""
    unmeasured: str = ""
