"""The streets a march closes, each an event of its own that follows it: published, moved and taken back with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from access.closures import closure_effect, linked
from access.drafts import Draft
from access.sealing import derived_id
from api.contributing.record import Standing, record_of
from api.contributing.stairs import Told
from events.city import City
from events.taxonomy import category
from events.timetable import Closure, part_of
from events.vocabulary import GeometryPrecision, Severity, TrafficState
from store.contributions import ACCEPTED, PUBLISHED, KeptContribution

CATEGORY = "fermeture"


@dataclass(frozen=True, slots=True, kw_only=True)
class Following:
    """A closure that is kept: `is_settled` once somebody told when its street really opened again."""

    contribution: KeptContribution
    is_settled: bool


def following(
    draft: Draft, standing: Standing, kept: Sequence[Following], author: str, now: datetime, city: City
) -> list[Told]:
    """Return what a save of a march does to its closures: one record per street that is told, moved or opened again.

    Only a published march closes streets. Who may see a closure is who may see its march.
    """
    before = {one.contribution.external_id: one for one in kept}
    found = {
        derived_id(standing.external_id, one.axis_id): one
        for one in (linked(draft, city) if standing.state in (PUBLISHED, ACCEPTED) else ())
    }
    records = []
    for external_id, closure in found.items():
        known = before.get(external_id)
        if known is not None and known.is_settled:
            continue
        stands = replace(standing, external_id=external_id, alert_by=None, alert_confirmed_by=None)
        row, event = record_of(_draft(draft, closure, standing.external_id, city), stands, author, now, city)
        row |= {
            "embargo_until": None,
            "follows": standing.external_id,
        }  # the clock moves the march, and the march these
        records.append(
            Told(external_id=external_id, row=row, event=event, expected=known.contribution.v if known else None)
        )
    gone = [one for name, one in before.items() if name not in found and not one.is_settled]
    return records + taken_back(gone, author, now)


def taken_back(kept: Sequence[Following], author: str, now: datetime) -> list[Told]:
    """Return the records that open the streets of a march again because it is not to take place."""
    row = {"account_id": author, "saved_at": now}
    return [
        Told(external_id=one.contribution.external_id, row=dict(row), event=None, expected=one.contribution.v)
        for one in kept
        if one.contribution.withdrawn_at is None
    ]


def _draft(march: Draft, closure: Closure, march_id: str, city: City) -> Draft:
    assert march.geometry is not None, "a closure is a part of its march's way"
    effect = closure_effect(closure, ZoneInfo(city.timezone))
    return Draft(
        category=CATEGORY, severity=Severity.MODERATE, headline=f"{category(CATEGORY).name('fr')}, {closure.name}",
        start=closure.closed_from, end=closure.open_again,
        geometry=part_of(march.geometry, closure.from_m, closure.to_m), geometry_precision=GeometryPrecision.EXACT,
        place=closure.name, road_name=closure.name, effects=(replace(effect, state=TrafficState.CLOSED),),
        audience=march.audience, embargo_until=march.embargo_until, is_confirmed=march.is_confirmed,
        situation_id=march_id,
    )  # fmt: skip
