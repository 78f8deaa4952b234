"""What a publisher's answer means for us: which error a status or a broken connection is, and how long to wait."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from datetime import datetime
from email.utils import parsedate_to_datetime

import httpcore

from datasources.body import Damaged
from datasources.contract import Source
from datasources.wire import AddressForbidden, TooLarge
from events.errors import DocumentUnreadable, SourceError, SourceRefused, SourceUnavailable

MAX_RETRY_AFTER_S = 86_400.0
_KEPT = "what is shown stays"
_ASK_LATER = frozenset({408, 425, 429})
_ADVICE = {
    401: "check the credentials of header_env",
    403: "check the credentials of header_env, or the agreement with the publisher",
    404: "the address may have moved: check url",
    410: "the publisher withdrew this address: check url",
}

# Everything that `failure_of` translates; anything else is a fault of ours.
EXPECTED_FAILURES = (
    AddressForbidden,
    TooLarge,
    Damaged,
    httpcore.NetworkError,
    httpcore.TimeoutException,
    httpcore.ProtocolError,
)


class Headers:
    """The headers of a reply, looked up without regard to case."""

    def __init__(self, pairs: list[tuple[bytes, bytes]]) -> None:
        self._pairs = pairs

    def __len__(self) -> int:
        return len(self._pairs)

    def all(self, name: str) -> Iterator[str]:
        """Yield each value given under this name."""
        wanted = name.lower().encode()
        return (value.decode("latin-1").strip() for key, value in self._pairs if key.lower() == wanted)

    def first(self, name: str) -> str | None:
        """Return the first value given under this name, None without one."""
        return next(self.all(name), None)


def failure_of_status(source: Source, status: int, headers: Headers, now: datetime) -> SourceError:
    """Return the error that a status other than 200 means; `now` turns a Retry-After date into seconds."""
    if 400 <= status < 500 and status not in _ASK_LATER:
        advice = _ADVICE.get(status, "check the entry of this source")
        return SourceRefused(source.id, f"the server answered {status}; {_KEPT}; {advice}")
    return SourceUnavailable(
        source.id,
        f"the server answered {status} instead of a document; {_KEPT}, the next poll tries again",
        retry_after_s(headers.first("retry-after"), now),
    )


def failure_of(source: Source, error: Exception) -> SourceError:
    """Return the error that a broken exchange means; its text quotes neither the publisher nor an address."""
    if isinstance(error, AddressForbidden):
        return SourceRefused(source.id, f"{error}; nothing was sent; check url and allowed_networks")
    if isinstance(error, TooLarge):
        limit = f"{source.max_bytes / 2**20:.3g} MiB"
        return DocumentUnreadable(source.id, f"the document is larger than {limit}; {_KEPT}; see max_bytes")
    if _comes_from(error, ssl.SSLCertVerificationError):
        why = "its certificate is not valid for this host at this time"
        return SourceRefused(source.id, f"{why}; nothing was read; ask the publisher to renew it")
    return SourceUnavailable(source.id, f"{_what_broke(source, error)}; {_KEPT}, the next poll tries again")


def retry_after_s(value: str | None, now: datetime) -> float | None:
    """Return the seconds a Retry-After header asks for (a number or a date), 0 to a day; None when it says nothing."""
    if value is None:
        return None
    if value.isascii() and value.isdigit() and len(value) < 10:
        return min(float(value), MAX_RETRY_AFTER_S)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    if moment.tzinfo is None:
        return None
    return min(max((moment - now).total_seconds(), 0.0), MAX_RETRY_AFTER_S)


def _what_broke(source: Source, error: Exception) -> str:
    if isinstance(error, Damaged):
        return "the compressed document is cut short or corrupt"
    if isinstance(error, httpcore.ConnectTimeout):
        return "no connection came about in time"
    if isinstance(error, httpcore.TimeoutException):
        return f"the document was not complete after {source.deadline.total_seconds():g} s"
    if isinstance(error, httpcore.ConnectError):
        is_tls = _comes_from(error, ssl.SSLError)
        return "no secure connection came about" if is_tls else "the host could not be reached"
    if isinstance(error, httpcore.ProtocolError):
        return "the answer broke off or is not HTTP"
    return "the connection broke"


def _comes_from(error: BaseException | None, kind: type[Exception]) -> bool:
    # The connection pool raises its errors "from None", so the cause is gone and the context still there.
    for _ in range(10):
        if error is None or isinstance(error, kind):
            return error is not None
        error = error.__cause__ or error.__context__
    return False
