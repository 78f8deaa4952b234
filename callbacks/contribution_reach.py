"""Who will see a contribution and be told of it, said before it is published: in words, with the number of organisations."""

from __future__ import annotations

from collections.abc import Sequence

from access.drafts import Draft
from access.members import Member
from access.organisations import Organisation
from access.roles import Right
from access.writing_rights import may_publish, owner_of
from components.texts import Words
from events.audience import AudienceLevel
from events.city import City


def say_reach(
    draft: Draft,
    member: Member,
    partners: Sequence[Organisation],
    city: City,
    speak: Words,
    *,
    is_new: bool,
    embargo: str = "",
) -> list[str]:
    """Return one sentence for each: who answers it first where it is a proposal, who sees it, who is notified.

    `embargo` is when it opens, in words, where it is held back until then.
    """
    told = []
    districts = city.districts_of(draft.geometry) if draft.geometry is not None else ()
    home = next((one for one in partners if one.id == member.home), None)
    is_direct = member.may(Right.EDIT_ANY) or may_publish(home, draft.category, districts)
    if is_new and draft.category and not is_direct:
        owner = owner_of(partners, draft.category, districts, member.home)
        told.append(speak("form.reach.proposed", who=owner.title) if owner else speak("form.reach.nobody"))
    if embargo:
        told.append(speak("form.reach.embargo", time=embargo))
    level = draft.audience.level
    seeing = [one for one in partners if level is not AudienceLevel.LISTED or one.id in draft.audience.organisations]
    names = ", ".join(sorted(one.title for one in seeing))
    told.append(speak.count(f"form.reach.{level.value}", len(seeing), names=names))
    told.append(speak("form.reach.notified"))
    return told
