"""The annex of the impact assessment: context, principles, risks with the measures that answer them, their tests and last results."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from api.control.pages import names_of, review_told
from api.papers.facts import Facts, Measure
from api.papers.paper import Paper, Row, Section, Table

RISKS = ("access", "change", "loss")
_GATE_PAGE = Path(__file__).resolve().parents[2] / "docs" / "gate.md"


def write(facts: Facts) -> Paper:
    """Return the annex."""
    speak = facts.speak
    sections = [_context(facts), _flows(facts), _principles(facts), *(_risk(risk, facts) for risk in RISKS)]
    sections += [_validation(facts), *_gate(facts), _media(facts), _control(facts), _reviews(facts), _weakened(facts)]
    return Paper(
        name=speak("paper.impact.file"),
        title=speak("paper.impact"),
        lang=speak.lang,
        signed=facts.signed,
        sections=sections,
    )


def _context(facts: Facts) -> Section:
    speak = facts.speak
    text = speak("paper.context.text", city=facts.house.said.name, n=len(facts.house.sources))
    return Section(title=speak("paper.context"), texts=[text, speak("paper.context.support")])


def _flows(facts: Facts) -> Section:
    """Return the way of the data, one line per source: who publishes, what is read, what is left out, who receives it."""
    speak = facts.speak
    rows = [
        [
            source.title, facts.organisation(source.organisation), speak("paper.pushed") if source.is_pushed else facts.host(source) or "–",
            speak(f"paper.audience.{source.default_audience.level.value}"), _kept(source.id, facts),
        ]
        for source in facts.house.sources
    ]  # fmt: skip
    heads = [speak(f"paper.head.{one}") for one in ("source", "organisation", "host", "audience", "read")]
    return Section(title=speak("paper.flows"), texts=[speak("paper.flows.note")], table=Table(heads=heads, rows=rows))


def _kept(source_id: str, facts: Facts) -> str:
    state = facts.states.get(source_id)
    if state is None:
        return facts.speak("transparency.unmeasured")
    run = state.last_run
    return facts.speak("paper.kept_of", seen=facts.count(run.records_seen), dropped=len(run.dropped_fields))


def _principles(facts: Facts) -> Section:
    speak = facts.speak
    names = ("purpose", "lawful", "minimal", "exact", "limited", "rights")
    contact = facts.house.said.contact or speak("transparency.no_contact")
    return Section(
        title=speak("paper.principles"),
        facts=[
            (speak(f"paper.principle.{one}"), speak(f"paper.principle.{one}.text", contact=contact)) for one in names
        ],
    )


def _risk(risk: str, facts: Facts) -> Section:
    speak = facts.speak
    rows = [row for one in facts.measures if one.risk == risk for row in _proofs(one, facts)]
    heads = [speak(f"paper.head.{one}") for one in ("measure", "test", "result")]
    said = [
        (speak(f"paper.risk.{one}"), speak(f"paper.risk.{risk}.{one}"))
        for one in ("sources", "impacts", "severity", "likelihood")
    ]
    return Section(title=speak(f"paper.risk.{risk}"), facts=said, table=Table(heads=heads, rows=rows))


def _proofs(one: Measure, facts: Facts) -> Sequence[Row]:
    return [[facts.speak(f"paper.measure.{one.id}"), test, facts.result(test)] for test in one.tests]


def _validation(facts: Facts) -> Section:
    speak = facts.speak
    blanks = [
        (speak(f"paper.validation.{one}"), speak("paper.blank")) for one in ("plan", "dpo", "persons", "decision")
    ]
    return Section(title=speak("paper.validation"), facts=blanks)


def _gate(facts: Facts) -> Sequence[Section]:
    """Return the figures of the gate's own page, as they were measured for its version, and what it is known to miss."""
    speak = facts.speak
    measured, missed = measured_gate(), _table_after("## Residual risk")
    if measured is None or missed is None:
        return [Section(title=speak("paper.gate"), texts=[speak("transparency.unmeasured")])]
    note = speak("paper.gate.note", gate=facts.gate)
    return [
        Section(title=speak("paper.gate"), texts=[note], table=measured),
        Section(title=speak("paper.residual"), texts=[speak("paper.residual.note")], table=missed),
    ]


def measured_gate() -> Table | None:
    """Return what the gate finds on labelled sentences, from the page it writes; None where that page is not shipped."""
    return _table_after("## Labelled sentences")


def _table_after(title: str) -> Table | None:
    text = _GATE_PAGE.read_text(encoding="utf-8") if _GATE_PAGE.is_file() else ""
    found = re.search(rf"^{re.escape(title)}\n.*?\n\n((?:\|[^\n]*\n)+)", text, re.MULTILINE | re.DOTALL)
    if found is None:
        return None
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in found.group(1).splitlines()]
    return Table(heads=rows[0], rows=rows[2:])


def _media(facts: Facts) -> Section:
    told = {name: facts.count(count) for name, count in facts.media.items()}
    return Section(title=facts.speak("paper.media"), texts=[facts.speak("transparency.media", **told)])


def _control(facts: Facts) -> Section:
    speak, report = facts.speak, facts.report
    if report is None:
        return Section(
            title=speak("paper.control"), texts=[f"{speak('transparency.unmeasured')} {speak('control.none')}"]
        )
    content = report.content
    names = names_of(facts.house, speak)
    rows = [
        [names.district(one["district"]), facts.count(one["count"]), *(_interval(one[name]) for name in ("per_inhabitants", "per_km", "per_city"))]
        for one in content["levels"]
        if not one["organisation"] and not one["mode"]
    ]  # fmt: skip
    heads = [speak(f"control.head.{one}") for one in ("district", "events", "inhabitants", "km", "city")]
    told = speak(
        "paper.control.report",
        id=report.id,
        time=facts.day(report.made_at),
        mark=report.sha256,
        flags=len(content["flags"]),
    )
    return Section(title=speak("paper.control"), texts=[told], table=Table(heads=heads, rows=rows))


def _interval(values: Sequence[float] | None) -> str:
    return "–" if values is None else f"{values[0]:.2f} [{values[1]:.2f} – {values[2]:.2f}]"


def _reviews(facts: Facts) -> Section:
    speak, names = facts.speak, names_of(facts.house, facts.speak)
    rows = [
        [review_told(one, names), facts.day(one.due_at), one.finding or "–", speak(f"control.decision.{one.decision}") if one.decision else speak("paper.open")]
        for one in facts.reviews
    ]  # fmt: skip
    heads = [speak(f"paper.head.{one}") for one in ("difference", "due", "finding", "decision")]
    texts = [] if rows else [speak("control.open_none")]
    return Section(title=speak("paper.reviews"), texts=texts, table=Table(heads=heads, rows=rows) if rows else None)


def _weakened(facts: Facts) -> Section:
    """Return the settings that protect less than what is set by default."""
    speak, house = facts.speak, facts.house
    set_so = {
        "demo": facts.access.is_demonstration,
        "http": not house.is_https_only,
        "open_data": house.said.open_data,
        "exercises": house.said.show_exercises,
        "small_cell": house.said.thresholds.small_cell < 5,
        "tiles": house.said.basemap.tiles_url is not None,
        "linking": bool(house.said.linking.automatic),
        "factor": facts.second_factors[0] < facts.second_factors[1],
        "contact": house.said.contact is None,
    }
    found = [speak(f"paper.weak.{name}") for name, is_so in set_so.items() if is_so]
    return Section(title=speak("paper.weakened"), texts=found or [speak("paper.weak.none")])
