"""What is known of a contribution beside its event: its state between partners, its clock, its second signature, who edits it."""

from __future__ import annotations

from sqlalchemy import Index, Table

from store.columns import ClearedText, Code, Moment, described
from store.metadata import WITH_EVENT, metadata

contribution = Table(
    "contribution",
    metadata,
    described("external_id", Code(32), primary_key=True, purpose="the event's identifier in its source", retention=WITH_EVENT),
    described("organisation_id", Code(100), purpose="who contributes", retention=WITH_EVENT),
    described("account_id", Code(64), purpose="which post saved last", retention=WITH_EVENT),
    described("saved_at", Moment, purpose="when it was saved last", retention=WITH_EVENT),
    described("state", Code(16), purpose="published, proposed, accepted or refused", retention=WITH_EVENT),
    described("owner_id", Code(100), nullable=True, purpose="who answers a proposal", retention=WITH_EVENT),
    described("answer", ClearedText("contribution.answer"), nullable=True, purpose="why a proposal was refused", retention=WITH_EVENT),
    described("audience", Code(), purpose="who may see it once nothing holds it back", retention=WITH_EVENT),
    described("embargo_until", Moment, nullable=True, purpose="only its own organisation before", retention=WITH_EVENT),
    described("check_at", Moment, nullable=True, purpose="to be confirmed from then on", retention=WITH_EVENT),
    described("alert_by", Code(64), nullable=True, purpose="which post asks for critical", retention=WITH_EVENT),
    described("alert_confirmed_by", Code(64), nullable=True, purpose="which second post confirmed it", retention=WITH_EVENT),
    described("editor_id", Code(64), nullable=True, purpose="which post is editing", retention=WITH_EVENT),
    described("editor_since", Moment, nullable=True, purpose="since when", retention=WITH_EVENT),
    described("editor_until", Moment, nullable=True, purpose="when that lapses by itself", retention=WITH_EVENT),
    described("waiter_id", Code(64), nullable=True, purpose="which post waits to edit", retention=WITH_EVENT),
    described("waiter_until", Moment, nullable=True, purpose="when that lapses by itself", retention=WITH_EVENT),
    described("follows", Code(32), nullable=True, purpose="the march whose times this closure follows", retention=WITH_EVENT),
)  # fmt: skip
Index("ix_contribution_state", contribution.c.state, contribution.c.owner_id)
Index("ix_contribution_check_at", contribution.c.check_at)
Index("ix_contribution_embargo_until", contribution.c.embargo_until)
Index("ix_contribution_follows", contribution.c.follows)
