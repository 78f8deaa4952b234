"""What every reader of XML and of times rests on: the ration of tags, decisions by tag, moments that are blank."""

from __future__ import annotations

import io

import pytest

from datasources.readers.times import Times
from datasources.readers.xml import ByTag, empty, stream_elements
from events.errors import DocumentUnreadable


def seen(body: bytes) -> int:
    count = 0
    for event, element in stream_elements(lambda: io.BytesIO(body), ["r"], "s", events=("end",)):
        if event == "end":
            count += 1
            empty(element)
    return count


def test_tags_between_two_records_are_rationed_and_not_those_of_the_whole_document() -> None:
    idle = b"<x/>" * 200_000
    assert seen(b"<d>" + (idle + b"<r/>") * 3 + b"</d>") == 3
    with pytest.raises(DocumentUnreadable, match="no record is made of"):
        seen(b"<d><r/>" + idle * 2 + b"<r/></d>")


def test_a_document_of_ever_new_tags_does_not_fill_the_memory() -> None:
    decided = ByTag({"known": "taken"}, lambda name: f"other {name}")
    assert [decided[f"{{u:{number}}}known"] for number in range(10_000)] == ["taken"] * 10_000
    assert (decided["{u}new"], len(decided)) == ("other new", 4096)


@pytest.mark.parametrize("blank", ["", " ", "\u2003", None])
def test_blank_moment_is_none_each_time(blank: str | None) -> None:
    times = Times("Europe/Paris")
    assert [times.moment(blank), times.moment(blank), times.moment(blank, is_end=True)] == [None] * 3
