"""`/transparence`: open to everyone, drawn here and without a script, from the texts of the catalogue and counted figures."""

from __future__ import annotations

import asyncio
import html
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

from starlette.requests import Request
from starlette.responses import Response

from api.answers import Problem
from api.failure_page import draw_document, language_in
from api.house import House
from components.formats import clock_time, number, short_day
from components.texts import Words, words
from events.audience import ANONYMOUS
from privacy.text import version_of
from store import readers
from store.upkeep import last_done
from store.volumes import controls, volumes

PATH = "/transparence"
RUBRICS = ("donnees", "equite", "conservation", "regles", "cameras", "journal", "droits", "accessibilite", "code")
SMALL = 5  # a count below is not told, as everywhere
_MONTH = timedelta(days=30)
_NOT_HELD = ("face", "name", "image", "opinion", "track", "police")
_HELD = ("event", "road_state", "camera", "tally", "run", "account", "audit")
_RULES = ("severity", "traffic", "withdrawal", "duplicates", "counts", "gate", "never")

Draw = Callable[[House, Words, datetime], str]


async def answer_transparency(request: Request, house: House) -> Response:
    """Draw one rubric; without one, what is held and what never is."""
    rubric = request.path_params.get("rubric", RUBRICS[0])
    if rubric not in RUBRICS:
        raise Problem(404, f"there is no such rubric; allowed: {', '.join(RUBRICS)}")
    body = await asyncio.to_thread(draw_transparency, house, rubric, language_in(request.scope))
    return Response(body, media_type="text/html")


def draw_transparency(house: House, rubric: str, lang: str) -> bytes:
    """Return the document of a rubric in a language."""
    speak, now = words(lang), house.clock()
    links = "".join(_link(speak, one, is_here=one == rubric) for one in RUBRICS)
    drawn = _DRAWN[rubric](house, speak, now)
    computed = _say(speak, "transparency.computed", time=_moment(now, house, speak))
    content = (
        f'<div class="ob-clear"><nav class="ob-clear-nav" aria-label="{_say(speak, "transparency.nav")}"><ul>{links}</ul></nav>'
        f'<div class="ob-clear-body">{drawn}<p class="ob-entry-note">{computed}</p></div></div>'
    )
    is_demo = house.access is not None and house.access.is_demonstration
    return draw_document(lang, title=speak("nav.transparence"), content=content, is_demo=is_demo)


def _link(speak: Words, rubric: str, *, is_here: bool) -> str:
    current = ' aria-current="page"' if is_here else ""
    return f'<li><a href="{PATH}/{rubric}"{current}>{_say(speak, f"transparency.{rubric}")}</a></li>'


def _held(house: House, speak: Words, _now: datetime) -> str:
    counted = volumes(house.database)
    never = "".join(f"<li>{_say(speak, f'transparency.not.{one}')}</li>" for one in _NOT_HELD)
    rows = [
        [_say(speak, f"transparency.held.{one}"), _say(speak, f"transparency.for.{one}"),
         _say(speak, f"transparency.from.{one}", n=len(house.sources)), number(counted[one], speak)]
        for one in _HELD
    ]  # fmt: skip
    heads = [_say(speak, f"transparency.head.{one}") for one in ("data", "purpose", "origin", "volume")]
    return (
        f"{_card(speak, 'transparency.not', f'<ul>{never}</ul>')}"
        f"{_card(speak, 'transparency.donnees', _text(speak, 'transparency.basis') + _table(heads, rows))}"
        f"{_sources(house, speak)}"
    )


def _sources(house: House, speak: Words) -> str:
    states = {row.source_id: row for row in readers.source_states(house.database)}
    names = {one.id: one.name_in(speak.lang) for one in house.said.organisation}
    rows = []
    for source in house.sources:
        run = states.get(source.id)
        dropped = 0 if run is None else len(run.last_run.dropped_fields)
        told = [source.title, names.get(source.organisation, source.organisation), source.licence]
        rows.append([*(html.escape(one) for one in told), number(dropped, speak)])
    heads = [_say(speak, f"transparency.head.{one}") for one in ("source", "owner", "licence", "dropped")]
    return _card(speak, "transparency.sources", _text(speak, "transparency.sources_note") + _table(heads, rows))


def _equity(house: House, speak: Words, _now: datetime) -> str:
    del house
    return _card(
        speak, "transparency.equite", _text(speak, "transparency.unmeasured") + _text(speak, "transparency.equity_why")
    )


def _kept_for(house: House, speak: Words, _now: datetime) -> str:
    limits = house.said.retention
    rows = [
        [_say(speak, f"transparency.held.{one}"), _say(speak, "transparency.days", days=getattr(limits, f"{one}_days"))]
        for one in ("event", "road_state", "camera", "tally", "run")
    ]
    rows += [
        [_say(speak, f"transparency.held.{one}"), _say(speak, f"transparency.kept.{one}")]
        for one in ("account", "audit")
    ]
    last = last_done(house.database, "purge")
    told = _say(speak, "transparency.no_purge") if last is None else _say(
        speak, "transparency.last_purge", time=_moment(last.at, house, speak), n=last.lines[0].done
    )  # fmt: skip
    heads = [_say(speak, f"transparency.head.{one}") for one in ("data", "kept")]
    return _card(speak, "transparency.conservation", f"<p>{told}</p>{_table(heads, rows)}")


def _rules(house: House, speak: Words, _now: datetime) -> str:
    gate = _say(speak, "transparency.gate_version", version=version_of(house.gazetteer))
    rows = "".join(
        f"<dt>{_say(speak, f'transparency.rule.{one}')}</dt><dd>{_say(speak, f'transparency.rule.{one}.text', k=SMALL)}</dd>"
        for one in _RULES
    )
    return _card(speak, "transparency.regles", f"<dl>{rows}</dl><p>{gate}</p>")


def _cameras(house: House, speak: Words, _now: datetime) -> str:
    kept = readers.cameras(house.database, viewer=ANONYMOUS)
    rows = [
        [
            html.escape(one.camera.label or one.camera.external_id),
            _say(speak, f"transparency.kind.{one.camera.kind.value}"),
            html.escape(one.camera.legal_reference or ""),
            "" if one.camera.authorised_until is None else html.escape(one.camera.authorised_until.isoformat()),
        ]
        for one in kept
    ]
    heads = [_say(speak, f"transparency.head.{one}") for one in ("camera", "kind", "reference", "until")]
    note = _text(speak, "cam.note") + (_text(speak, "transparency.no_camera") if not rows else "")
    return _card(speak, "transparency.cameras", note + (_table(heads, rows) if rows else ""))


def _journal(house: House, speak: Words, now: datetime) -> str:
    done = controls(house.database, now - _MONTH)
    rows = [
        [html.escape(action), number(count, speak) if count >= SMALL else _say(speak, "transparency.small", k=SMALL)]
        for action, count in sorted(done.actions.items())
    ]
    heads = [_say(speak, f"transparency.head.{one}") for one in ("action", "times")]
    figures = _say(
        speak, "transparency.controls", texts=done.texts_withheld, records=done.records_refused, runs=done.runs
    )
    return _card(speak, "transparency.journal", f"<p>{figures}</p>{_table(heads, rows)}")


def _words_only(rubric: str, house: House, speak: Words, _now: datetime) -> str:
    contact = house.said.contact or speak("transparency.no_contact")
    return _card(speak, f"transparency.{rubric}", _text(speak, f"transparency.{rubric}.text", contact=contact))


_DRAWN: dict[str, Draw] = {
    "donnees": _held,
    "equite": _equity,
    "conservation": _kept_for,
    "regles": _rules,
    "cameras": _cameras,
    "journal": _journal,
    **{one: partial(_words_only, one) for one in ("droits", "accessibilite", "code")},
}


def _say(speak: Words, key: str, **params: object) -> str:
    return html.escape(speak(key, **params))


def _text(speak: Words, key: str, **params: object) -> str:
    return f"<p>{_say(speak, key, **params)}</p>"


def _card(speak: Words, key: str, content: str) -> str:
    return f'<section class="ob-card ob-clear-card"><h2>{_say(speak, key)}</h2>{content}</section>'


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    head = "".join(f'<th scope="col">{one}</th>' for one in heads)
    lines = "".join(
        f'<tr><th scope="row">{row[0]}</th>{"".join(f"<td>{one}</td>" for one in row[1:])}</tr>' for row in rows
    )
    return f'<div class="ob-table-scroll"><table class="ob-table"><thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table></div>'


def _moment(moment: datetime, house: House, speak: Words) -> str:
    return f"{short_day(moment, house.zone, speak)}, {clock_time(moment, house.zone)}"
