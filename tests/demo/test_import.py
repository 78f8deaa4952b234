"""`manage.py import`: what a partner said on a day of the past is there on that day, and only known from now on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

import manage
from events.audience import Viewer
from store import readers
from store.database import connect
from store.kept import EventQuery
from store.road_time import RoadQuestion
from tests.demo.conftest import STARTED_AT

ZONE = ZoneInfo("Europe/Paris")
EVERYTHING = Viewer(sees_restricted=True)


@pytest.fixture
def url(store_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("OBSERVATORY_DATABASE_URL", store_url)
    monkeypatch.setenv("OBSERVATORY_SECRET_KEY", "0123456789abcdef0123456789abcdef")
    return store_url


def test_a_day_of_the_past_is_imported_once(
    theatre, url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stage = theatre()
    document = tmp_path / f"agenda-{STARTED_AT:%Y-%m-%dT%H%MZ}.csv"
    document.write_bytes(stage.document("ville-agenda"))
    before = datetime.now(UTC)
    assert manage.main(["import", "ville-agenda", str(document)]) == 0
    assert capsys.readouterr().out.strip().endswith("0 changed, 0 kept as they were, 0 not used")

    database = connect(url)
    at = STARTED_AT + timedelta(seconds=10)
    then = readers.events(database, viewer=EVERYTHING, query=EventQuery(at=at)).events
    assert len(then) > 0
    assert all(one.event.source_id == "ville-agenda" and one.recorded_at >= before for one in then)
    known = EventQuery(at=at, known_at=before)
    assert readers.events(database, viewer=EVERYTHING, query=known).events == ()
    assert readers.events(database, viewer=EVERYTHING, query=EventQuery(at=datetime.now(UTC))).events == ()
    database.close()

    assert manage.main(["import", "ville-agenda", str(document)]) == 0
    assert "; 0 new, 0 changed, 8 kept as they were" in capsys.readouterr().out


def test_an_hour_of_traffic_is_there_for_the_analysis_and_the_cursor(
    theatre, url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stage, documents = theatre(), []
    for stage.minutes in range(0, 60, 4):
        documents.append(tmp_path / f"traffic-{stage.now():%Y-%m-%dT%H%MZ}.xml")
        documents[-1].write_bytes(stage.document("voirie-trafic"))
    importing = ["import", "voirie-trafic", *map(str, documents)]
    assert manage.main(importing) == 2
    assert "the table 'sites' cannot be had" in capsys.readouterr().err
    table = tmp_path / "sites.csv"
    table.write_bytes(stage.document("voirie-trafic-sites"))
    assert manage.main([*importing, "--table", f"sites={table}"]) == 0

    database = connect(url)
    end = STARTED_AT + timedelta(hours=1)
    day = STARTED_AT.astimezone(ZONE).date()
    asked = RoadQuestion(first=day, last=day, now=end, timezone=ZONE.key)
    shares = readers.axis_times(database, viewer=EVERYTHING, asked=asked)
    assert len(shares) > 5
    known = [one for one in shares if one.unknown < 0.1 * sum(one[1:6])]
    assert len(known) > len(shares) / 2, "some sections tell nothing themselves, not most of them"
    past = readers.road_past(database, viewer=EVERYTHING, start=STARTED_AT, end=end)
    assert any(len({state for _, state in one.states} - {"unknown"}) > 1 for one in past), "no road changed its state"
    assert readers.roads(database, viewer=EVERYTHING) == (), "nothing of it is shown as of now"
    database.close()


def test_a_document_without_date_is_refused(
    theatre, url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    del url
    document = tmp_path / "agenda.csv"
    document.write_bytes(theatre().document("ville-agenda"))
    assert manage.main(["import", "ville-agenda", str(document)]) == 2
    assert "no date in the past" in capsys.readouterr().err
    assert manage.main(["import", "no-such-source", str(document)]) == 2
