"""The connection of one fetch: checked addresses, one deadline for everything, a budget of bytes."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import httpcore

from datasources.addresses import Address, Network, is_public, is_within, read_address

CONNECT_S = 5.0  # short: a silent host must leave time for its other addresses

Resolver = Callable[[str, int], Sequence[str]]
"""Host name and port -> addresses as text; raises OSError when the name is not known."""


class AddressForbidden(Exception):
    """The place to connect to is not one this source may be at; the text says why and names no address."""


class TooLarge(Exception):
    """More bytes than the source may send."""


@dataclass
class Budget:
    """What one fetch may use, all its redirects included: time until `until` (monotonic) and bytes on the wire."""

    until: float
    wire_bytes: int

    def left_s(self) -> float:
        """Return the seconds left; raise a read timeout when there are none."""
        left = self.until - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("the time of the fetch is over")
        return left

    def spend(self, count: int) -> None:
        """Count bytes that came over the wire; raise TooLarge when the source sent too many."""
        self.wire_bytes -= count
        if self.wire_bytes < 0:
            raise TooLarge


@dataclass(frozen=True)
class GuardedBackend(httpcore.NetworkBackend):
    """Resolves once, checks every address, connects to a checked one: a second look-up cannot change the answer.

    `only_allowed`: the address must lie in `allowed`; a public one is not enough (plain HTTP, unusual ports).
    """

    budget: Budget
    resolve: Resolver
    allowed: tuple[Network, ...] = ()
    only_allowed: bool = False
    sockets: httpcore.NetworkBackend = field(default_factory=httpcore.SyncBackend)

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 - the budget rules
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Return a stream to the host; raise AddressForbidden before any packet leaves for a forbidden address."""
        failure: Exception = httpcore.ConnectError("the host has no address")
        for address in self._checked(host, port):
            within = min(CONNECT_S, self.budget.left_s())
            try:
                stream = self.sockets.connect_tcp(str(address), port, within, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return BudgetedStream(stream, self.budget)
        raise failure

    def connect_unix_socket(
        self,
        path: str,  # noqa: ARG002
        timeout: float | None = None,  # noqa: ARG002
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        """Refuse: no publisher lives in a socket file."""
        raise AddressForbidden("socket files are not fetched")

    def _checked(self, host: str, port: int) -> list[Address]:
        addresses = [read_address(text) for text in _resolved(self.resolve, host, port, self.budget.left_s())]
        for address in addresses:
            if is_within(address, self.allowed):
                continue
            if self.only_allowed:
                raise AddressForbidden("plain HTTP and unusual ports are for hosts inside allowed_networks only")
            if not is_public(address):
                raise AddressForbidden("the host name leads to an address that is not public")
        return addresses


class BudgetedStream(httpcore.NetworkStream):
    """A stream whose every read and write is cut to what the whole fetch has left.

    A limit per read would let a slow drip go on for ever; a check between chunks comes too late, since the HTTP
    layer gathers small reads before it hands one out.
    """

    def __init__(self, stream: httpcore.NetworkStream, budget: Budget) -> None:
        self._stream = stream
        self._budget = budget

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002 - the budget rules
        chunk = self._stream.read(max_bytes, self._budget.left_s())
        self._budget.spend(len(chunk))
        return chunk

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002 - the budget rules
        self._stream.write(buffer, self._budget.left_s())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002 - the budget rules
    ) -> httpcore.NetworkStream:
        secured = self._stream.start_tls(ssl_context, server_hostname, self._budget.left_s())
        return BudgetedStream(secured, self._budget)

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)


def system_resolver(host: str, port: int) -> Sequence[str]:
    """Return the addresses the system knows for a host name."""
    answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(answer[4][0]) for answer in answers))


def _resolved(resolve: Resolver, host: str, port: int, within_s: float) -> Sequence[str]:
    # The system's look-up takes no time limit: it runs beside us, and past the limit we stop waiting for it.
    answers: list[Sequence[str]] = []
    errors: list[Exception] = []

    def look_up() -> None:
        try:
            answers.append(resolve(host, port))
        except (OSError, UnicodeError) as error:
            errors.append(error)

    thread = threading.Thread(target=look_up, name=f"resolve-{host[:40]}", daemon=True)
    thread.start()
    thread.join(within_s)
    if answers:
        return answers[0]
    if errors:
        raise httpcore.ConnectError("the host name is not known") from errors[0]
    raise httpcore.ConnectTimeout("the name service did not answer in time")
