"""What a control finds: one difference per measure and cell, and which of all are told as more than chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from insight.control.intervals import Ratio

# False discoveries allowed among the flags of a report. Counts that vary more than their over-dispersion says make real
# alarms about twice as frequent: measured by tests/insight/test_control_bias.py, under one report in ten.
CHANGE_LEVEL = 0.05
STATE_LEVEL = 0.01
CONFIRM_LEVEL = 0.10  # of both sides: which of them is known from what is confirmed, so that it is 5 % of one
# Of these levels, what the records open to all are allowed: they are looked at beside all records, whose alarms come too.
PUBLIC_PART = 0.4
EVERYWHERE = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One difference: `measure` of a district and an organisation (EVERYWHERE: of all), on `count` records.

    `is_wide` tells that it is large enough to matter, whatever chance says: each measure has its own limit.
    """

    measure: str
    district: str = EVERYWHERE
    organisation: str = EVERYWHERE
    role: str = EVERYWHERE
    ratio: Ratio
    count: int
    is_wide: bool

    @property
    def key(self) -> str:
        """What a review is about, the same from one report to the next."""
        return f"{self.measure}:{self.district}:{self.organisation}:{self.role}:{self.side}"

    @property
    def side(self) -> str:
        """More or less than expected."""
        return "more" if self.ratio.value > 1 else "less"


def flagged(findings: Sequence[Finding], level: float) -> tuple[Finding, ...]:
    """Return those that matter and that chance explains badly: Benjamini and Hochberg's rule over all of them."""
    if not findings:
        return ()
    adjusted = stats.false_discovery_control(np.array([one.ratio.p for one in findings]))
    return tuple(one for one, p in zip(findings, adjusted, strict=True) if one.is_wide and p <= level)


def confirmed(findings: Sequence[Finding], first: Sequence[Finding]) -> tuple[Finding, ...]:
    """Return what says the same of a cell that another measure flagged, on the same side."""
    cells = {(one.district, one.organisation, one.side) for one in first}
    return tuple(
        one
        for one in findings
        if one.is_wide and one.ratio.p <= CONFIRM_LEVEL and (one.district, one.organisation, one.side) in cells
    )
