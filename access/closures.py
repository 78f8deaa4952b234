"""Which streets a march closes, and when: what its form asks, as far as its times are known now. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from access.drafts import Draft
from events.city import City
from events.records import Effect
from events.timetable import Closure, closures


def linked(draft: Draft, city: City) -> tuple[Closure, ...]:
    """Return the closures a march asks for, of the axes its effects name: in its order.

    None for a march that is forbidden or cancelled. Once its end is verified no street stays closed beyond it.
    """
    line, takes_place = draft.geometry, draft.march_status is None or draft.march_status.takes_place
    if draft.route is None or line is None or not takes_place:
        return ()
    asked = {one.axis_id for one in draft.effects if one.axis_id is not None}
    found = closures(line, draft.route.checkpoints, city.axes, draft.size_class, city.march)
    if draft.end is not None and draft.is_end_verified:
        last = draft.end + timedelta(minutes=city.march.open_after_min)
        found = tuple(replace(one, open_again=min(one.open_again, last)) for one in found)
    return tuple(one for one in found if one.axis_id in asked and one.open_again > one.closed_from)


def closure_effect(closure: Closure, zone: ZoneInfo) -> Effect:
    """Return a closure as the effect that its march tells, in the city's language; its window is an event of its own."""
    window = " – ".join(at.astimezone(zone).strftime("%H:%M") for at in (closure.closed_from, closure.open_again))
    return Effect(text=f"{closure.name}, {window}", axis_id=closure.axis_id)
