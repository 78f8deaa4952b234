"""Runs and states turned into the Sources page."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from plotly.utils import PlotlyJSONEncoder

from callbacks.source_panel import log_of
from callbacks.sources import bars_of, format_name, remark_of, view_of
from components.boot import LANGUAGES
from components.reasons import Said
from components.sources import draw_sources
from components.texts import words
from datasources.catalogue import ADAPTERS
from privacy.hits import PiiType
from privacy.screen import NOT_A_CODE
from store.kept import HalfHour, RejectRow, WithheldRow
from tests.components.test_pages import walk

SPEAK = words("fr")


def test_bars_hold_the_worst_verdict_of_each_half_hour(now: datetime) -> None:
    present = now.replace(minute=30)  # now is 13:32
    half_hour = timedelta(minutes=30)
    told = [
        HalfHour(present - 48 * half_hour, 3, 0, 3),  # a day and a half hour ago
        HalfHour(present - 47 * half_hour, 3, 0, 0),
        HalfHour(present - half_hour, 6, 2, 0),
        HalfHour(present, 2, 1, 1),
    ]
    bars = bars_of(told, now)
    assert len(bars) == 48
    assert (bars[0], bars[-2], bars[-1]) == ("ok", "late", "failed")
    assert set(bars[1:-2]) == {"none"}


def test_a_row_is_few_components_because_dash_asks_each_of_them_at_every_change(
    plain_house: Any, source_of: Any
) -> None:
    def drawn(count: int) -> int:
        plain_house.sources = [source_of(f"s{n}") for n in range(count)]
        return sum(1 for part in draw_sources(view_of(plain_house, None, SPEAK), SPEAK) for _ in walk(part))

    assert (drawn(22) - drawn(2)) / 20 <= 20


def test_page_reads_no_run_for_its_bars(plain_house: Any, source_of: Any, run_of: Any, now: datetime) -> None:
    plain_house.sources = [source_of("a"), source_of("b")]
    plain_house.run_lists = {"a": [run_of("a", minute) for minute in range(1, 300)]}
    plain_house.bars = {"a": [HalfHour(now.replace(minute=30), 2, 0, 0)]}
    asked = []
    runs = plain_house.runs
    plain_house.runs = lambda source_id, limit: asked.append((source_id, limit)) or runs(source_id, limit)
    rows = {row.id: row for row in view_of(plain_house, "a", SPEAK).rows}
    assert (rows["a"].bars[-1], set(rows["b"].bars)) == ("ok", {"none"})
    assert asked == [("a", 200), ("b", 1)]


@pytest.mark.parametrize("kind", ADAPTERS)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_format_is_called_by_the_name_people_use(kind: str, lang: str) -> None:
    name = format_name(kind, words(lang))
    assert name
    assert "_" not in name


def test_sources_that_need_someone_come_first(plain_house: Any, source_of: Any, run_of: Any, now: datetime) -> None:
    plain_house.sources = [source_of("fine"), source_of("dead"), source_of("unseen")]
    at = now.timestamp()
    plain_house.states = [
        {"id": "fine", "state": "ok", "at": at - 40, "n": 1200, "why": None},
        {"id": "dead", "state": "failing", "at": at - 11280, "n": 28, "why": "sources.why.failing"},
    ]
    plain_house.run_lists = {"fine": [run_of("fine", 1)], "dead": [run_of("dead", 2, "failed", http_status=503)]}
    view = view_of(plain_house, None, SPEAK)
    assert [(row.id, row.state) for row in view.rows] == [("dead", "failing"), ("unseen", "never"), ("fine", "ok")]
    dead, unseen, fine = view.rows
    assert (dead.age, dead.remark, dead.last_call, dead.next_call) == ("3 h", "Réponse HTTP 503.", "14:30", "14:35")
    assert (unseen.age, unseen.age_at, unseen.last_call) == ("jamais", None, "—")
    assert (fine.objects, fine.cadence, fine.remark) == ("1\u202f200", "5 min", "")
    assert "Title of dead" in view.effect


def test_panel_shows_rejects_with_place_and_reason(
    plain_house: Any, source_of: Any, run_of: Any, now: datetime
) -> None:
    plain_house.sources = [source_of("a")]
    plain_house.states = [{"id": "a", "state": "ok", "at": now.timestamp(), "n": 3, "why": None}]
    plain_house.run_lists = {"a": [run_of("a", 1, "unchanged"), run_of("a", 6, rejected=1)]}
    plain_house.reject_rows = [RejectRow(run_id=7, where="features[3]", reason="no geometry", external_id=None)]
    view = view_of(plain_house, "a", SPEAK)
    assert view.panel is not None
    assert [(line.where, line.reason) for line in view.panel.rejects] == [("features[3]", Said("no geometry", "en"))]
    drawn = json.dumps(draw_sources(view, SPEAK), cls=PlotlyJSONEncoder, ensure_ascii=False)
    assert "features[3]" in drawn
    assert "Licence Ouverte 2.0" in drawn


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_panel_tells_the_partner_where_the_withheld_words_are(
    plain_house: Any, source_of: Any, run_of: Any, now: datetime, lang: str
) -> None:
    plain_house.sources = [source_of("a")]
    plain_house.states = [{"id": "a", "state": "ok", "at": now.timestamp(), "n": 3, "why": None}]
    plain_house.run_lists = {"a": [run_of("a", 1, text_withheld=2)]}
    told = [("C-12", "description", "PHONE"), (None, "route.2.label", "PERSON"), ("C-13", "measure", "not_a_code")]
    rows = [WithheldRow(record=r, field=f, type=t, start=11, end=25) for r, f, t in told]
    plain_house.withheld_rows = {"a": rows}
    speak = words(lang)
    view = view_of(plain_house, "a", speak)
    assert view.panel is not None
    drawn = json.dumps(draw_sources(view, speak), cls=PlotlyJSONEncoder, ensure_ascii=False)
    for said in ("C-12", "route.2.label", speak("sources.withheld.characters", first=12, last=25)):
        assert said in drawn
    for _, _, type_ in told:
        assert speak(f"gate.take.{type_.lower()}") in drawn


def test_every_reason_of_the_gate_has_advice_for_the_partner() -> None:
    assert [name for name in [*PiiType, NOT_A_CODE] if not SPEAK.has(f"gate.take.{name.lower()}")] == []


def test_unknown_source_is_said(plain_house: Any, source_of: Any) -> None:
    plain_house.sources = [source_of("a")]
    view = view_of(plain_house, "b", SPEAK)
    assert (view.panel, view.unknown_id) == (None, "b")
    assert "pas au catalogue" in json.dumps(draw_sources(view, SPEAK), cls=PlotlyJSONEncoder, ensure_ascii=False)


def test_log_joins_what_repeats_and_keeps_the_reason(run_of: Any, now: datetime) -> None:
    runs = [
        run_of("a", 1, "failed", reason="the server answered 503"),
        run_of("a", 6, "failed"),
        run_of("a", 11),
        run_of("a", 16),
    ]
    lines = log_of(runs, (), now, ZoneInfo("Europe/Paris"), SPEAK)
    assert [(line.state, line.reason) for line in lines] == [
        ("failing", Said("le serveur a répondu 503")),
        ("ok", None),
        ("ok", None),
    ]


def test_remark_falls_back_to_the_state(run_of: Any) -> None:
    assert remark_of({"why": "sources.why.late"}, run_of("a", 1), SPEAK) == SPEAK("sources.why.late")
    assert remark_of({"why": None}, run_of("a", 1, text_withheld=2), SPEAK) == "2 textes retenus par le contrôle."


def test_the_end_of_an_agreement_is_said_in_the_row_and_the_panel(
    plain_house: Any, source_of: Any, run_of: Any
) -> None:
    plain_house.sources = (source_of("a"), source_of("b"), source_of("c"), source_of("d"))
    end = int(datetime(2026, 12, 31, 23, tzinfo=UTC).timestamp())
    plain_house.states = [
        {"id": "a", "state": "ok", "at": None, "n": 1, "why": "sources.why.agreement.ending", "end": end},
        {"id": "b", "state": "paused", "at": None, "n": 1, "why": "sources.why.agreement.ended", "end": end},
        {"id": "c", "state": "paused", "at": None, "n": 1, "why": "sources.why.agreement.missing", "end": None},
        {"id": "d", "state": "ok", "at": None, "n": 1, "why": None, "end": None},
    ]
    plain_house.run_lists = {"a": [run_of("a", 1, rejected=3)]}
    told = {}
    for chosen in "abcd":
        view = view_of(plain_house, chosen, words("fr"))
        rows = {row.id: row.remark for row in view.rows}
        told[chosen] = (rows[chosen], dict(view.panel.facts)["Convention"])
    assert told["a"][0].startswith("La convention se termine dans moins de 30 jours. ")
    assert "3" in told["a"][0], "what the last run refused stays beside it"
    assert told["a"][1] == "jusqu’au jeu. 31 déc. 2026"
    assert told["b"] == ("Convention terminée : cette source n’est plus appelée.", "terminée le jeu. 31 déc. 2026")
    assert told["c"] == ("Sans convention : cette source n’est pas appelée.", "aucune")
    assert told["d"] == ("", "licence ouverte, sans terme")
