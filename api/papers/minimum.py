"""The audit of minimum data: what is past its time, what nothing fills, what the gate of today refuses, what says nothing of itself."""

from __future__ import annotations

from api.papers.facts import Facts
from api.papers.paper import Paper, Section, Table


def write(facts: Facts) -> Paper:
    """Return the audit; each of its figures is counted."""
    speak = facts.speak
    return Paper(
        name=speak("paper.minimum.file"), title=speak("paper.minimum"), lang=speak.lang, signed=facts.signed,
        sections=[_overdue(facts), _rescanned(facts), _empty(facts), _annotations(facts), _unread(facts)],
    )  # fmt: skip


def _overdue(facts: Facts) -> Section:
    speak = facts.speak
    rows = [[one.kind, one.source_id or "–", facts.count(one.count), facts.day(one.oldest)] for one in facts.overdue]
    heads = [speak(f"paper.head.{one}") for one in ("kind", "source", "rows", "oldest")]
    total = speak("paper.overdue.text", n=facts.count(sum(one.count for one in facts.overdue)))
    return Section(title=speak("paper.overdue"), texts=[total], table=Table(heads=heads, rows=rows) if rows else None)


def _rescanned(facts: Facts) -> Section:
    speak, last = facts.speak, facts.rescan
    if last is None:
        return Section(title=speak("paper.rescanned"), texts=[speak("paper.no_rescan")])
    whole = last.lines[0]
    text = speak(
        "paper.rescanned.text", time=facts.day(last.at), seen=facts.count(whole.seen), done=facts.count(whole.done)
    )
    return Section(title=speak("paper.rescanned"), texts=[text])


def _empty(facts: Facts) -> Section:
    speak = facts.speak
    rows = [
        [one.table, ", ".join(one.never_filled), facts.count(one.rows)] for one in facts.holdings if one.never_filled
    ]
    heads = [speak(f"paper.head.{one}") for one in ("table", "columns", "rows")]
    texts = [speak("paper.empty.text" if rows else "paper.empty.none")]
    return Section(title=speak("paper.empty"), texts=texts, table=Table(heads=heads, rows=rows) if rows else None)


def _annotations(facts: Facts) -> Section:
    speak = facts.speak
    columns = sum(len(one.columns) for one in facts.holdings)
    text = speak("paper.annotated.text", tables=len(facts.holdings), columns=columns, n=len(facts.annotation_faults))
    return Section(title=speak("paper.annotated"), texts=[text, *facts.annotation_faults])


def _unread(facts: Facts) -> Section:
    return Section(title=facts.speak("paper.unread"), texts=[facts.speak("paper.unread.text")])
