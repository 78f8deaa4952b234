from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import String, literal, select

from events.audience import PARTNERS, PUBLIC, Audience, Viewer, listed
from store.database import connect
from store.visibility import visible_to

# Names that contain, extend or only differ in case from one another, and characters with a meaning in LIKE.
ORGANISATIONS = st.sampled_from(
    ["port", "Port", "por", "ports", "p_rt", "po%t", "air-port", "police:1", "é", "listed:port"]
)
AUDIENCES = st.one_of(st.just(PUBLIC), st.just(PARTNERS), st.sets(ORGANISATIONS, min_size=1, max_size=4).map(listed))
VIEWERS = st.builds(
    Viewer,
    organisation=st.one_of(st.none(), ORGANISATIONS),
    is_partner=st.booleans(),
    sees_restricted=st.booleans(),
)


@pytest.fixture(scope="module")
def asked(stores):
    """Return a function that tells whether the database finds a condition true."""
    url = stores.new()
    database = connect(url)
    with database.read() as connection:
        yield lambda condition: bool(connection.execute(select(literal(1)).where(condition)).scalar())
    database.close()
    stores.drop(url)


@given(audience=AUDIENCES, viewer=VIEWERS)
@example(audience=listed(["Port"]), viewer=Viewer("port", is_partner=True))
@example(audience=listed(["a", "b"]), viewer=Viewer("a,b", is_partner=True))
@example(audience=listed(["a"]), viewer=Viewer("", is_partner=True))
def test_the_rule_in_sql_is_the_rule_of_the_viewer(asked, audience: Audience, viewer: Viewer):
    column = literal(audience.key)
    assert asked(visible_to(viewer, column)) == viewer.may_see(audience)


def test_nobody_sees_what_has_no_audience(asked):
    for viewer in (Viewer(), Viewer("port", is_partner=True), Viewer(sees_restricted=True)):
        assert asked(visible_to(viewer, literal(None, String))) is False
