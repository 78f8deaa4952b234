"""The one way out to partners: polite, bounded, and only to addresses that were checked (TRUST 3.4)."""

from __future__ import annotations

import logging
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

import httpcore
import httpx

from datasources.addresses import read_networks
from datasources.answers import EXPECTED_FAILURES, Headers, failure_of, failure_of_status
from datasources.body import MEMORY_BYTES, Body, decoded
from datasources.contract import NO_VALIDATORS, Document, Request, Source, Validators
from datasources.wire import AddressForbidden, Budget, GuardedBackend, Resolver, TooLarge, system_resolver
from events.errors import DocumentUnreadable, SourceRefused

USER_AGENT = "public-space-observatory/0.1"
MAX_REDIRECTS = 3
MAX_HEADERS = 100
USUAL_PORTS = (80, 443)
_HEADER_BYTES = 2**18  # what heads, chunk sizes and redirects may add to the bytes of a document
_MAX_VALIDATOR = 1024
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, kw_only=True)
class Reply:
    """A document, or the word that it has not changed (`document` None); close it to delete the document."""

    document: Document | None
    http_status: int
    validators: Validators
    sha256: str | None = None
    size: int = 0
    body: Body | None = None

    def close(self) -> None:
        """Delete the document; streams over it end."""
        if self.body is not None:
            self.body.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class GuardedClient:
    """Fetches documents for sources; safe to share between threads, holds no connection between two fetches.

    `secrets`: values of the environment names in `header_env`. `per_host`: how many fetches one host gets at once;
    a fetch waits `turn_s` for its turn and then goes ahead, so that hung fetches of a host never block its others.
    A body larger than `memory_bytes` is in a file without a name until its reply is closed.
    """

    def __init__(
        self,
        *,
        secrets: Mapping[str, str],
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        resolver: Resolver = system_resolver,
        tls: ssl.SSLContext | None = None,
        per_host: int = 4,
        turn_s: float = 2.0,
        memory_bytes: int = MEMORY_BYTES,
    ) -> None:
        self._secrets = secrets
        self._clock = clock
        self._resolver = resolver
        self._tls = tls or httpx.create_ssl_context(trust_env=False)
        self._per_host = per_host
        self._turn_s = turn_s
        self._memory_bytes = memory_bytes
        self._turns: dict[str, threading.Semaphore] = {}
        self._lock = threading.Lock()
        logging.getLogger("httpcore").setLevel(logging.WARNING)  # its debug lines hold the headers of answers

    def fetch(self, source: Source, request: Request, validators: Validators = NO_VALIDATORS) -> Reply:
        """Return the source's document or that it is unchanged; the caller closes the reply.

        Raises SourceUnavailable (try later), SourceRefused (a person must act) or DocumentUnreadable (too large,
        or encoded in a way nobody asked for).
        """
        seconds = source.deadline.total_seconds()
        budget = Budget(time.monotonic() + seconds, source.max_bytes + _HEADER_BYTES)
        try:
            return self._follow(source, request, validators, budget)
        except EXPECTED_FAILURES as error:
            raise failure_of(source, error) from None

    def _follow(self, source: Source, request: Request, validators: Validators, budget: Budget) -> Reply:
        url = _read_url(request.url)
        for _ in range(1 + MAX_REDIRECTS):
            only_allowed = _check_url(url, source)
            headers = self._headers(source, request, validators, url)
            with self._exchange(source, url, headers, budget, only_allowed=only_allowed) as response:
                heading = Headers(response.headers)
                if len(heading) > MAX_HEADERS:
                    raise DocumentUnreadable(
                        source.id, f"the answer has more than {MAX_HEADERS} headers; nothing was read"
                    )
                if response.status not in _REDIRECTS:
                    return self._reply(source, response, heading, validators, url)
                url = _next_url(url, heading.first("location"))
        raise AddressForbidden(f"the server redirects more than {MAX_REDIRECTS} times")

    @contextmanager
    def _exchange(
        self, source: Source, url: httpx.URL, headers: Mapping[str, str], budget: Budget, *, only_allowed: bool
    ) -> Iterator[httpcore.Response]:
        backend = GuardedBackend(budget, self._resolver, read_networks(source.allowed_networks), only_allowed)
        target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        pairs = [(name.encode("ascii"), value.encode("latin-1")) for name, value in headers.items()]
        with (
            self._turn(url.host, budget),
            httpcore.ConnectionPool(ssl_context=self._tls, network_backend=backend) as pool,
            pool.stream("GET", target, headers=pairs) as response,
        ):
            yield response

    @contextmanager
    def _turn(self, host: str, budget: Budget) -> Iterator[None]:
        with self._lock:
            turns = self._turns.setdefault(host, threading.Semaphore(self._per_host))
        has_turn = turns.acquire(timeout=min(self._turn_s, budget.left_s()))
        try:
            yield
        finally:
            if has_turn:
                turns.release()

    def _headers(self, source: Source, request: Request, validators: Validators, url: httpx.URL) -> dict[str, str]:
        headers = {"accept": "*/*"}
        if _origin(url) == _origin(_read_url(source.url)):  # another host gets neither credentials nor extras
            headers |= {name.lower(): value for name, value in request.headers.items()}
            headers |= self._credentials(source)
        headers |= {
            "host": url.netloc.decode("ascii"),
            "user-agent": USER_AGENT,
            "accept-encoding": "gzip",
            "connection": "close",
        }
        if validators.etag is not None:
            headers["if-none-match"] = validators.etag
        if validators.last_modified is not None:
            headers["if-modified-since"] = validators.last_modified
        return headers

    def _credentials(self, source: Source) -> dict[str, str]:
        headers = {}
        for header, variable in source.header_env.items():
            value = self._secrets.get(variable, "")
            if not value:
                message = f"the environment variable {variable}, which the header {header} needs, is not set"
                raise SourceRefused(source.id, f"{message}; nothing was sent; set it and restart")
            if not (value.isascii() and value.isprintable()):
                message = f"the environment variable {variable} holds characters that no header may hold"
                raise SourceRefused(source.id, f"{message}; nothing was sent; set it again and restart")
            headers[header.lower()] = value
        return headers

    def _reply(
        self, source: Source, response: httpcore.Response, heading: Headers, sent: Validators, url: httpx.URL
    ) -> Reply:
        status = response.status
        if status == 304 and sent != NO_VALIDATORS:
            return Reply(document=None, http_status=304, validators=sent)
        if status not in (200, 203):
            raise failure_of_status(source, status, heading, self._clock())
        is_gzip = _is_gzip(source, heading)
        declared = heading.first("content-length") or ""
        if declared.isdigit() and int(declared[:18]) > source.max_bytes:
            raise TooLarge
        body = Body(source.max_bytes, self._memory_bytes)
        try:
            for piece in decoded(response.iter_stream(), is_gzip=is_gzip):
                body.write(piece)
        except BaseException:
            body.close()
            raise
        media_type = (heading.first("content-type") or "")[:200]
        document = Document(body.content(), media_type=media_type, url=str(url), retrieved_at=self._clock())
        validators = Validators(_kept(heading.first("etag")), _kept(heading.first("last-modified")))
        return Reply(
            document=document, http_status=status, validators=validators, sha256=body.sha256, size=body.size, body=body
        )


def _read_url(text: str) -> httpx.URL:
    try:
        return httpx.URL(text).copy_with(fragment=None)
    except (httpx.InvalidURL, ValueError):
        raise AddressForbidden("the address is not a URL") from None


def _check_url(url: httpx.URL, source: Source) -> bool:
    """Tell whether the host must lie in the source's networks; raise AddressForbidden for what nobody may fetch."""
    if url.scheme not in _DEFAULT_PORTS:
        raise AddressForbidden("only https addresses are fetched")
    if url.userinfo:
        raise AddressForbidden("the address holds a user name or password")
    if not url.host:
        raise AddressForbidden("the address names no host")
    port = _origin(url)[2]
    if port not in USUAL_PORTS and port != _origin(_read_url(source.url))[2]:
        raise AddressForbidden("the address names a port that is neither 80, 443 nor the source's own")
    return url.scheme == "http" or port not in USUAL_PORTS


def _next_url(url: httpx.URL, location: str | None) -> httpx.URL:
    if not location:
        raise AddressForbidden("the server redirects to nowhere")
    try:
        following = url.join(location).copy_with(fragment=None)
    except (httpx.InvalidURL, ValueError):
        raise AddressForbidden("the server redirects to something that is not a URL") from None
    if url.scheme == "https" and following.scheme != "https":
        raise AddressForbidden("the server redirects from https to an address without it")
    return following


def _origin(url: httpx.URL) -> tuple[str, str, int]:
    return url.scheme, url.host, url.port or _DEFAULT_PORTS.get(url.scheme, 0)


def _is_gzip(source: Source, heading: Headers) -> bool:
    encodings = [name.strip().lower() for value in heading.all("content-encoding") for name in value.split(",")]
    applied = [name for name in encodings if name not in ("", "identity")]
    if applied in ([], ["gzip"], ["x-gzip"]):
        return bool(applied)
    message = "the document is compressed twice, or in a way other than gzip"
    raise DocumentUnreadable(source.id, f"{message}; nothing was read; ask the publisher for gzip or none")


def _kept(validator: str | None) -> str | None:
    is_usable = validator is not None and validator.isprintable() and 0 < len(validator) <= _MAX_VALIDATOR
    return validator if is_usable else None
