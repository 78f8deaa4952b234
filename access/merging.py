"""Two people edit the same event: what only one of them changed is taken, what both changed is asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

from access.drafts import Draft


@dataclass(frozen=True, slots=True)
class Clash:
    """One field that both changed: what it was, what they saved meanwhile, what is being saved."""

    base: object
    theirs: object
    mine: object


def merge(base: Draft, theirs: Draft, mine: Draft) -> tuple[Draft, Mapping[str, Clash]]:
    """Return both changes joined, and the fields that both changed differently: there `mine` stands, to be asked."""
    taken: dict[str, object] = {}
    clashes: dict[str, Clash] = {}
    for one in fields(Draft):
        was, is_theirs, is_mine = (getattr(draft, one.name) for draft in (base, theirs, mine))
        if is_mine == was:
            taken[one.name] = is_theirs
        elif is_theirs not in (was, is_mine):
            clashes[one.name] = Clash(was, is_theirs, is_mine)
    return replace(mine, **taken), clashes  # type: ignore[arg-type] # names and values come from two drafts
