"""A mail server on this machine that keeps what it is given."""

from __future__ import annotations

import base64
import email
import email.policy
import io
import re
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import cast

_ENDS_S = 10


@dataclass
class Letters:
    """What was given: `raw` messages as sent, dots undone, with whom the envelope names; `to` and `texts` of each.

    With `tls` the server offers STARTTLS; `signs_in` holds each password with whether it came over that.
    """

    port: int
    raw: list[bytes] = field(default_factory=list)
    envelopes: list[tuple[str, ...]] = field(default_factory=list)
    to: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    refuses: bool = False
    tls: ssl.SSLContext | None = None
    signs_in: list[tuple[str, bool]] = field(default_factory=list)

    @property
    def messages(self) -> list[EmailMessage]:
        """The messages as a mail program reads them."""
        return [cast("EmailMessage", email.message_from_bytes(one, policy=email.policy.default)) for one in self.raw]

    def take(self, envelope: tuple[str, ...], raw: bytes) -> None:
        """Keep a message."""
        self.envelopes.append(envelope)
        self.raw.append(raw)
        message = self.messages[-1]
        self.to.append(str(message["To"]))
        body = message.get_body(("plain",))
        self.texts.append("" if body is None else body.get_content().replace("\r\n", "\n"))


class Talk(socketserver.StreamRequestHandler):
    """What the server says, one line for another."""

    timeout = _ENDS_S
    letters: Letters

    def handle(self) -> None:
        """Take messages until the other side has said all."""
        envelope: list[str] = []
        self.wfile.write(b"220 here\r\n")
        while line := self.rfile.readline().decode().strip():
            word = line.upper().split(":")[0]
            if word == "QUIT":
                self.wfile.write(b"221 bye\r\n")
                return
            if self.letters.tls and self._secures(word, line, self.letters.tls):
                continue
            if self.letters.refuses and word == "MAIL FROM":
                self.wfile.write(b"451 later\r\n")
                continue
            if word == "DATA":
                self.wfile.write(b"354 go on\r\n")
                self.letters.take(tuple(envelope), self._message())
                envelope = []
            elif word in ("MAIL FROM", "RCPT TO"):
                envelope += re.findall("<(.*?)>", line)
            self.wfile.write(b"250 ok\r\n")

    def _secures(self, word: str, line: str, tls: ssl.SSLContext) -> bool:
        if word == "STARTTLS":
            self.wfile.write(b"220 now\r\n")
            try:
                self.request = tls.wrap_socket(self.request, server_side=True)
                self.setup()
            except ssl.SSLError:  # who does not trust us hangs up
                self.rfile = io.BytesIO()
        elif word.startswith("EHLO"):
            self.wfile.write(b"250-here\r\n250-STARTTLS\r\n250 AUTH PLAIN\r\n")
        elif word.startswith("AUTH PLAIN"):
            _, _, password = base64.b64decode(line.split()[2]).decode().split("\0")
            self.letters.signs_in.append((password, isinstance(self.request, ssl.SSLSocket)))
            self.wfile.write(b"235 ok\r\n")
        else:
            return False
        return True

    def _message(self) -> bytes:
        parts = []
        while (part := self.rfile.readline()) not in (b".\r\n", b""):
            parts.append(part.removeprefix(b"."))
        return b"".join(parts)


@contextmanager
def taking_letters() -> Iterator[Letters]:
    """Run the server; it has ended afterwards, whatever happened."""
    kept = Letters(0)
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), type("Talk", (Talk,), {"letters": kept})) as server:
        server.daemon_threads = True
        kept.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield kept
        finally:
            server.shutdown()
            thread.join(_ENDS_S)
