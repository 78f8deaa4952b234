"""A document that its partner pushes says what the same document says when it is polled, for every golden case."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from golden import ADAPTERS, CASES, Case

from datasources.catalogue import make_adapter
from datasources.client import Reply
from datasources.contract import NO_VALIDATORS, Closing, Document, Fetched, Reference, Request, Run, Source, Verdict
from datasources.polling import poll
from datasources.pushing import Pushing
from datasources.references import References
from datasources.verdict import judged
from privacy.gate import Admission, Gate
from privacy.gazetteer import city_gazetteer
from store import readers
from store.database import Database, connect
from store.schema import migrate
from store.tables import camera, event, road_state, tally
from store.writer import Writer
from tests.api.served import CITY

NOW = datetime(2026, 11, 14, 13, 30, tzinfo=UTC)
SINGLE = [case for case in CASES if case.name.split("/")[1] not in ("broken", "hostile")]


@dataclass
class Folder:
    """A publisher that answers with the files of a golden case."""

    case: Case

    def fetch(self, source: Source, request: Request, validators: object = NO_VALIDATORS) -> Reply:
        name = request.url.rpartition("/")[2]
        body = self.case.body if name == "feed" else (self.case.folder / name).read_bytes()
        document = Document(body, media_type="", url=request.url, retrieved_at=NOW)
        sha256 = hashlib.sha256(body).hexdigest()
        return Reply(document=document, http_status=200, validators=NO_VALIDATORS, sha256=sha256, size=len(body))


def source_of(case: Case) -> Source:
    tables = {
        path.stem.removeprefix("reference-"): Reference(url=f"https://example.org/{path.name}")
        for path in sorted(case.folder.glob("reference-*.*"))
    }
    return replace(case.source(), id=case.name.replace("/", "-").replace("_", "-"), area=CITY.area, references=tables)


class Kept:
    """The stairs up from a judged run, over a database of its own."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.gate = Gate(Writer(database, CITY, lambda: NOW), city_gazetteer(CITY), lambda: NOW, key=b"0" * 32)

    def admit(self, run: Run) -> Admission:
        return self.gate.admit(run)

    def pushing(self, source: Source, case: Case) -> Pushing:
        def history(source_id: str, count: int) -> tuple[object, ...]:
            return readers.run_history(self.database, source_id, count)

        return Pushing([source], Folder(case), history, lambda *_: Closing(), lambda: NOW)

    def records(self) -> dict[str, list[tuple[object, ...]]]:
        names = {event: ("source_id", "external_id", "snapshot"), road_state: ("source_id", "segment_id", "state", "geometry"),
                 camera: ("source_id", "external_id", "kind"), tally: ("source_id", "external_id", "measure", "value")}  # fmt: skip
        with self.database.read() as connection:
            return {
                table.name: sorted(
                    connection.execute(select(*(table.c[name] for name in columns if name in table.c))).all(), key=repr
                )
                for table, columns in names.items()
            }


@pytest.fixture
def both(tmp_path: Path) -> Iterator[tuple[Kept, Kept]]:
    opened = [connect(f"sqlite:///{tmp_path / name}.sqlite") for name in ("polled", "pushed")]
    for database in opened:
        migrate(database)
    yield Kept(opened[0]), Kept(opened[1])
    for database in opened:
        database.close()


def test_push_of_every_known_format_keeps_what_a_poll_of_the_same_document_keeps(both: tuple[Kept, Kept]) -> None:
    polled, pushed = both
    seen, kinds = 0, set[str]()
    for case in SINGLE:
        source = source_of(case)
        adapter = make_adapter(source)
        References(adapter, Folder(case)).refresh()
        if adapter.read(Folder(case).fetch(source, Request(source.url)).document).next_requests:
            continue  # several documents are one reading: what a partner pushes is one
        outcome = poll(adapter, Folder(case))
        run, _ = pushed.pushing(source, case).take(source.id, case.body, "", pushed.admit)
        assert isinstance(outcome, Fetched), case.name
        polled.admit(judged(outcome, (), lambda *_: Closing(), NOW, NOW))
        assert isinstance(run.outcome, Fetched), case.name
        assert (run.outcome.sha256, run.outcome.size) == (outcome.sha256, outcome.size), case.name
        assert run.outcome.reading == outcome.reading, case.name
        seen += outcome.reading.records_seen
        kinds.add(case.kind)
    assert seen > 150
    assert kinds == set(ADAPTERS), "a format without a document that is a whole reading"
    found, expected = pushed.records(), polled.records()
    assert found == expected
    assert min(len(rows) for rows in found.values()) > 0


def test_ten_pushes_of_one_document_make_one_version(both: tuple[Kept, Kept]) -> None:
    _, kept = both
    case = next(case for case in CASES if case.name == "geojson/normal")
    source = source_of(case)
    pushing = kept.pushing(source, case)
    verdicts, applied = [], []
    for _ in range(10):
        run, admission = pushing.take(source.id, case.body, "", kept.admit)
        verdicts.append(run.verdict)
        applied.append((admission.applied.new, admission.applied.changed))
    assert verdicts == [Verdict.OK] + [Verdict.UNCHANGED] * 9
    assert applied[0][0] > 0
    assert set(applied[1:]) == {(0, 0)}
    with kept.database.read() as connection:
        versions = connection.execute(select(event.c.v)).scalars().all()
    assert set(versions) == {1}
