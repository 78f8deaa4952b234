"""Who signed in, as a viewer: everything a request may see or do follows from it."""

from __future__ import annotations

from dataclasses import dataclass

from access.roles import RIGHTS, SEES_LISTED, Right, Role
from events.audience import AudienceLevel, Viewer


@dataclass(frozen=True, slots=True, kw_only=True)
class Member(Viewer):
    """A viewer who is known: `home` is the organisation, `who` the account, key or display that the audit names.

    `organisation`, inherited, is the one whose listed records are shown: none for roles that see no restricted event.
    """

    who: str
    home: str
    role: Role

    def may(self, right: Right) -> bool:
        """Tell whether this member has a right."""
        return right in RIGHTS[self.role]


# Who works on the machine itself, with its commands.
OPERATOR = Member(who="operator", home="operator", role=Role.ADMINISTRATOR)


def account_member(account_id: str, organisation: str, role: Role) -> Member:
    """Return the member that an account is: the table of roles of the design."""
    return Member(
        who=account_id,
        home=organisation,
        role=role,
        organisation=organisation if role in SEES_LISTED else None,
        is_partner=True,
        sees_restricted=role is Role.SUPERVISOR,
    )


def device_member(device_id: str, organisation: str, role: Role, audience: AudienceLevel) -> Member:
    """Return the member that a key or a wall display is: it sees as far as its audience and no further."""
    return Member(
        who=device_id,
        home=organisation,
        role=role,
        organisation=organisation if audience is AudienceLevel.LISTED else None,
        is_partner=audience is not AudienceLevel.PUBLIC,
    )
