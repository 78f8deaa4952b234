"""docs/gate.md says what the gate finds and misses now."""

from __future__ import annotations

import pytest

from tests.gate_page import PAGE, page
from tests.privacy.labelled import FILE, REASON


@pytest.mark.skipif(not FILE.exists(), reason=REASON)
def test_page_is_what_the_gate_does() -> None:
    assert PAGE.read_text("utf-8") == page(), "run: python tests/gate_page.py"


def test_residual_risk_is_named() -> None:
    text = PAGE.read_text("utf-8")
    for name in ("surname alone", "nickname", "## Residual risk"):
        assert name in text
