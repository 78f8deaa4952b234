"""Every text that a record type can hold, found by its annotations, takes a personal datum in turn: none is admitted."""

from __future__ import annotations

import dataclasses
import json
import types
import typing
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import time
from typing import Any, get_args, get_origin, get_type_hints

import pytest

from datasources.contract import MediaLink, Reading, Reject, Run
from events.audience import PUBLIC, Audience, listed
from events.records import Camera, Checkpoint, Effect, Event, RoadState, Route, Tally
from events.validity import Recurrence, Validity
from events.vocabulary import CameraKind, TrafficState
from tests.privacy.gate_cases import EVENT, NOW, SOURCE, admit, run_of

FACTS: dict[str, Any] = {"source_id": "x", "organisation": "voirie", "audience": listed(["voirie"])}
POINT = {"type": "Point", "coordinates": [5.38, 43.29]}
WHOLE: dict[type, Any] = {
    Event: replace(
        EVENT,
        audience=listed(["voirie"]),
        validity=Validity(start=NOW, recurrences=(Recurrence(time(8), time(9), "Europe/Paris"),)),
        geometry=POINT,
        district_codes=("13206",),
        route=Route(checkpoints=(Checkpoint(label="Castellane"),)),
        effects=(Effect(text="Une voie", axis_id="rome"),),
    ),
    RoadState: RoadState(segment_id="s1", state=TrafficState.FREE, observed_at=NOW, geometry=POINT, **FACTS),
    Camera: Camera(external_id="c1", position=(5.3, 43.3), kind=CameraKind.DOME, district_codes=("13206",), **FACTS),
    Tally: Tally(
        external_id="t1",
        measure="interventions",
        area_code="13206",
        start=NOW,
        end=NOW + (NOW - NOW.replace(hour=0)),
        value=7,
        **FACTS,
    ),
    Reject: Reject("line 1", "no date", "r1"),
}
PLACES = {Event: "events", RoadState: "road_states", Camera: "cameras", Tally: "tallies", Reject: "rejects"}
DATA = ("06 45 12 78 90", "Camille Roustan", "AB-123-CD", "camille.roustan@exemple.org")


def poll_of(record: Any) -> Run:
    source, place = replace(SOURCE, default_audience=PUBLIC), PLACES[type(record)]
    return run_of(record, source=source) if place == "events" else run_of(source=source, **{place: (record,)})


def texts_in(kind: Any, value: Any) -> Iterator[tuple[Any, ...]]:
    """Yield the path of every place of a value where its annotations let a text stand."""
    kind = _without_none(kind)
    if kind is str:
        yield ()
    elif dataclasses.is_dataclass(kind):
        hints = get_type_hints(kind)
        for field in dataclasses.fields(kind):
            for path in texts_in(hints[field.name], getattr(value, field.name, None)):
                yield (field.name, *path)
    elif get_origin(kind) in (tuple, frozenset):
        for path in texts_in(get_args(kind)[0], next(iter(value), None) if value else None):
            yield (0, *path)
    elif get_origin(kind) is Mapping:
        yield from (("note",), ("coordinates",), ("type",))


def _without_none(kind: Any) -> Any:
    if get_origin(kind) in (typing.Union, types.UnionType):
        (kind,) = (part for part in get_args(kind) if part is not type(None))
    return kind


def with_text(value: Any, path: tuple[Any, ...], text: str) -> Any:
    """Return the value with the text at the path."""
    if not path:
        return text
    first, *rest = path
    if first == 0:
        parts = list(value or ()) or [None]
        made = [with_text(parts[0], tuple(rest), text), *parts[1:]]
        return frozenset(made) if isinstance(value, frozenset) else tuple(made)
    if isinstance(value, dict):
        return value | {first: [text, 43.29] if first == "coordinates" else text}
    return replace(value, **{first: with_text(getattr(value, first), tuple(rest), text)})


CASES = [
    pytest.param(kind, path, id=".".join([kind.__name__, *map(str, path)]))
    for kind in WHOLE
    for path in texts_in(kind, WHOLE[kind])
]


@pytest.mark.parametrize(("kind", "path"), CASES)
def test_personal_datum_in_a_text_is_admitted_nowhere(kind: type, path: tuple[Any, ...], caplog: Any) -> None:
    for datum in DATA:
        record = with_text(WHOLE[kind], path, datum)
        assert datum in repr(record)
        batch, admission = admit(poll_of(record))
        shown = json.dumps([dataclasses.asdict(batch), dataclasses.asdict(admission)], default=str, ensure_ascii=False)
        for part in (datum, datum.split()[-1], datum.replace(" ", "")):
            assert part not in shown + caplog.text, path
        assert len(getattr(batch, PLACES[kind])) + len(batch.rejects) >= 1


def test_whole_records_pass() -> None:
    for kind, record in WHOLE.items():
        batch, _ = admit(poll_of(record))
        assert batch.run.text_withheld == 0
        assert len(batch.rejects) == (kind is Reject)


def test_walk_finds_every_text() -> None:
    found = {".".join([case.values[0].__name__, *map(str, case.values[1])]) for case in CASES}
    assert found >= {
        "Event.headline",
        "Event.audience.organisations.0",
        "Event.geometry.note",
        "Event.route.checkpoints.0.label",
        "Event.effects.0.text",
        "Event.effects.0.axis_id",
        "Event.district_codes.0",
        "RoadState.name",
        "Camera.legal_reference",
        "Tally.unit",
        "Reject.reason",
    }
    assert len(found) > 45


@pytest.mark.parametrize("name", [field.name for field in dataclasses.fields(Reading)])
def test_every_text_of_a_reading_is_of_a_record_or_planted_here(name: str) -> None:
    assert name in {
        *PLACES.values(),
        "withdrawn",
        "dropped_fields",
        "published_at",
        "is_complete",
        "dropped_media",
        "media",
        "next_requests",
    }


def test_withdrawn_identifier_dropped_field_picture_and_reason_are_read_too() -> None:
    for datum in DATA:
        links = (MediaLink(datum, f"https://pictures.example/{datum}.jpg"),)
        batch, _ = admit(run_of(withdrawn=(datum,), dropped_fields=(datum,), media=links, reason=f"near {datum}"))
        assert datum not in repr(batch)


def test_audience_type_is_walked() -> None:
    assert ("organisations", 0) in set(texts_in(Audience, listed(["voirie"])))
