"""The labelled sentences kept beside the repository: two thirds to develop the gate on, one third to report on only."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from privacy.gazetteer import Gazetteer
from privacy.text import scan

FILE = Path(__file__).resolve().parents[2] / ".." / "shared" / "privacy" / "pii_dev.jsonl"
REASON = "the labelled sentences are not beside the repository"


def sentences(*, is_kept_apart: bool) -> list[dict[str, Any]]:
    """Return the sentences of one part; the third kept apart is that of the identifiers whose hash divides by three."""
    rows = [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]
    return [row for row in rows if _is_apart(row["id"]) == is_kept_apart]


def _is_apart(name: str) -> bool:
    return int(hashlib.sha256(name.encode()).hexdigest(), 16) % 3 == 0


@dataclass(frozen=True, kw_only=True)
class Score:
    """Sentences told apart, and spans found by type: (found, all). A span is found when it is touched."""

    found: int
    missed: int
    false_alarms: int
    passed: int
    spans: dict[str, tuple[int, int]]

    @property
    def recall(self) -> float:
        """The share of the sentences with personal data that are held back."""
        return self.found / (self.found + self.missed)

    @property
    def precision(self) -> float:
        """The share of the sentences held back that hold personal data."""
        return self.found / (self.found + self.false_alarms)


def score(rows: list[dict[str, Any]], gazetteer: Gazetteer) -> Score:
    """Return how the gate tells these sentences apart."""
    told: Counter[tuple[bool, bool]] = Counter()
    every: Counter[str] = Counter()
    found: Counter[str] = Counter()
    for row in rows:
        verdict = scan(row["text"], gazetteer)
        told[row["has_pii"], verdict.kind != "cleared"] += 1
        for span in row["spans"]:
            every[span["type"]] += 1
            found[span["type"]] += any(hit.start < span["end"] and hit.end > span["start"] for hit in verdict.spans)
    return Score(
        found=told[True, True],
        missed=told[True, False],
        false_alarms=told[False, True],
        passed=told[False, False],
        spans={name: (found[name], every[name]) for name in sorted(every)},
    )
