"""The one way by which messages leave: a mail server named by the environment, the mailboxes of organisations, never a person's."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from events.errors import ConfigurationError

WITHIN_S = 10.0


@dataclass(frozen=True, slots=True)
class Attachment:
    """A document that goes with a message."""

    name: str
    content: bytes


@dataclass(frozen=True, kw_only=True)
class Mail:
    """Where messages leave: `server` is smtp://[user:password@]host[:port] or smtps://…, `address` this installation's."""

    server: str = field(repr=False)
    sender: str
    mailboxes: Mapping[str, str]
    address: str = ""

    def __post_init__(self) -> None:
        split = urlsplit(self.server)
        if split.scheme not in {"smtp", "smtps"} or not split.hostname:
            raise ConfigurationError("SMTP_URL: smtp://host:port or smtps://user:password@host:port is expected")

    def send(self, to: str, subject: str, text: str, paper: Attachment | None = None) -> None:
        """Send one message; raise OSError or smtplib.SMTPException when it could not be given to the server.

        A password goes over TLS only, to a server whose certificate this machine trusts (SSL_CERT_FILE names others).
        """
        split = urlsplit(self.server)
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = self.sender, to, subject
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(text)
        if paper is not None:
            message.add_attachment(paper.content, maintype="application", subtype="pdf", filename=paper.name)
        with self._door(split.scheme, split.hostname or "", split.port or 0) as server:
            if split.username:
                if split.scheme == "smtp":
                    server.starttls(context=ssl.create_default_context())
                server.login(unquote(split.username), unquote(split.password or ""))
            server.send_message(message)

    @staticmethod
    def _door(scheme: str, host: str, port: int) -> smtplib.SMTP:
        # Left to itself smtplib believes any certificate, and would give the password to whoever answers.
        if scheme == "smtps":
            return smtplib.SMTP_SSL(host, port, timeout=WITHIN_S, context=ssl.create_default_context())
        return smtplib.SMTP(host, port, timeout=WITHIN_S)


def read_mail(server: str | None, sender: str | None, mailboxes: str | None, address: str | None) -> Mail | None:
    """Return the way out from what the environment says, None when it names no server; raise ConfigurationError."""
    if not server:
        return None
    if not sender or "@" not in sender:
        raise ConfigurationError("MAIL_FROM: the address of the sender is missing beside SMTP_URL")
    boxes: dict[str, str] = {}
    for entry in filter(None, (part.strip() for part in (mailboxes or "").split(","))):
        organisation, _, box = entry.partition("=")
        if not organisation or "@" not in box:
            raise ConfigurationError(f"MAILBOXES: {entry!r} is not organisation=address")
        boxes[organisation] = box
    return Mail(server=server, sender=sender, mailboxes=boxes, address=(address or "").rstrip("/"))
