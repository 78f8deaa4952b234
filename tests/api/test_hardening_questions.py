"""Questions made from our own description of the addresses, with values nobody would write: 400 with a sentence, never 500."""

from __future__ import annotations

import logging
import time
from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from api.openapi import describe
from tests.api.served import SAID, Served

PATHS = describe(SAID.name)["paths"]
ALLOWED = {200, 304, 400, 404, 410, 414}
VALUES = [
    "", " ", "0", "-1", "1e999", "NaN", "inf", "-inf", "9" * 40, "9" * 5000, "0x10", "+1", "1_000", "١٢٣", "½", "1.5", "true", "null", "[]",
    "{}", "a" * 3000, "%00", "\x00", "\ud7ff", "\u202e", "\u200b", "é" * 300, "' OR 1=1 --", '"', "%", "_", "\\", "*", "( AND", 'a" OR "b',
    "NEAR(a b, 99999)", "a*" * 90, "^" * 90, "../../etc/passwd", "{{7*7}}", "${x}", "<img src=x onerror=alert(1)>", "javascript:alert(1)",
    "2026-02-30", "2026-11-14T25:00", "2026-11-14T13:30:00+99:00", "2026-W46", "20261114", "0000-00-00", "9999-12-31T23:59:59Z",
    "2100-01-01T00:00:00+23:59", "2026-10-25T02:30", "2027-03-28T02:30", "253402300800", "-62135596800", "4102444800", "99999999999999999999",
    "1,2,3", "1,2,3,4,5", "nan,1,2,3", "inf,inf,inf,inf", "5,44,5,43", "181,0,182,1", "-180,-90,180,90", "1e-400,1,1,1", ",,,", "5.3;43.2",
    "13201,13201", "1," * 2000, "manifestation,", "e30=", "eyJhIjoxfQ==", "====", "AAAA" * 500, "bnVsbA", "W10", "WzEsMl0", "0190163d-8694-739b-aea5-966c26f8ad91",
]  # fmt: skip


def questions(path: str) -> st.SearchStrategy[tuple[str, str]]:
    """Return a strategy for addresses at `path`: its parameters and others, once or twice, with values of any kind."""
    told = PATHS[path]["get"]["parameters"]
    value = st.sampled_from(VALUES) | st.text(max_size=60)
    names = [one["name"] for one in told if one["in"] == "query"]
    inside = [one["name"] for one in told if one["in"] == "path"]
    pairs = st.lists(st.tuples(st.sampled_from([*names, "unknown"] if names else ["unknown"]), value), max_size=3)

    def address(given_: tuple[list[tuple[str, str]], list[str]]) -> tuple[str, str]:
        query, parts = given_
        filled = path
        for name, part in zip(inside, parts, strict=True):
            filled = filled.replace(f"{{{name}}}", quote(part.encode("utf-8", "replace"), safe=""))
        return filled, urlencode([(key, text.encode("utf-8", "replace")) for key, text in query])

    return st.tuples(pairs, st.lists(value, min_size=len(inside), max_size=len(inside))).map(address)


@pytest.mark.parametrize("path", [path for path, verbs in PATHS.items() if "get" in verbs and path != "/api/stream"])
def test_any_question_is_answered_or_refused_with_a_sentence(served: Served, path: str, caplog) -> None:
    until = time.monotonic() + 2

    @settings(
        max_examples=25, deadline=None, database=None, derandomize=True, phases=(Phase.generate,), suppress_health_check=list(HealthCheck)
    )  # fmt: skip
    @given(questions(path))
    def ask(question: tuple[str, str]) -> None:
        if time.monotonic() > until:
            return
        answer = served.get(f"{question[0]}?{question[1]}")
        assert answer.status_code in ALLOWED, answer.text[:300]
        if answer.status_code >= 400:
            assert len(answer.json()["error"]["message"]) > 10
            assert "Traceback" not in answer.text

    with caplog.at_level(logging.ERROR):
        ask()
    assert caplog.records == []


@pytest.mark.parametrize("key", ["from", "to", "at", "known_at", "bbox", "cursor", "limit", "q", "district", "status"])
def test_every_hostile_value_of_every_filter(served: Served, key: str, caplog) -> None:
    for value in VALUES:
        answer = served.get(f"/api/events?{urlencode([(key, value)])}")
        assert answer.status_code in ALLOWED, (value[:80], answer.text[:300])
        if answer.status_code == 400:
            assert answer.json()["error"]["parameter"] == key, value[:80]
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


@pytest.mark.parametrize(
    "since",
    [
        "-1",
        "abc",
        "1e3",
        "9" * 5000,
        "1.5",
        "NaN",
        " ",
        "\u0663",
        "0x1",
        "1,2",
        "null",
        str(2**53 + 1),
        "' OR 1=1",
        "+1",
        "1 ",
    ],
)
def test_stream_is_opened_at_a_number_only(served: Served, since: str) -> None:
    asked = served.get(f"/api/stream?{urlencode([('since', since)])}")
    told = served.get("/api/stream", headers={"Last-Event-ID": since.encode("latin-1", "replace")})
    assert {asked.status_code, told.status_code} == {400}
    for answer in (asked, told):
        assert answer.json()["error"]["parameter"] == "since"
        assert "allowed: a whole number" in answer.json()["error"]["message"]
    assert served.hub.open_streams == 0
