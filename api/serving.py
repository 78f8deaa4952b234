"""One uvicorn worker on one address."""

from __future__ import annotations

import gc
import socket
from collections.abc import Callable, Sequence
from types import FrameType

import uvicorn

from api.connections import server_config
from api.guard import Guard
from events.errors import ConfigurationError

# A reading makes some ten objects a record and drops nearly none: looked through every 700 new objects, as Python does
# unasked, and ten times as many again, they cost a tenth of reading a large document.
_YOUNG_OBJECTS, _YOUNG_COLLECTIONS = 5_000, 100


def settle_memory() -> None:
    """Set what the start built aside from the collection of garbage, and let collections of new objects come rarely."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG_OBJECTS, _YOUNG_COLLECTIONS, 10)


def listen(host: str, port: int) -> socket.socket:
    """Return a socket bound to the address; raise ConfigurationError when it is taken or not ours."""
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        # The protocol is named because asyncio sets TCP_NODELAY on those sockets only: without it each small
        # answer waits 40 ms for the browser's delayed acknowledgement.
        listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        try:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind(address)
            listening.listen(2048)
        except OSError:
            listening.close()
            raise
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ConfigurationError(f"{host}:{port} cannot be listened on ({reason}); choose another PORT") from None
    return listening


class _Server(uvicorn.Server):
    """Ends what never ends by itself when a signal asks it to stop, and then returns instead of dying of the signal."""

    def __init__(self, config: uvicorn.Config, leave: Callable[[], None]) -> None:
        super().__init__(config)
        self._leave = leave

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        super().handle_exit(sig, frame)
        # uvicorn would raise the signal once more at the end: a stop that was asked for and went well is no failure.
        self._captured_signals.clear()
        self._leave()


def serve(application: Guard, listening: socket.socket, trusted_proxies: Sequence[str] = ()) -> None:
    """Serve until a signal stops it; batches on their way to the store are finished first."""
    settle_memory()
    _Server(server_config(application, trusted_proxies), application.leave).run(sockets=[listening])
