"""Loopback HTTP: documents with validators, and a control address by which tests cause things.

`GET /_demo` tells the played time and each source; `POST /_demo/{source}/{action}[?times=N]` acts: `fail`, `hang`,
`empty`, `poison`, `freeze` (until `reset`, or for N answers), `bump` (publish one change now), `reset`.
"""

from __future__ import annotations

import json
from email.utils import format_datetime, parsedate_to_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from demo.answers import Answer, Desks
from demo.day import FAULT_KINDS
from demo.load import SOURCE as LOAD
from demo.partners import Partner

HANG_LIMIT_S = 120.0
CONTROL = "/_demo"
ACTIONS = (*sorted(FAULT_KINDS), "bump", "reset")


class DemoServer(ThreadingHTTPServer):
    """Serves the partners on 127.0.0.1 only; `port` 0 takes a free one."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, port: int, desks: Desks) -> None:
        super().__init__(("127.0.0.1", port), _Exchange)
        self.desks = desks
        self.by_path = {f"/{partner.path}": partner for partner in desks.partners.values()}


class _Exchange(BaseHTTPRequestHandler):
    server: DemoServer
    protocol_version = "HTTP/1.1"
    server_version = "demonstration"
    sys_version = ""
    timeout = 30
    disable_nagle_algorithm = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it
        """Say nothing: the console belongs to the program that started this one."""

    def do_GET(self) -> None:
        """Answer with a partner's document, a fault, or the state of the demonstration."""
        path = urlsplit(self.path).path
        if path == CONTROL:
            self._json(HTTPStatus.OK, self._state())
            return
        partner = self.server.by_path.get(path)
        part = self.server.desks.part(path) if partner is None else None
        if part is not None:
            self._send(HTTPStatus.OK, part, part.body)
            return
        if partner is None:
            self._json(HTTPStatus.NOT_FOUND, {"error": f"no partner answers here; see {CONTROL}"})
            return
        self._document(partner)

    def do_HEAD(self) -> None:
        """Answer as to GET, without the body."""
        self.do_GET()

    def do_POST(self) -> None:
        """Act on one source."""
        self.rfile.read(min(int(self.headers.get("Content-Length") or 0), 65_536))
        address = urlsplit(self.path)
        parts = address.path.split("/")
        if f"/{parts[1]}" != CONTROL or len(parts) != 4:
            self._json(HTTPStatus.NOT_FOUND, {"error": f"post to {CONTROL}/<source>/<action>"})
            return
        source, action = parts[2], parts[3]
        times = parse_qs(address.query).get("times", [""])[0]
        wrong = self._wrong(source, action, times)
        if wrong:
            self._json(HTTPStatus.BAD_REQUEST, {"error": wrong})
            return
        self._json(HTTPStatus.OK, self._act(source, action, int(times) if times else None))

    def _wrong(self, source: str, action: str, times: str) -> str | None:
        if source not in self.server.desks.partners:
            return f"no source {source!r}; there are {', '.join(sorted(self.server.desks.partners))}"
        if action not in ACTIONS:
            return f"no action {action!r}; there are {', '.join(ACTIONS)}"
        if times and not (times.isascii() and times.isdigit() and int(times) > 0):
            return "times must be a whole number above 0"
        return None

    def _act(self, source: str, action: str, times: int | None) -> dict[str, object]:
        faults = self.server.desks.faults
        if action == "bump":
            faults.bump(source)
        elif action == "reset":
            faults.reset(source)
        else:
            faults.ask(source, action, times)
        return {"source": source, "action": action, "revision": faults.revision(source), "fault": faults.asked(source)}

    def _document(self, partner: Partner) -> None:
        desks = self.server.desks
        fault = desks.faults.next(partner.source, desks.now())
        if fault == "hang":
            desks.faults.hold(HANG_LIMIT_S)
        if fault == "fail":
            self._json(HTTPStatus.SERVICE_UNAVAILABLE, {"error": "out of service (demonstration)"})
            return
        answer = desks.answer(partner, fault if fault in ("empty", "poison", "freeze") else None)
        if self._is_known(answer):
            self._send(HTTPStatus.NOT_MODIFIED, answer, b"")
        else:
            self._send(HTTPStatus.OK, answer, answer.body)

    def _is_known(self, answer: Answer) -> bool:
        known = self.headers.get("If-None-Match")
        if known is not None:
            return known.strip() == "*" or answer.etag in (tag.strip().removeprefix("W/") for tag in known.split(","))
        since = self.headers.get("If-Modified-Since")
        if since is None:
            return False
        try:
            return parsedate_to_datetime(since) >= answer.modified_at.replace(microsecond=0)
        except (TypeError, ValueError):
            return False

    def _send(self, status: HTTPStatus, answer: Answer, body: bytes) -> None:
        headers = {"ETag": answer.etag, "Last-Modified": format_datetime(answer.modified_at, usegmt=True)}
        if status is not HTTPStatus.NOT_MODIFIED:
            headers["Content-Type"] = answer.media_type
        self._write(status, headers, body)

    def _json(self, status: HTTPStatus, content: dict[str, object]) -> None:
        body = json.dumps(content, ensure_ascii=False).encode()
        self._write(status, {"Content-Type": "application/json"}, body)

    def _write(self, status: HTTPStatus, headers: dict[str, str], body: bytes) -> None:
        try:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            if status is not HTTPStatus.NOT_MODIFIED:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)
        except ConnectionError:
            # The reader gave up first, as after a hang: its side of the story is the one that counts.
            self.close_connection = True

    def _state(self) -> dict[str, object]:
        desks = self.server.desks
        now = desks.now()
        minute = desks.clock.played(now)
        sources = {
            source: {
                "path": f"/{partner.path}",
                "fault": desks.faults.asked(source),
                "revision": desks.faults.revision(source),
            }
            for source, partner in desks.partners.items()
        }
        played = f"{int(minute // 60) % 24:02d}:{int(minute % 60):02d}"
        return {"loop": desks.clock.loop(now), "played": played, "load": LOAD in sources, "sources": sources}
