"""Sectors and masks of cameras at the gate: what an agreement does not name is not kept, and a new field waits for a decision."""

from __future__ import annotations

from datetime import date

from datasources.contract import Reading
from events.audience import PUBLIC
from events.records import Camera, Sector
from events.vocabulary import CameraKind, CameraService
from privacy.records import limited
from privacy.schema_lock import LOCKABLE, without

WHOLE = Camera(
    source_id="s", external_id="a", organisation="o", audience=PUBLIC, position=(5.38, 43.3), kind=CameraKind.FIXED, range_m=80.0,
    azimuth_deg=90.0, field_of_view_deg=60.0, sectors=(Sector(azimuth_deg=1.0, field_of_view_deg=2.0),),
    masks=(Sector(azimuth_deg=3.0, field_of_view_deg=4.0),), masked_areas=((((5.38, 43.3), (5.39, 43.3), (5.39, 43.31), (5.38, 43.3)),),),
    detail_px_m=62.0, verified_on=date(2026, 3, 1), is_coverage_verified=True, is_occluded=True, service=CameraService.IN_SERVICE,
    assessment="Analyse 7", label="Place", purpose="Trafic", legal_reference="Arrêté 1", authorised_until=date(2028, 1, 1),
)  # fmt: skip


def test_a_field_that_the_agreement_does_not_name_is_not_kept() -> None:
    bare = limited(WHOLE, frozenset({"range_m", "masks"}))
    assert (bare.range_m, bare.masks) == (80.0, WHOLE.masks)
    assert (bare.sectors, bare.masked_areas) == ((), ())
    for name in (
        "azimuth_deg",
        "detail_px_m",
        "verified_on",
        "is_occluded",
        "service",
        "assessment",
        "label",
        "purpose",
    ):
        assert getattr(bare, name) is None, name
    assert limited(WHOLE, None) == WHOLE


def test_a_locked_field_is_emptied_and_the_record_stays_one_that_can_be_kept() -> None:
    (bare,) = without(Reading(cameras=(WHOLE,)), LOCKABLE[Camera]).cameras
    assert (bare.sectors, bare.masks, bare.masked_areas, bare.external_id) == ((), (), (), "a")
    (other,) = without(Reading(cameras=(WHOLE,)), {"sectors"}).cameras
    assert (other.sectors, other.masks) == ((), WHOLE.masks)
