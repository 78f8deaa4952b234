"""Who may see what: the rule itself; the store's SQL form is compared with it elsewhere."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.audience import (
    ANONYMOUS,
    CITY_READER,
    PARTNERS,
    PUBLIC,
    Audience,
    AudienceLevel,
    Viewer,
    listed,
    read_audience,
)
from events.errors import InvalidRecord

names = st.sampled_from(["voirie", "prefecture", "meteo"])
audiences = st.sampled_from([PUBLIC, PARTNERS]) | st.sets(names, min_size=1).map(listed)
viewers = st.builds(Viewer, st.none() | names, st.booleans(), st.booleans())


@pytest.mark.parametrize(
    ("viewer", "audience", "visible"),
    [
        (ANONYMOUS, PUBLIC, True),
        (ANONYMOUS, PARTNERS, False),
        (CITY_READER, PARTNERS, True),
        (CITY_READER, listed(["prefecture"]), False),
        (Viewer("prefecture", is_partner=True), listed(["prefecture"]), True),
        (Viewer("prefecture"), listed(["prefecture"]), False),
        (Viewer(sees_restricted=True), listed(["prefecture"]), True),
    ],
)
def test_who_sees_what(viewer: Viewer, audience: Audience, *, visible: bool) -> None:
    assert viewer.may_see(audience) is visible


@given(audiences)
def test_key_reads_back(audience: Audience) -> None:
    assert read_audience(audience.key) == audience


@given(audiences, audiences, viewers)
def test_intersection_shows_nobody_more(one: Audience, other: Audience, viewer: Viewer) -> None:
    both = one.meet(other)
    seen = both is not None and viewer.may_see(both)
    if not viewer.sees_restricted:
        assert seen == (viewer.may_see(one) and viewer.may_see(other))


@given(viewers, viewers, audiences)
def test_equal_keys_see_the_same(one: Viewer, other: Viewer, audience: Audience) -> None:
    if one.key == other.key:
        assert one.may_see(audience) == other.may_see(audience)


@pytest.mark.parametrize("key", ["", "everyone", "listed:", "public:a", "partners:voirie"])
def test_other_keys_are_refused(key: str) -> None:
    with pytest.raises(InvalidRecord):
        read_audience(key)


def test_listed_without_organisations_is_refused() -> None:
    with pytest.raises(InvalidRecord):
        Audience(AudienceLevel.LISTED)
