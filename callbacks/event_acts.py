"""Which acts the present reader has on an event: asked of the desk, whose own checks stand behind each of them."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from access.roles import Right
from access.writing_rights import may_answer, may_edit
from callbacks.services import Services
from components.event_acts import Acts
from store.contributions import PROPOSED, REFUSED
from store.kept import KeptEvent


def acts_of(services: Services, kept: KeptEvent) -> Acts | None:
    """Return the acts of the reader, None for one who has none and for an event that a feed told."""
    member, desk = services.member(), services.desk
    if member is None or desk is None or not member.may(Right.CONTRIBUTE):
        return None
    pair = desk.contributions.find(member, kept.id)
    if pair is None:
        return None
    found, event = pair[0], pair[1].event
    now = services.clock()
    is_mine = may_edit(member, found.organisation_id)
    awaits = found.alert_by is not None and found.alert_confirmed_by is None
    end = event.validity.end
    is_over = kept.withdrawn_at is not None or (end is not None and end <= now)
    acts = Acts(
        event_id=kept.id,
        version=found.v,
        now=now.astimezone(ZoneInfo(services.city.timezone)).strftime("%d/%m/%Y %H:%M"),
        may_edit=is_mine and found.state != REFUSED,
        is_over=is_over,
        is_following=found.follows is not None,
        may_answer=found.state == PROPOSED and may_answer(member, found.owner_id),
        may_confirm=awaits and found.alert_by != member.who and member.may(Right.ALERT),
        is_proposal=found.state == PROPOSED,
        awaits_alert=awaits,
        answer=found.answer if found.state == REFUSED else None,
        points=tuple(one.label for one in event.route.checkpoints) if event.route and not is_over else (),
    )
    has_any = acts.may_edit or acts.may_answer or acts.may_confirm or acts.answer or acts.is_proposal
    return acts if has_any else None
