"""The rubrics of `/transparence`, from the texts of the catalogue and counted figures: never a record, never a small count."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from importlib.resources import files

from api.camera_fields import PUBLIC, cell, heads_of, values_of
from api.control.pages import day
from api.house import House
from api.papers.impact import measured_gate
from api.transparency.shown import Shown
from components.clear import Card, bar, counted, kept_for
from components.formats import clock_time, short_day
from components.texts import Words
from events.audience import ANONYMOUS
from privacy.media.gate import VERSION
from privacy.text import version_of
from store import control_reports, readers
from store.upkeep import last_done
from store.volumes import OF_PUBLIC, controls, gates, media_done, media_gates, volumes

_MONTH = timedelta(days=30)
_ANCHORS = 7
_NOT_HELD = {
    "face": "eye",
    "name": "user",
    "image": "video",
    "opinion": "manifestation",
    "track": "pin",
    "police": "police",
}
_HELD = ("event", "road_state", "camera", "tally", "media", "run", "account", "audit")
_RULES = ("severity", "traffic", "withdrawal", "duplicates", "counts", "gate", "media", "control", "never")
ACTS: Mapping[str, tuple[str, ...]] = {
    "signing": ("sign",),
    "reading": ("event", "events", "snapshot", "cameras", "conflicts", "feed"),
    "exporting": ("export", "report"),
    "writing": ("contribution", "proposal", "alert", "embargo", "link", "conflict", "withheld"),
    "media": ("media",),
    "sources": ("source", "sources", "push"),
    "control": ("control", "camera"),
    "administration": ("account", "organisation", "agreement", "key", "kiosk", "device", "admin"),
    "other": (),
}
"""Kinds of acts in the audit, by how their codes begin."""
_FIXED_DAYS = {"media": None, "account": None, "audit": 183, "control": 1825}


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleChange:
    """When a rule changed: `text` is a key of the catalogue under `transparency.change.`."""

    on: date
    rule: str
    text: str
    version: str = ""


@cache
def rule_changes() -> tuple[RuleChange, ...]:
    """Return the changes of the rules, oldest first."""
    content = tomllib.loads(files("api.transparency").joinpath("rules.toml").read_text(encoding="utf-8"))
    return tuple(RuleChange(**one) for one in content["change"])


def held(house: House, speak: Words, _now: datetime) -> Shown:
    """Return what is held, from where, and what never is."""
    counts, least = volumes(house.database), house.said.thresholds.small_cell
    told = {one: counted(counts[one], least, speak) for one in _HELD}
    # Of what has an audience only the public records are counted: "0" alone would say that none is held.
    told |= {one: speak("transparency.volume.public", n=told[one]) for one in OF_PUBLIC}
    rows = [
        [speak(f"transparency.held.{one}"), speak(f"transparency.for.{one}"), speak("transparency.basis_short"),
         speak(f"transparency.from.{one}", n=len(house.sources)), told[one]]
        for one in _HELD
    ]  # fmt: skip
    heads = [speak(f"transparency.head.{one}") for one in ("data", "purpose", "basis", "origin", "volume")]
    never = [(icon, speak(f"transparency.not.{one}")) for one, icon in _NOT_HELD.items()]
    cards = [
        Card(name="not", title=speak("transparency.not"), never=never, is_wide=True),
        Card(
            name="held",
            title=speak("transparency.donnees"),
            texts=[speak("transparency.basis")],
            heads=heads,
            rows=rows,
            is_wide=True,
        ),
        _sources(house, speak),
    ]
    return Shown(cards=cards, files=("registre.pdf", "registre.json"))


def _sources(house: House, speak: Words) -> Card:
    states = {row.source_id: row for row in readers.source_states(house.database)}
    names = {one.id: one.name_in(speak.lang) for one in house.said.organisation}
    rows = []
    for source in house.sources:
        run = states.get(source.id)
        dropped = speak("transparency.unmeasured") if run is None else ", ".join(run.last_run.dropped_fields) or "–"
        rows.append([source.title, names.get(source.organisation, source.organisation), source.licence, dropped])
    heads = [speak(f"transparency.head.{one}") for one in ("source", "owner", "licence", "dropped")]
    note = speak("transparency.sources_note")
    return Card(name="sources", title=speak("transparency.sources"), texts=[note], heads=heads, rows=rows, is_wide=True)


def kept(house: House, speak: Words, _now: datetime) -> Shown:
    """Return how long each kind is kept, and the last purge."""
    limits = house.said.retention
    days = {
        one: getattr(limits, f"{one}_days") for one in ("event", "road_state", "camera", "tally", "run")
    } | _FIXED_DAYS
    most = max(count for count in days.values() if count)
    bars = [
        (speak(f"transparency.held.{one}"), bar(count, most) if count else 0.0,
         speak(f"transparency.kept.{one}") if speak.has(f"transparency.kept.{one}") else kept_for(count or 0, speak))
        for one, count in days.items()
    ]  # fmt: skip
    last = last_done(house.database, "purge")
    told = speak("transparency.no_purge") if last is None else speak(
        "transparency.last_purge", time=_moment(last.at, house, speak), n=counted(last.lines[0].done, house.said.thresholds.small_cell, speak)
    )  # fmt: skip
    heads = [speak(f"transparency.head.{one}") for one in ("data", "kept")]
    return Shown(
        cards=[
            Card(
                name="kept",
                title=speak("transparency.conservation"),
                texts=[told],
                heads=heads,
                bars=bars,
                is_wide=True,
            )
        ]
    )


def rules(house: House, speak: Words, _now: datetime) -> Shown:
    """Return the rules of calculation, their history, and the figures of the text gate by version."""
    least = house.said.thresholds.small_cell
    said = [(speak(f"transparency.rule.{one}"), speak(f"transparency.rule.{one}.text", k=least)) for one in _RULES]
    rows = [
        [
            day(datetime.combine(one.on, time(12), house.zone), house, speak),
            speak(f"transparency.rule.{one.rule}"),
            one.version or "–",
            speak(f"transparency.change.{one.text}"),
        ]
        for one in reversed(rule_changes())
    ]
    heads = [speak(f"transparency.head.{one}") for one in ("on", "rule", "version", "change")]
    cards = [
        Card(name="rules", title=speak("transparency.regles"), said=said),
        Card(name="history", title=speak("transparency.history"), heads=heads, rows=rows),
        _gate(house, speak),
        _media_gate(house, speak),
    ]
    return Shown(cards=cards, files=("algorithmes.pdf", "algorithmes.json"))


def _gate(house: House, speak: Words) -> Card:
    """Return what the gate found on labelled sentences, and what each version withheld of what was read."""
    least = house.said.thresholds.small_cell
    measured = measured_gate()
    texts = [speak("transparency.gate_version", version=version_of(house.gazetteer))]
    if measured is None:
        texts.append(speak("transparency.unmeasured"))
    else:
        for number, (_, seen, _, recall, _, wrong, precision) in enumerate(measured.rows):
            figures = {"n": seen, "recall": recall, "false": wrong, "precision": precision}
            texts.append(speak("transparency.gate.scores", part=speak(f"transparency.gate.part.{number}"), **figures))
    rows = [
        [
            one.gate,
            day(one.since, house, speak),
            counted(one.runs, least, speak),
            counted(one.texts_withheld, least, speak),
        ]
        for one in gates(house.database)
    ]
    heads = [speak(f"transparency.head.{one}") for one in ("gate", "since", "runs", "withheld")]
    return Card(name="gate", title=speak("transparency.gate"), texts=texts, heads=heads, rows=rows, is_wide=True)


def _media_gate(house: House, speak: Words) -> Card:
    """Return what each version of the media gate found, masked and refused of the pictures that are kept."""
    least = house.said.thresholds.small_cell
    rows = [
        [one.gate or "–", day(one.since, house, speak),
         *(counted(count, least, speak) for count in (one.sent, one.faces, one.masks, one.refused))]
        for one in media_gates(house.database)
    ]  # fmt: skip
    heads = [speak(f"transparency.head.{one}") for one in ("gate", "since", "pieces", "faces", "masks", "refused")]
    texts = [
        speak("transparency.media_gate_version", version=VERSION),
        *([] if rows else [speak("transparency.no_media")]),
    ]
    title = speak("transparency.media_gate")
    return Card(name="media-gate", title=title, texts=texts, heads=heads, rows=rows, is_wide=True)


def cameras(house: House, speak: Words, _now: datetime) -> Shown:
    """Return the cameras that are public, their public fields only."""
    open_to_all = [one.camera for one in readers.cameras(house.database, viewer=ANONYMOUS)]
    rows = [[cell(value, speak) for value in line] for line in values_of(open_to_all, PUBLIC, house, speak)]
    heads = heads_of(PUBLIC, speak)
    texts = [speak("cam.note"), *([] if rows else [speak("transparency.no_camera")])]
    return Shown(
        cards=[
            Card(name="cameras", title=speak("transparency.cameras"), texts=texts, heads=heads, rows=rows, is_wide=True)
        ]
    )


def journal(house: House, speak: Words, now: datetime) -> Shown:
    """Return what the controls did in a month, and the access journal in aggregate, with the head that dates it."""
    done, least = controls(house.database, now - _MONTH), house.said.thresholds.small_cell
    waiting = control_reports.open_count(house.database)
    answered = len(control_reports.reviews(house.database, is_open=False))
    figures = [
        (speak("transparency.figure.texts"), counted(done.texts_withheld, least, speak)),
        (speak("transparency.figure.records"), counted(done.records_refused, least, speak)),
        (speak("transparency.figure.runs"), counted(done.runs, least, speak)),
        (speak("transparency.figure.reviews"), counted(waiting + answered, least, speak)),
    ]
    acts = acts_of(done.actions)
    rows = [[speak(f"transparency.act.{one}"), counted(acts[one], least, speak)] for one in ACTS if acts[one]]
    heads = [speak(f"transparency.head.{one}") for one in ("action", "times")]
    pieces = {
        name: counted(count, least, speak) for name, count in media_done(house.database, now - _MONTH, now).items()
    }
    cards = [
        Card(
            name="controls",
            title=speak("transparency.controls_title"),
            figures=figures,
            texts=[speak("transparency.media", **pieces)],
        ),
        Card(name="journal", title=speak("transparency.journal"), heads=heads, rows=rows),
        _anchors(house, speak, now),
    ]
    return Shown(cards=cards)


def acts_of(actions: Mapping[str, int]) -> Counter[str]:
    """Return the lines of the audit by what they are in plain words, the names of ACTS, from their codes."""
    found = Counter[str]()
    for action, count in actions.items():
        start = re.split(r"[.-]", action)[0]
        found[next((name for name, starts in ACTS.items() if start in starts), "other")] += count
    return found


def _anchors(house: House, speak: Words, now: datetime) -> Card:
    """Return the heads of the journal at the ends of the last days, for whoever keeps them against a later cut."""
    days = () if house.access is None else house.access.audit.daily(now, house.zone, _ANCHORS)
    rows = [
        [day(datetime.combine(on, time(12), house.zone), house, speak), anchor.told]
        for on, anchor in days
        if anchor.seq
    ]
    texts = [speak("transparency.anchor"), *([] if rows else [speak("transparency.no_anchor")])]
    heads = [speak(f"transparency.head.{one}") for one in ("anchor_day", "anchor")]
    title = speak("transparency.anchors")
    return Card(name="anchors", title=title, texts=texts, heads=heads, rows=rows, is_wide=True)


def rights(house: House, speak: Words, _now: datetime) -> Shown:
    """Return what anyone may ask, and of whom."""
    return _words_only("droits", ("access", "object", "answer", "complain"), house, speak)


def accessibility(house: House, speak: Words, _now: datetime) -> Shown:
    """Return the statement of accessibility."""
    return _words_only("accessibilite", ("state", "tests", "limits", "contact", "remedy"), house, speak)


def code(house: House, speak: Words, _now: datetime) -> Shown:
    """Return under which licence the code is open."""
    return _words_only("code", (), house, speak)


def _words_only(rubric: str, parts: Sequence[str], house: House, speak: Words) -> Shown:
    contact = house.said.contact or speak("transparency.no_contact")
    said = [
        (speak(f"transparency.{rubric}.{one}"), speak(f"transparency.{rubric}.{one}.text", contact=contact))
        for one in parts
    ]
    text = speak(f"transparency.{rubric}.text", contact=contact)
    return Shown(
        cards=[Card(name=rubric, title=speak(f"transparency.{rubric}"), texts=[text], said=said, is_wide=True)]
    )


def _moment(moment: datetime, house: House, speak: Words) -> str:
    return f"{short_day(moment, house.zone, speak)}, {clock_time(moment, house.zone)}"
