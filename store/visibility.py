"""The rule of `Viewer.may_see` as a condition in SQL; a test holds the two together."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, literal, or_

from events.audience import AudienceLevel, Viewer

_PREFIX = AudienceLevel.LISTED.value + ":"


@lru_cache(maxsize=256)  # it is in every question, and made of the same few parts for the same few viewers
def visible_to(viewer: Viewer, audience: ColumnElement[Any]) -> ColumnElement[bool]:
    """Return the condition that this viewer may see a record whose `Audience.key` is in the column `audience`.

    Empty audiences (nobody) are never visible, whoever looks. What is withheld is told by the `source_id` beside it.
    """
    is_seen = _in_audience(viewer, audience)
    source = getattr(audience, "table", audience).c.get("source_id") if viewer.withheld else None
    return is_seen if source is None else and_(is_seen, source.not_in(sorted(viewer.withheld)))


def _in_audience(viewer: Viewer, audience: ColumnElement[Any]) -> ColumnElement[bool]:
    if viewer.sees_restricted:
        return audience.is_not(None)
    if not viewer.is_partner:
        return audience == AudienceLevel.PUBLIC.value
    wide = audience.in_([AudienceLevel.PUBLIC.value, AudienceLevel.PARTNERS.value])
    return or_(wide, and_(audience.startswith(_PREFIX), _lists(audience, viewer.organisation)))


def _lists(audience: ColumnElement[Any], organisation: str | None) -> ColumnElement[bool]:
    if not organisation or "," in organisation:
        return false()
    names = literal(",").concat(func.substr(audience, len(_PREFIX) + 1)).concat(",")
    # LIKE ignores case on SQLite and would show `Port` what is listed for `port`; replace does not, on any database.
    return func.replace(names, f",{organisation},", "") != names
