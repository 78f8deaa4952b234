"""One line on standard error per thing that happened, as text or JSON; no line holds what only a person or a partner may say.

Rooms use the standard library's loggers; structlog writes their lines. Before a line is written it loses the end of
addresses (/24, /48), queries, and the words of exceptions, which may quote a record: their kind and place lead to it.
"""

from __future__ import annotations

import ipaddress
import logging
import re
import sys
import threading
import traceback
from pathlib import Path
from types import TracebackType

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

FORMATS = ("text", "json")
PROGRAM = "observatory"
_QUIET = ("alembic", "apscheduler", "httpx", "werkzeug")  # they speak up only when something is wrong
_FRAMES = 6

_IPV4 = re.compile(r"(?<![\w.])(?!127\.)(\d{1,3}\.\d{1,3}\.\d{1,3})\.\d{1,3}(?![\w]|\.\d)")
_IPV6 = re.compile(r"(?<![\w:.])[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?:%\w+)?(?![\w:]|\.\d)")
_QUERY = re.compile(r"(?<=[\w/.\-])\?(?=[\w%])[^\s\"'<>]*")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def write_logs(form: str = "text") -> None:
    """Send every logger's lines to standard error in `form` (one of FORMATS); may be called again."""
    stamp = structlog.processors.TimeStamper(fmt="iso", utc=True, key="time")
    chain: list[Processor] = [_level_and_place, stamp, _failure, _clean]
    render = _text if form == "text" else structlog.processors.JSONRenderer(ensure_ascii=False, sort_keys=True)
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, render], foreign_pre_chain=chain
        )
    )
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    logging.captureWarnings(capture=True)
    logging.raiseExceptions = False  # the library would print a line's arguments, whatever they are
    for library in _QUIET:
        logging.getLogger(library).setLevel(logging.WARNING)
    sys.excepthook = _on_crash
    threading.excepthook = _on_thread_crash


def say(sentence: str) -> None:
    """Write what the program says of itself: its address, or why it does not start."""
    logging.getLogger(PROGRAM).info("%s", sentence)


def redacted(text: str) -> str:
    """Return a text without the end of addresses and without queries; addresses of this machine stay."""
    return _QUERY.sub("?…", _IPV6.sub(_short_ipv6, _IPV4.sub(r"\1.0/24", text)))


def _short_ipv6(found: re.Match[str]) -> str:
    try:
        address = ipaddress.IPv6Address(found.group().partition("%")[0])
    except ValueError:
        return found.group()  # an hour, a port
    if address.is_loopback or address.is_unspecified:
        return found.group()
    return str(ipaddress.IPv6Network((address, 48), strict=False))


def _level_and_place(_: WrappedLogger, method: str, event: EventDict) -> EventDict:
    record: logging.LogRecord = event["_record"]
    event["level"], event["logger"] = record.levelname.lower(), record.name
    if record.name == "asyncio":  # the lines after the first show the exception and its words
        event["event"] = str(event["event"]).partition("\n")[0]
    del method
    return event


def _failure(_: WrappedLogger, method: str, event: EventDict) -> EventDict:
    del method
    found = event.pop("exc_info", None)
    event.pop("stack_info", None)
    if isinstance(found, tuple) and found[0] is not None:
        event["failure"] = found[0].__name__
        event["at"] = _places(found[2])
    return event


def _places(trace: TracebackType | None) -> list[str]:
    frames = traceback.extract_tb(trace)[-_FRAMES:]
    return [f"{'/'.join(Path(frame.filename).parts[-2:])}:{frame.lineno}" for frame in frames]


def _clean(_: WrappedLogger, method: str, event: EventDict) -> EventDict:
    del method
    event["event"] = redacted(_CONTROL.sub(" ", str(event["event"])))
    return event


def _text(_: WrappedLogger, method: str, event: EventDict) -> str:
    del method
    if event["logger"] == PROGRAM:
        return f"{PROGRAM}: {event['event']}"
    failure = f" ({event['failure']} at {' < '.join(reversed(event['at']))})" if "failure" in event else ""
    return f"{event['time']} {event['level'].upper()} {event['logger']}: {event['event']}{failure}"


def _on_crash(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        say("stopped before it served")
        return
    logging.getLogger(PROGRAM + ".crash").critical("the program broke", exc_info=(kind, error, trace))


def _on_thread_crash(told: threading.ExceptHookArgs) -> None:
    if told.exc_type is SystemExit or told.exc_value is None:
        return
    name = told.thread.name if told.thread is not None else "?"
    trace = (told.exc_type, told.exc_value, told.exc_traceback)
    logging.getLogger(PROGRAM + ".crash").critical("the thread %s broke", name, exc_info=trace)
