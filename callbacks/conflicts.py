"""The conflicts of one event, in words."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from callbacks.services import Services
from components.conflicts import ConflictLine
from components.formats import time_range
from components.texts import Words
from store.conflicts_query import KeptConflict
from store.kept import KeptEvent


def conflicts_of(kept: KeptEvent, services: Services, speak: Words) -> tuple[ConflictLine, ...]:
    """Return the conflicts of an event of which the viewer sees both sides and that are not over, the worst first."""
    now, zone = services.clock(), ZoneInfo(services.city.timezone)
    told = {kept.id, *(one.event_id for one in kept.told_by)}
    found = (_line(one, told, now, zone, speak) for one in services.conflicts(kept.id))
    return tuple(line for line in found if line is not None)


def _line(one: KeptConflict, told: set[str], now: datetime, zone: ZoneInfo, speak: Words) -> ConflictLine | None:
    ahead = next((window for window in one.windows if window.end is None or window.end > now), None)
    if ahead is None:
        return None
    key = f"rule.{one.rule.replace('-', '_')}"
    other = one.b if one.a.id in told else one.a
    return ConflictLine(
        id=one.id,
        rule=speak(key) if speak.has(key) else one.rule,
        other=_place(one, speak) if other is None else other.headline,
        when=time_range(ahead.start, ahead.end, now, zone, speak),
        day=max(ahead.start, now).astimezone(zone).date().isoformat(),
        severity=one.severity,
        state=one.state.value,
        language=speak.lang if other is None else other.language,
    )


def _place(one: KeptConflict, speak: Words) -> str:
    if one.place_kind is None:
        return speak("conflict.bare_side")
    if one.place_title is None:
        return speak(f"place_kind.{one.place_kind}")
    is_line = one.place_kind == "transport_line"
    return speak("place_kind.transport_line.of", title=one.place_title) if is_line else one.place_title
