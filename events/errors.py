"""The one tree of errors; each name says what the person who meets it can do.

AppError
  ConfigurationError       stop at start; names file, key, what was found, what is allowed
  AccessDenied             says which right is missing
  InvalidRecord            one record cannot be used; becomes a Reject, never crosses a room
  SourceError              always carries source_id
    SourceUnavailable      try again later (timeout, 5xx, 429 with its delay)
    SourceRefused          do not try again until a person acts (401, 403, 404, certificate, forbidden address)
    DocumentUnreadable     keep what we have; count; say where it broke
  StoreUnavailable         the database cannot be read or written just now; nothing acknowledged is lost
    StoreFull              its disk has no room: reading goes on, writing waits until a person makes some
"""

from __future__ import annotations


class AppError(Exception):
    """Root of every error this software raises on purpose."""


class ConfigurationError(AppError):
    """The configuration cannot be used; the process must stop before it serves."""


class AccessDenied(AppError):
    """The viewer lacks a right; the message names it."""


class InvalidRecord(AppError):
    """A record breaks a rule of the vocabulary; readers turn it into a Reject."""


class StoreUnavailable(AppError):
    """The database is away, locked or read-only; the message says which and what still works."""


class StoreFull(StoreUnavailable):
    """The disk of the database has no room left; reading goes on."""


class SourceError(AppError):
    """Something went wrong with one source."""

    def __init__(self, source_id: str, message: str) -> None:
        super().__init__(f"{source_id}: {message}")
        self.source_id = source_id
        self.message = message


class SourceUnavailable(SourceError):
    """Try again later; `retry_after_s` is the publisher's own delay when it gave one, in seconds."""

    def __init__(self, source_id: str, message: str, retry_after_s: float | None = None) -> None:
        super().__init__(source_id, message)
        self.retry_after_s = retry_after_s


class SourceRefused(SourceError):
    """Trying again is useless until a person changes something."""


class DocumentUnreadable(SourceError):
    """The document as a whole cannot be read; what was kept before stays."""
