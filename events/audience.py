"""Who may see a record. The rule is here once; `store.visibility` is its SQL form."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from events.errors import InvalidRecord


class AudienceLevel(StrEnum):
    """How far a record may travel, widest first."""

    PUBLIC = "public"
    PARTNERS = "partners"
    LISTED = "listed"


@dataclass(frozen=True, slots=True)
class Audience:
    """A level, and for `listed` the organisations that may see the record."""

    level: AudienceLevel
    organisations: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if (self.level is AudienceLevel.LISTED) != bool(self.organisations):
            raise InvalidRecord("an audience lists organisations if and only if its level is 'listed'")

    @property
    def key(self) -> str:
        """A text that is equal for equal audiences: `public`, `partners` or `listed:a,b`."""
        if self.level is AudienceLevel.LISTED:
            return "listed:" + ",".join(sorted(self.organisations))
        return self.level.value

    def meet(self, other: Audience) -> Audience | None:
        """Return the intersection of two audiences, None when nobody is in both."""
        if self.level is AudienceLevel.LISTED and other.level is AudienceLevel.LISTED:
            both = self.organisations & other.organisations
            return Audience(AudienceLevel.LISTED, both) if both else None
        order = list(AudienceLevel)
        return max(self, other, key=lambda audience: order.index(audience.level))


PUBLIC = Audience(AudienceLevel.PUBLIC)
PARTNERS = Audience(AudienceLevel.PARTNERS)


def listed(organisations: Iterable[str]) -> Audience:
    """Return the audience of these organisations only."""
    return Audience(AudienceLevel.LISTED, frozenset(organisations))


@lru_cache(maxsize=1024)
def read_audience(key: str) -> Audience:
    """Return the audience whose `key` this is; raise InvalidRecord for any other text."""
    level, _, names = key.partition(":")
    if level == AudienceLevel.LISTED.value and names:
        return listed(name for name in names.split(",") if name)
    if not names and level in (AudienceLevel.PUBLIC.value, AudienceLevel.PARTNERS.value):
        return Audience(AudienceLevel(level))
    raise InvalidRecord(f"audience {key!r} is not 'public', 'partners' or 'listed:<organisation>,…'")


@dataclass(frozen=True, slots=True)
class Viewer:
    """Someone who looks: what they may see follows from these facts and nothing else."""

    organisation: str | None = None
    is_partner: bool = False
    sees_restricted: bool = False
    withheld: frozenset[str] = frozenset()  # sources that do not leave the house this way, whatever the audience

    @property
    def key(self) -> str:
        """A text that is equal for viewers who see the same records; snapshots are cached under it."""
        without = f"-{','.join(sorted(self.withheld))}" if self.withheld else ""
        if self.sees_restricted:
            return f"all{without}"
        if self.is_partner:
            return f"partner:{self.organisation or ''}{without}"
        return f"public{without}"

    def may_see(self, audience: Audience, source_id: str | None = None) -> bool:
        """Tell whether a record with this audience, of this source, is visible to this viewer."""
        if source_id in self.withheld:
            return False
        if self.sees_restricted or audience.level is AudienceLevel.PUBLIC:
            return True
        if not self.is_partner:
            return False
        return audience.level is AudienceLevel.PARTNERS or self.organisation in audience.organisations

    def may_hear_of(self, object_id: str) -> bool:
        """Tell whether a changed object may be named: one of `source:identifier` is not when its source is withheld."""
        return not self.withheld or object_id.partition(":")[0] not in self.withheld


ANONYMOUS = Viewer()
CITY_READER = Viewer(organisation="city", is_partner=True)
