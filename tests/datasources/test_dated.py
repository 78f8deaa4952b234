"""Documents of the past: bounded by those that no longer tell a record, dated by their name or by themselves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from datasources.contract import Adapter, Coverage, Document, Reading, Verdict
from datasources.dated import Dated, import_run, past_of, read_dated
from events.audience import PUBLIC
from events.errors import ConfigurationError, DocumentUnreadable
from events.records import Event
from events.validity import Validity
from events.vocabulary import Severity
from tests.datasources.client_cases import make_source

DAY = datetime(2026, 3, 14, 8, 0, tzinfo=UTC)
NOW = DAY + timedelta(days=200)
SNAPSHOT = make_source()
DELTA = make_source(coverage=Coverage.DELTA)


def hour(n: float) -> datetime:
    return DAY + timedelta(hours=n)


def event(key: str, start: datetime | None = DAY, end: datetime | None = None, **told: object) -> Event:
    values = {
        "source_id": "city-works", "external_id": key, "organisation": "city", "category": "chantier", "headline": key,
        "validity": Validity(start=start, end=end), "audience": PUBLIC, "severity": Severity.MINOR,
    }  # fmt: skip
    return Event(**{**values, **told})


def documents(*told: tuple[float, tuple[Event, ...]], **parts: object) -> list[Dated]:
    return [Dated(hour(n), Reading(events=events, **parts)) for n, events in told]


def spans(source, *told, **parts) -> dict[str, tuple[datetime | None, datetime | None]]:
    reading = past_of(documents(*told, **parts), source, NOW)
    return {one.external_id: (one.validity.start, one.validity.end) for one in reading.events}


def test_an_open_event_ends_with_the_first_document_that_lacks_it() -> None:
    told = spans(SNAPSHOT, (1, (event("a"), event("b"))), (2, (event("a"),)), (3, ()))
    assert told == {"a": (DAY, hour(3)), "b": (DAY, hour(2))}


def test_the_last_document_ends_what_it_told_itself() -> None:
    assert spans(SNAPSHOT, (1, (event("a"),))) == {"a": (DAY, hour(1) + timedelta(minutes=1))}


def test_absence_from_a_delta_is_no_end_and_a_withdrawal_is() -> None:
    assert spans(DELTA, (1, (event("a"),)), (2, ())) == {"a": (DAY, hour(1) + timedelta(minutes=1))}
    taken = [*documents((1, (event("a"),))), Dated(hour(2), Reading(withdrawn=("a",)))]
    assert past_of(taken, DELTA, NOW).events[0].validity.end == hour(2)


def test_an_end_of_the_publisher_stays_and_one_still_to_come_is_cut() -> None:
    told = spans(SNAPSHOT, (1, (event("a", end=hour(9)), event("b", end=NOW + timedelta(days=3)))), (2, ()))
    assert told == {"a": (DAY, hour(9)), "b": (DAY, hour(2))}


def test_the_last_word_counts_whatever_the_order_of_the_files() -> None:
    told = documents((2, (event("a", headline="second"),)), (1, (event("a", headline="first"),)))
    assert [one.headline for one in past_of(told, SNAPSHOT, NOW).events] == ["second"]


def test_one_that_comes_back_is_not_over() -> None:
    assert spans(SNAPSHOT, (1, (event("a"),)), (2, ()), (3, (event("a"),)), (4, ())) == {"a": (DAY, hour(4))}


def test_without_a_start_it_begins_when_it_was_first_told() -> None:
    told = spans(SNAPSHOT, (1, (event("a", start=None),)), (2, (event("a", start=None),)), (3, ()))
    assert told == {"a": (hour(1), hour(3))}


def test_rejects_carry_the_date_of_their_document() -> None:
    from datasources.contract import Reject

    reading = past_of(documents((1, ()), rejects=(Reject("line 3", "no place"),)), SNAPSHOT, NOW)
    assert reading.rejects[0].where == f"{hour(1).isoformat()}, line 3"


def test_the_run_is_no_poll() -> None:
    run = import_run(Lines(SNAPSHOT), documents((1, (event("a"),))), NOW)
    assert (run.verdict, run.finished_at, run.outcome.reading.published_at) == (Verdict.IMPORTED, NOW, hour(1))


class Lines(Adapter):
    kind = "lines"

    def read(self, document: Document) -> Reading:
        text = document.read().decode()
        if text == "broken":
            raise DocumentUnreadable(self.source.id, "line 1: not what we expect")
        return Reading(published_at=datetime.fromisoformat(text) if text else None)


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text)
    return path


def test_the_name_dates_a_document_before_its_own_time(tmp_path: Path) -> None:
    named = written(tmp_path, "works-2026-03-14T0930Z.txt", "2026-01-01T00:00:00+00:00")
    itself = written(tmp_path, "works.txt", "2026-01-01T00:00:00+00:00")
    read = read_dated(Lines(SNAPSHOT), [named, itself], NOW)
    assert [one.at for one in read] == [hour(1.5), datetime(2026, 1, 1, tzinfo=UTC)]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.txt", "", "no date in the past"),
        ("a-2099-01-01T0000Z.txt", "", "no date in the past"),
        ("a-2026-03-14T0930Z.txt", "broken", "nothing was imported"),
    ],
)
def test_a_document_that_cannot_be_dated_or_read_is_named(tmp_path: Path, name: str, text: str, said: str) -> None:
    with pytest.raises(ConfigurationError, match=said) as refused:
        read_dated(Lines(SNAPSHOT), [written(tmp_path, name, text)], NOW)
    assert name in str(refused.value)
