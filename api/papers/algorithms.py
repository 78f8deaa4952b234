"""The sheets of the algorithms: each aids, a person decides; none takes a decision about anybody."""

from __future__ import annotations

from api.papers.facts import Facts
from api.papers.paper import Paper, Section
from components.formats import number

SHEETS = ("gate", "masking", "duplicates", "withdrawal", "drift")
FIELDS = ("purpose", "when", "data", "operations", "type", "limits")


def write(facts: Facts) -> Paper:
    """Return one sheet per algorithm."""
    speak = facts.speak
    return Paper(
        name=speak("paper.algorithms.file"), title=speak("paper.algorithms"), lang=speak.lang, signed=facts.signed,
        sections=[Section(title=speak("paper.algo.all"), texts=[speak("paper.algo.all.text")]), *(_sheet(one, facts) for one in SHEETS)],
    )  # fmt: skip


def _sheet(name: str, facts: Facts) -> Section:
    speak, limits = facts.speak, facts.house.said.thresholds
    figures = {
        "gate": facts.gate, "metres": number(limits.duplicate_m, speak), "overlap": number(100 * limits.duplicate_overlap, speak),
        "window": number(100 * limits.duplicate_window, speak), "n": facts.count(len(facts.house.sources)),
    }  # fmt: skip
    said = [(speak(f"paper.algo.{one}"), speak(f"paper.algo.{name}.{one}", **figures)) for one in FIELDS]
    common = [
        (speak(f"paper.algo.{one}"), speak(f"paper.algo.{one}.text"))
        for one in ("degree", "decisions", "basis", "public", "source")
    ]
    version = [(speak("paper.algo.version"), facts.gate if name == "gate" else speak("paper.algo.product"))]
    return Section(title=speak(f"paper.algo.{name}"), facts=[*said, *common, *version])
