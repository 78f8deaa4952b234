"""Documents of the past: judged in their own time, dated by their name or by themselves, each event with all it was."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from datasources.contract import Adapter, Coverage, Document, Failed, Fetched, Reading, Reject, Span, Verdict
from datasources.dated import Stories, replayed
from events.audience import PUBLIC
from events.errors import ConfigurationError, DocumentUnreadable
from events.records import Event, RoadState
from events.validity import Validity
from events.vocabulary import Severity, TrafficState
from tests.datasources.client_cases import make_source

DAY = datetime(2026, 3, 14, 8, 0, tzinfo=UTC)
NOW = DAY + timedelta(days=200)
SNAPSHOT = make_source()
DELTA = make_source(coverage=Coverage.DELTA)
MINUTE = timedelta(minutes=1)


def hour(n: float) -> datetime:
    return DAY + timedelta(hours=n)


def event(key: str, start: datetime | None = DAY, end: datetime | None = None, **told: object) -> Event:
    values = {
        "source_id": "city-works", "external_id": key, "organisation": "city", "category": "chantier", "headline": key,
        "validity": Validity(start=start, end=end), "audience": PUBLIC, "severity": Severity.MINOR,
    }  # fmt: skip
    return Event(**{**values, **told})


def told(source, *documents, **parts) -> Stories:
    """Return the stories of documents told as (hour, events or a reading)."""
    stories = Stories(source)
    for number, (n, given) in enumerate(documents):
        reading = given if isinstance(given, Reading) else Reading(events=given, **parts)
        outcome = Fetched(source=source, reading=reading, sha256="", size=0, http_status=200)
        stories.take(number, hour(n), outcome)
    stories.end(NOW)
    return stories


def overs(source, *documents, **parts) -> dict[str, datetime | None]:
    return {name: one.over_at for name, one in told(source, *documents, **parts).told.items()}


A, B = event("a"), event("b")


def test_an_open_event_is_over_with_the_second_complete_document_that_lacks_it() -> None:
    found = overs(SNAPSHOT, (1, (A, B)), (2, (A,)), (3, (A,)), (4, ()), (5, ()))
    assert found == {"a": hour(5), "b": hour(3)}
    assert overs(make_source(absences_before_withdrawal=1), (1, (A, B)), (2, (A,)))["b"] == hour(2)


def test_the_last_document_ends_what_it_told_itself() -> None:
    assert overs(SNAPSHOT, (1, (A,))) == {"a": hour(1) + MINUTE}
    assert overs(SNAPSHOT, (1, (A, B)), (2, (A,))) == {"a": hour(2) + MINUTE, "b": hour(1) + MINUTE}


def test_absence_from_a_delta_is_no_end_and_a_withdrawal_is() -> None:
    assert overs(DELTA, (1, (A,)), (2, ()), (3, ()), (4, ())) == {"a": hour(1) + MINUTE}
    found = told(DELTA, (1, (A,)), (2, Reading(withdrawn=("a",)))).told["a"]
    assert (found.over_at, found.is_taken_back) == (hour(2), True)


def test_an_announcement_lasts_as_long_as_its_source_says() -> None:
    source = make_source(coverage=Coverage.DELTA, max_age=timedelta(hours=5))
    assert overs(source, (1, (A,)), (2, ())) == {"a": hour(6)}
    assert overs(source, (1, (A,)), (8, ())) == {"a": hour(8)}


def test_an_end_of_the_publisher_stays_and_one_still_to_come_is_not_believed() -> None:
    found = overs(SNAPSHOT, (1, (event("a", end=hour(9)), event("b", end=NOW + timedelta(days=3)))))
    assert found == {"a": None, "b": hour(1) + MINUTE}


def test_a_document_that_is_suddenly_poor_ends_nothing() -> None:
    many = tuple(event(f"e{n}") for n in range(10))
    full = [(n, many) for n in range(3)]
    found = overs(SNAPSHOT, *full, (3, many[:2]), (4, many[:2]), (5, many))
    assert set(found.values()) == {hour(5) + MINUTE}
    found = overs(SNAPSHOT, *full, (3, many[:2]), (4, many[:2]), (5, many[:2]), (6, many[:2]))
    assert found["e9"] == hour(6), "three documents agree: it is the new level"


def test_a_broken_record_and_an_incomplete_document_count_no_absence() -> None:
    broken = Reading(events=(A,), rejects=(Reject("line 3", "no place", "b"),))
    part = Reading(events=(A,), is_complete=False)
    assert (
        overs(SNAPSHOT, (1, (A, B)), (2, broken), (3, broken), (4, part), (5, part), (6, (A, B)))["b"]
        == hour(6) + MINUTE
    )


def test_a_document_that_takes_nearly_all_back_is_held_until_two_more_agree() -> None:
    many = tuple(event(f"e{n}") for n in range(10))
    closing = Reading(events=(many[0],), withdrawn=tuple(one.external_id for one in many[1:]))
    found = overs(DELTA, (1, many), (2, closing), (3, Reading(events=many)))
    assert set(found.values()) == {hour(3) + MINUTE}
    assert overs(DELTA, (1, many), (2, closing), (3, closing), (4, closing))["e5"] == hour(4)


def test_one_that_comes_back_is_not_over() -> None:
    assert overs(SNAPSHOT, (1, (A,)), (2, ()), (3, ()), (4, (A,)), (5, ()), (6, ())) == {"a": hour(6)}


def test_versions_are_what_differs_each_dated_by_the_document_that_told_it_first() -> None:
    second = event("a", severity=Severity.MAJOR)
    found = told(SNAPSHOT, (1, (A,)), (2, (A,)), (3, (second,)), (4, (second,))).told["a"]
    assert [(one.severity, one.published_at) for one in found.versions] == [
        (Severity.MINOR, hour(1)), (Severity.MAJOR, hour(3)),
    ]  # fmt: skip
    assert (found.seen_at, found.last) == (hour(4), 3)


def test_an_older_publication_that_comes_late_says_nothing_new() -> None:
    late = event("a", headline="late", published_at=hour(0))
    found = told(SNAPSHOT, (2, (event("a", published_at=hour(1)),)), (3, (late,))).told["a"]
    assert [one.headline for one in found.versions] == ["a"]


class Lines(Adapter):
    """Reads lines `key severity`; `-key` takes back, a first line `@time` dates the document."""

    kind = "lines"

    def read(self, document: Document) -> Reading:
        lines = document.read().decode().split("\n")
        if lines == ["broken"]:
            raise DocumentUnreadable(self.source.id, "line 1: not what we expect")
        at = datetime.fromisoformat(lines.pop(0)[1:]) if lines[0].startswith("@") else None
        keys = [line for line in lines if line and not line.startswith("-")]
        roads = [
            RoadState(
                source_id="city-works", segment_id="quay", state=TrafficState.SLOW, observed_at=None,
                organisation="city", audience=PUBLIC,
            )
        ]  # fmt: skip
        return Reading(
            events=tuple(event(key.split()[0], severity=Severity(int(key.split()[1]))) for key in keys),
            road_states=tuple(roads), withdrawn=tuple(line[1:] for line in lines if line.startswith("-")),
            published_at=at,
        )  # fmt: skip


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text)
    return path


def test_each_document_is_a_run_and_an_event_comes_whole_with_the_last_that_told_it(tmp_path: Path) -> None:
    paths = [
        written(tmp_path, "works-2026-03-14T1000Z.txt", "a 3\n-b"),
        written(tmp_path, "works-2026-03-14T0800Z.txt", "a 1\nb 1"),
        written(tmp_path, "works-2026-03-14T0900Z.txt", "broken"),
        written(tmp_path, "works.txt", f"@{hour(3).isoformat()}\na 3"),
    ]
    runs = list(replayed(Lines(SNAPSHOT), paths, NOW, timedelta(minutes=15)))
    assert [run.past.at for run in runs] == [hour(0), hour(1), hour(2), hour(3)]
    assert {run.verdict for run in runs} == {Verdict.IMPORTED}
    assert isinstance(runs[1].outcome, Failed)
    assert "not what we expect" in runs[1].reason
    readings = [run.outcome.reading for run in runs if isinstance(run.outcome, Fetched)]
    assert [[(one.external_id, int(one.severity)) for one in reading.events] for reading in readings] == [
        [("b", 1)], [], [("a", 1), ("a", 3)],
    ]  # fmt: skip
    assert [len(reading.road_states) for reading in readings] == [1, 1, 1]
    assert [run.past.records_seen for run in runs] == [3, 0, 3, 2]
    assert runs[0].past.spans == {"b": Span(hour(0), hour(2), is_taken_back=True)}
    assert runs[3].past.spans == {"a": Span(hour(3), hour(3) + MINUTE)}


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.txt", "", "no date in the past"),
        ("a-2099-01-01T0000Z.txt", "", "no date in the past"),
        ("a-2026-13-14T0930Z.txt", "", "the date in its name does not exist"),
        ("a.txt", "broken", "nothing was imported"),
    ],
)
def test_a_document_that_cannot_be_dated_is_named_before_anything_is_kept(
    tmp_path: Path, name: str, text: str, said: str
) -> None:
    good = written(tmp_path, "works-2026-03-14T0800Z.txt", "a 1")
    with pytest.raises(ConfigurationError, match=said) as refused:
        next(replayed(Lines(SNAPSHOT), [good, written(tmp_path, name, text)], NOW, MINUTE))
    assert name in str(refused.value)
