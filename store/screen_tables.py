"""What accounts keep of the screen: views shared with others, subscriptions, and that something was sent (never what)."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, Integer, Table

from store.columns import ClearedText, Code, Moment, described
from store.metadata import FOR_SESSIONS, WITH_ACCOUNT, RowNumber, metadata

saved_view = Table(
    "saved_view",
    metadata,
    described("id", Code(36), primary_key=True, purpose="names the view", retention=WITH_ACCOUNT),
    described("account_id", Code(64), ForeignKey("account.id"), purpose="which post saved it", retention=WITH_ACCOUNT),
    described("organisation_id", Code(100), ForeignKey("organisation.id"), index=True, purpose="whose view", retention=WITH_ACCOUNT),
    described("scope", Code(16), purpose="shown to the organisation or to the whole tenant", retention=WITH_ACCOUNT),
    described("title", ClearedText("saved_view.title"), purpose="how menus call it", retention=WITH_ACCOUNT),
    described("query", ClearedText("saved_view.query"), purpose="the filters of the address", retention=WITH_ACCOUNT),
    described("created_at", Moment, purpose="when", retention=WITH_ACCOUNT),
)  # fmt: skip

subscription = Table(
    "subscription",
    metadata,
    described("id", Code(36), primary_key=True, purpose="names the subscription", retention=WITH_ACCOUNT),
    described("account_id", Code(64), ForeignKey("account.id"), index=True, purpose="which post is told", retention=WITH_ACCOUNT),
    described("transitions", Code(), purpose="created, major, closed", retention=WITH_ACCOUNT),
    described("districts", Code(), purpose="codes; empty: all", retention=WITH_ACCOUNT),
    described("categories", Code(), purpose="categories or families; empty: all", retention=WITH_ACCOUNT),
    described("channels", Code(), purpose="app, post (mailbox of the organisation)", retention=WITH_ACCOUNT),
    described("created_at", Moment, purpose="when", retention=WITH_ACCOUNT),
)  # fmt: skip

notice = Table(
    "notice",
    metadata,
    described("id", RowNumber, primary_key=True, purpose="order", retention=FOR_SESSIONS),
    described("account_id", Code(64), ForeignKey("account.id"), purpose="which post was told", retention=FOR_SESSIONS),
    described("at", Moment, purpose="when", retention=FOR_SESSIONS),
    described("events", Integer, purpose="of how many events at once", retention=FOR_SESSIONS),
    described("outcome", Code(16), purpose="sent or failed", retention=FOR_SESSIONS),
)  # fmt: skip
Index("ix_notice_account", notice.c.account_id, notice.c.at)
