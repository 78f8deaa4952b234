"""A partner's good calendar turned hostile: its values, its rules of repetition, its lines."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from tests.hostile.documents import CONTROL, SIZE, TEXTS, Hostile


def turned_calendar(good: bytes) -> Iterator[Hostile]:
    """Yield a calendar with every value of one kind, repetitions without end, and what no calendar holds; else nothing."""
    if not good.startswith(b"BEGIN:VCALENDAR"):
        return
    text = good.decode()
    lines = text.replace("\r\n", "\n").replace("\n ", "").splitlines()
    for name, value in {**TEXTS, **CONTROL}.items():
        short = value.replace("\n", " ")[: SIZE // len(lines)]
        body = [line if line.startswith(_FRAME) else f"{line.partition(':')[0]}:{short}" for line in lines]
        yield Hostile(f"every value: {name}", "\r\n".join(body).encode, must_refuse=False)
    event = ["BEGIN:VEVENT", "UID:hostile", "SUMMARY:Travaux", "DTSTART:20260101T000000Z", "DTEND:20260101T000001Z"]
    for name, rule in _RULES.items():
        yield Hostile(f"rule: {name}", partial(_with_event, lines, [*event, rule, "END:VEVENT"]), must_refuse=False)
    many = [*event, "END:VEVENT"] * 50_000
    yield Hostile("50,000 events", partial(_with_event, lines, many), must_refuse=False)
    dates = [*event, "RDATE:" + ",".join(["20260101T000000Z"] * 100_000), "END:VEVENT"]
    yield Hostile("100,000 dates", partial(_with_event, lines, dates), must_refuse=False)
    deep = ["BEGIN:VEVENT"] * 100_000 + ["END:VEVENT"] * 100_000
    yield Hostile("100,000 deep", partial(_with_event, lines, deep), must_refuse=False)
    folded = ["BEGIN:VEVENT", "SUMMARY:x", *[" x"] * 1_000_000, "END:VEVENT"]
    yield Hostile("a line that never ends", partial(_with_event, lines, folded), must_refuse=False)


_FRAME = ("BEGIN:", "END:", "VERSION:")
_RULES = {
    "every second for ever": "RRULE:FREQ=SECONDLY", "a billion times": "RRULE:FREQ=DAILY;COUNT=1000000000",
    "no step": "RRULE:FREQ=DAILY;INTERVAL=0", "step of 5,000 digits": "RRULE:FREQ=DAILY;INTERVAL=" + "9" * 5000,
    "never": "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "to the end of time": "RRULE:FREQ=DAILY;UNTIL=99991231T235959Z",
    "every second of every day": "RRULE:FREQ=YEARLY;BYHOUR=" + ",".join(map(str, range(24))) + ";BYMINUTE=" + ",".join(map(str, range(60)))
    + ";BYSECOND=" + ",".join(map(str, range(60))), "nonsense": "RRULE:FREQ=;;==",
}  # fmt: skip


def _with_event(lines: list[str], event: list[str]) -> bytes:
    end = lines.index("END:VCALENDAR")
    return "\r\n".join([*lines[:end], *event, *lines[end:]]).encode()
