"""Dates as people type them and categories as people tick them, in the scripts that browsers run."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

ASSETS = Path(__file__).resolve().parents[2] / "assets"
NODE = shutil.which("node")

pytestmark = pytest.mark.skipif(NODE is None, reason="Node is not installed")


def run(script: str, expression: str) -> object:
    """Return the value of a JavaScript expression in which `it` is what a script exports."""
    code = f"const it = require({json.dumps(str(ASSETS / script))}); console.log(JSON.stringify({expression}));"
    done = subprocess.run([NODE or "", "-e", code], capture_output=True, text=True, check=True, timeout=20)
    return json.loads(done.stdout)


CASES = {
    "": "",
    "hier": "2026-11-13T00:00",
    "Yesterday 8:05": "2026-11-13T08:05",
    "demain à 9h": "2026-11-15T09:00",
    "aujourd’hui": "2026-11-14T00:00",
    "maintenant": "+0h",
    "13/11 14h30": "2026-11-13T14:30",
    "13/11/2025": "2025-11-13T00:00",
    "14:30": "2026-11-14T14:30",
    "7h": "2026-11-14T07:00",
    "2026-11-13T14:30": "2026-11-13T14:30",
    "-24h": "-24h",
    "+ 7 j": "+7j",
    "−2d": "-2j",
    "31/12": "2026-12-31T00:00",
    "31/11": None,
    "25:00": None,
    "13/11 midi": None,
    "blabla": None,
    "13/11 14h30 et demie": None,
}


def test_typed_dates_are_understood_or_refused() -> None:
    calls = ",".join(f"it.parseMoment({json.dumps(text)}, {{y: 2026, m: 11, d: 14}}, false)" for text in CASES)
    assert dict(zip(CASES, run("ob-88-dates.js", f"[{calls}]"), strict=True)) == CASES  # type: ignore[arg-type]


def test_a_day_without_year_is_the_nearest_and_an_end_runs_to_midnight() -> None:
    january = "it.parseMoment('28/12', {y: 2027, m: 1, d: 3}, true)"
    assert run("ob-88-dates.js", january) == "2026-12-28T23:59"


def test_the_city_day_is_not_that_of_utc() -> None:
    at = 1794610800  # 2026-11-13 23:00 UTC
    assert run("ob-88-dates.js", f"it.dayIn({at}, 'Europe/Paris')") == {"y": 2026, "m": 11, "d": 14}


def test_a_family_opens_out_and_closes() -> None:
    families = "{rass: ['a', 'b'], tc: ['c']}"
    calls = ",".join(
        [
            f"it.toggled([], 'a', true, {families})",
            f"it.toggled(['a'], 'b', true, {families})",
            f"it.toggled(['rass'], 'b', false, {families})",
            f"it.toggled(['a', 'c'], 'rass', true, {families})",
            f"it.toggled(['rass', 'tc'], 'rass', false, {families})",
            "it.toggled(['1'], '6', true, {})",
        ]
    )
    # The only category of a family is the family.
    assert run("ob-92-filters.js", f"[{calls}]") == [["a"], ["rass"], ["a"], ["c", "rass"], ["tc"], ["1", "6"]]
