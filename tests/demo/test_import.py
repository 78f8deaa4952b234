"""`manage.py import`: what a partner said on a day of the past is there on that day, and only known from now on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import manage
from events.audience import Viewer
from store import readers
from store.database import connect
from store.kept import EventQuery
from store.schema import migrate
from tests.demo.conftest import STARTED_AT

EVERYTHING = Viewer(sees_restricted=True)


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    address = f"sqlite:///{tmp_path / 'city.sqlite'}"
    monkeypatch.setenv("OBSERVATORY_DATABASE_URL", address)
    database = connect(address)
    migrate(database)
    database.close()
    return address


def test_a_day_of_the_past_is_imported_once(
    theatre, url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stage = theatre()
    document = tmp_path / f"agenda-{STARTED_AT:%Y-%m-%dT%H%MZ}.csv"
    document.write_bytes(stage.document("ville-agenda"))
    before = datetime.now(UTC)
    assert manage.main(["import", "ville-agenda", str(document)]) == 0
    assert capsys.readouterr().out.strip().endswith("0 kept as they were, 0 not used")

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
    assert capsys.readouterr().out.startswith("0 imported")


def test_a_document_without_date_is_refused(
    theatre, url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    del url
    document = tmp_path / "agenda.csv"
    document.write_bytes(theatre().document("ville-agenda"))
    assert manage.main(["import", "ville-agenda", str(document)]) == 2
    assert "no date in the past" in capsys.readouterr().err
    assert manage.main(["import", "no-such-source", str(document)]) == 2
