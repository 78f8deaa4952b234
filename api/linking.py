"""Links between events for the screen: which ones a viewer may see, and what a member decides of them."""

from __future__ import annotations

from dataclasses import dataclass

from access.members import Member
from access.roles import Right
from api.house import House
from api.matching import precedence_in, rule_of
from events.audience import Viewer
from events.errors import AccessDenied, InvalidRecord
from insight.linking import likeness
from store import readers
from store.kept import KeptEvent
from store.links import Link, LinkState, Pair, confirm, links_of, refuse, separate

CONFIRM, REFUSE, SEPARATE = "confirm", "refuse", "separate"
ACTIONS = (CONFIRM, REFUSE, SEPARATE)


@dataclass(frozen=True, slots=True)
class SeenLink:
    """A link as a viewer may see it: the other event, why, and how alike the two are (0 to 1)."""

    link: Link
    other: KeptEvent
    likeness: float


def seen_links(house: House, viewer: Viewer, event_id: str) -> tuple[SeenLink, ...]:
    """Return the links of an event that nobody refused and whose other event this viewer may see, most alike first."""
    found, rule = [], rule_of(house.said)
    waiting = [one for one in links_of(house.database, [event_id]) if one.state is not LinkState.REFUSED]
    others = {pair_other(one.pair, event_id): one for one in waiting}
    for kept in readers.events_by_id(house.database, list(others), viewer=viewer):
        if house.shows(kept):
            link = others[kept.id]
            found.append(SeenLink(link, kept, likeness(link, rule)))
    return tuple(sorted(found, key=lambda one: (-one.likeness, one.other.number)))


def pair_other(pair: Pair, event_id: str) -> str:
    """Return the other one of two."""
    return pair[1] if pair[0] == event_id else pair[0]


def may_decide(viewer: Viewer) -> bool:
    """Tell whether this viewer confirms and undoes links."""
    return isinstance(viewer, Member) and (viewer.may(Right.EDIT_ANY) or viewer.may(Right.MODERATE))


def decide(house: House, viewer: Viewer, action: str, pair: Pair) -> None:
    """Do what a member asks of two events, and note it in the audit.

    Raises AccessDenied without the right or when one of the two is not theirs to see, InvalidRecord when there is
    nothing to decide any more, StoreUnavailable.
    """
    if not isinstance(viewer, Member) or not may_decide(viewer):
        _refused(house, viewer, action, pair)
        raise AccessDenied("link.denied")
    kept = {one.id for one in readers.events_by_id(house.database, pair, viewer=viewer)}
    if kept != set(pair):
        _refused(house, viewer, action, pair)
        raise AccessDenied("link.unknown")
    precedence = precedence_in(house.sources)
    given = (house.database, viewer.home, house.clock(), house.city.timezone)
    database, by, now, timezone = given
    if action == CONFIRM:
        confirm(database, pair, by=by, now=now, precedence_of=precedence, timezone=timezone)
    elif action == REFUSE:
        refuse(database, pair, by=by, now=now, precedence_of=precedence, timezone=timezone)
    elif action == SEPARATE:
        separate(database, pair[1], by=by, now=now, precedence_of=precedence, timezone=timezone)
    else:
        raise InvalidRecord("no such decision")
    if house.access is not None:
        house.access.audit.note(viewer, f"link-{action}", f"{pair[0]} {pair[1]}")
    house.obey()


def _refused(house: House, viewer: Viewer, action: str, pair: Pair) -> None:
    if house.access is not None and action in ACTIONS:
        house.access.noted.refused(viewer, f"link-{action}", f"{pair[0]} {pair[1]}")


__all__ = ["ACTIONS", "CONFIRM", "REFUSE", "SEPARATE", "SeenLink", "decide", "may_decide", "seen_links"]
