"""How connections are held: heads that come in time, the reader's address behind a trusted proxy, no word of ourselves."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

# A browser that does not read keeps its stream open: without a limit a stop would wait for it for ever.
STOP_WITHIN_S = 2
HEAD_WITHIN_S = 10.0


class PatientProtocol(H11Protocol):
    """uvicorn's protocol, which would wait for ever for the rest of a request's head, with a limit to its patience."""

    patience_s = HEAD_WITHIN_S

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._patience: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn writes it
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.cycle is None or self.cycle.response_complete:  # a head, or the rest of a body nobody reads
            self._wait()
        else:
            self._stop_waiting()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        super().connection_lost(exc)

    def _wait(self) -> None:
        if self._patience is None:
            self._patience = self.loop.call_later(self.patience_s, self._give_up)

    def _stop_waiting(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def _give_up(self) -> None:
        self._patience = None
        if self.cycle is None or self.cycle.response_complete:
            self.transport.close()


def server_config(application: Any, trusted_proxies: Sequence[str] = ()) -> uvicorn.Config:
    """Return how the application is served; only `trusted_proxies` (addresses, networks) may tell a reader's address."""
    return uvicorn.Config(
        application,
        http=PatientProtocol,
        ws="none",
        proxy_headers=bool(trusted_proxies),
        forwarded_allow_ips=list(trusted_proxies),
        timeout_graceful_shutdown=STOP_WITHIN_S,
        access_log=False,
        server_header=False,
        log_level="warning",
    )
