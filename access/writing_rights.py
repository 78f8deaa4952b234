"""Who may write what where: directly, as a proposal that another organisation answers, or not at all."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from access.members import Member
from access.organisations import Organisation
from access.roles import Right


def may_publish(organisation: Organisation | None, category: str, districts: Collection[str]) -> bool:
    """Tell whether an organisation publishes such an event directly."""
    return (
        organisation is not None
        and organisation.retired_at is None
        and organisation.is_trusted
        and organisation.writes_category(category)
        and organisation.writes_in(districts)
    )


def owner_of(
    organisations: Sequence[Organisation], category: str, districts: Collection[str], proposer: str
) -> Organisation | None:
    """Return who answers a proposal: the organisation whose own matter it is, the narrowest first; None when nobody may."""
    able = [one for one in organisations if one.id != proposer and may_publish(one, category, districts)]
    return min(able, key=_breadth, default=None)


def may_edit(member: Member, event_organisation: str) -> bool:
    """Tell whether a member may change an event of an organisation."""
    if member.may(Right.EDIT_ANY):
        return True
    return member.may(Right.CONTRIBUTE) and member.home == event_organisation


def may_answer(member: Member, owner: str | None) -> bool:
    """Tell whether a member may accept, change or refuse a proposal."""
    return member.may(Right.MODERATE) or (member.may(Right.CONTRIBUTE) and member.home == owner)


def _breadth(one: Organisation) -> tuple[bool, int, str]:
    return one.categories is None, len(one.categories or ()), one.id
