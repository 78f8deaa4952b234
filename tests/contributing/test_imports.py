"""A file of events is shown before anything is kept; what is good is published, the rest is told line by line."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from events.audience import Viewer
from store import readers
from store.kept import EventQuery
from tests.contributing.conftest import Desk
from tests.contributing.panel import Panel, post

CSV = """id;categorie;gravite;titre;lieu;debut;fin;description;longitude;latitude
1;chantier;mineur;Réfection de chaussée;Rue Paradis;2026-11-20 08:00;2026-11-20 18:00;;5,3781;43,2871
2;chantier;2;Grue;Rue de Rome;2026-11-21 08:00;;;5,3815;43,2900
3;chantier;1;Trottoir;Rue Breteuil;2026-11-22 08:00;2026-11-22 07:00;;5,3760;43,2880
4;chantier;1;Appeler Mme Martin 06 12 34 56 78;Rue Sainte;2026-11-22 08:00;2026-11-22 09:00;;5,3700;43,2920
5;chantier;1;Sans lieu lisible;;pas une date;;;est;nord
"""
GEOJSON = """{"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": {"type": "Point", "coordinates": [5.378, 43.287]},
"properties": {"id": "g", "categorie": "chantier", "gravite": "mineur", "titre": "Travaux", "debut": "2026-11-20T08:00:00+01:00"}}]}"""
ICS = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//y//FR\r\n{}END:VCALENDAR\r\n"
ONCE = "BEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20261101T000000Z\r\nDTSTART:20261120T180000Z\r\nDTEND:20261120T200000Z\r\nSUMMARY:Fermeture\r\nGEO:43.287;5.378\r\nEND:VEVENT\r\n"
WEEKLY = ONCE.replace("UID:1", "UID:2").replace("SUMMARY", "RRULE:FREQ=WEEKLY;COUNT=4\r\nSUMMARY")


def bring(panel: Panel, name: str, text: str, **more: Any) -> dict[str, Any]:
    data = base64.b64encode(text.encode()).decode()
    return panel.ask("import", form={"name": name, "data": data, "category": "fermeture", **more})


def kept(desk: Desk) -> list[str]:
    page = readers.events(desk.database, viewer=Viewer(sees_restricted=True), query=EventQuery())
    return sorted(one.event.headline for one in page.events)


def test_a_table_is_shown_then_its_good_rows_are_published_and_the_others_told(desk: Desk) -> None:
    panel = post(desk, "voirie")
    shown = bring(panel, "travaux.CSV", CSV)
    assert [bool(row["problems"]) for row in shown["rows"]] == [False, False, True]
    assert [row["where"] for row in shown["rejects"]] == ["line 4", "line 6"]
    assert "Martin" not in str(shown)
    assert kept(desk) == []
    done = bring(panel, "travaux.csv", CSV, go=True)
    assert (done["kept"], [row["where"] for row in done["failed_rows"]]) == (2, ["3"])
    assert kept(desk) == ["Grue", "Réfection de chaussée"]


@pytest.mark.parametrize(("name", "text"), [("a.geojson", GEOJSON), ("a.json", GEOJSON), ("a.ics", ICS.format(ONCE))])
def test_features_and_calendars_too(desk: Desk, name: str, text: str) -> None:
    assert bring(post(desk, "voirie"), name, text, go=True)["kept"] == 1
    assert len(kept(desk)) == 1


def test_a_recurring_event_is_never_told_as_one_long_one(desk: Desk) -> None:
    shown = bring(post(desk, "voirie"), "a.ics", ICS.format(ONCE + WEEKLY))
    assert len(shown["rows"]) == 1
    assert len(shown["rejects"]) == 1


@pytest.mark.parametrize(
    ("name", "data"), [("a.exe", "QQ=="), ("a.csv", "not base64!"), ("a.csv", ""), ("", "QQ=="), (None, None)]
)
def test_what_is_no_file_of_ours_is_told(desk: Desk, name: Any, data: Any) -> None:
    assert set(post(desk, "voirie").ask("import", form={"name": name, "data": data})) == {"failed"}


def test_an_unreadable_file_is_a_reject_with_its_reason(desk: Desk) -> None:
    shown = bring(post(desk, "voirie"), "a.geojson", "{")
    assert shown["rows"] == []
    assert shown["rejects"][0]["why"]
