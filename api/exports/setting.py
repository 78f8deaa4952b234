"""What every format says beside the events: whose they are, which view, when it was made, and that a demonstration is one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from components.texts import Words
from events.taxonomy import category
from store.kept import KeptEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One file being written; `origin` is the address of the house without a slash at its end."""

    city_id: str
    city_name: str
    insee: str | None
    country: str
    zone: ZoneInfo
    origin: str
    address: str
    view: str
    made_at: datetime
    is_demo: bool
    words: Words
    organisations: Mapping[str, str]

    def local(self, moment: datetime | None) -> str | None:
        """Return ISO 8601 to the second on the city's clock, with its offset."""
        return None if moment is None else moment.astimezone(self.zone).isoformat(timespec="seconds")

    def page(self, kept: KeptEvent) -> str:
        """Return the address of an event's page."""
        return f"{self.origin}/evenements/{kept.id}"

    def organisation(self, kept: KeptEvent) -> str:
        """Return the name of the organisation that answers for an event."""
        return self.organisations.get(kept.event.organisation, kept.event.organisation)

    def category(self, kept: KeptEvent) -> str:
        """Return the name of an event's category."""
        return category(kept.event.category).name(self.words.lang)

    def title(self, kept: KeptEvent) -> str:
        """Return the headline, marked when the event is made up or an exercise: a calendar shows it among real ones."""
        marks = [self.words("export.demo_mark")] if self.is_demo else []
        if kept.event.information_status.value == "exercise":
            marks.append(self.words("export.exercise_mark"))
        return " ".join([*marks, kept.event.headline])

    def heading(self) -> str:
        """Return the name of the whole file."""
        name = self.words("export.feed_title", city=self.city_name)
        return f"{self.words('export.demo_mark')} {name}" if self.is_demo else name

    def remark(self) -> str:
        """Return one line: the view, the time, and that a demonstration is one."""
        said = self.words("export.remark", view=self.view, time=self.local(self.made_at))
        return f"{said} {self.words('export.demo')}" if self.is_demo else said
