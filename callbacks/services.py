"""What the screen needs from the rest of the house: `app.py` passes one value that has these members."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from components.boot import Boot
from components.texts import Texts
from datasources.contract import Source
from events.audience import Viewer
from events.city import City


class Services(Protocol):
    """The doors that the callbacks may use. Every reading is made for the viewer of the current request."""

    @property
    def boot(self) -> Boot:
        """The city as the frame draws it; language and path are those of the request, filled by the callbacks."""

    @property
    def city(self) -> City:
        """Districts, axes, time zone."""

    @property
    def organisations(self) -> Mapping[str, str]:
        """Names of organisations by id."""

    @property
    def sources(self) -> Sequence[Source]:
        """Every entry of the catalogue."""

    @property
    def texts(self) -> Texts:
        """The catalogue of texts."""

    def clock(self) -> datetime:
        """Return the present moment, aware UTC."""

    def viewer(self) -> Viewer:
        """Return who looks, from the current request."""

    # The records are those of store.kept; the callbacks read their fields by name and components never see them.
    def event(self, event_id: str) -> Any:
        """Return the kept event that the viewer may see, None otherwise."""

    def versions(self, event_id: str) -> Sequence[Any]:
        """Return the versions of an event, oldest first."""

    def related(self, event_id: str) -> Sequence[Any]:
        """Return the other events of the same situation that the viewer may see."""

    def source_states(self) -> Sequence[Any]:
        """Return the last run and the last good run of each source."""

    def runs(self, source_id: str, limit: int) -> Sequence[Any]:
        """Return the last runs of a source, newest first."""

    def rejects(self, run_id: int) -> Sequence[Any]:
        """Return the records of a run that could not be used."""

    def day_counts(self, query: Any) -> Sequence[Any]:
        """Return rows with `day`, `district`, `family`, `n` for an EventQuery."""
