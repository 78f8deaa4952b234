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
    described("transitions", Code(), purpose="created, major, closed, source-late", retention=WITH_ACCOUNT),
    described("districts", Code(), purpose="codes; empty: all", retention=WITH_ACCOUNT),
    described("categories", Code(), purpose="categories or families; empty: all", retention=WITH_ACCOUNT),
    described("sources", Code(), purpose="whose outages are told; empty: all", retention=WITH_ACCOUNT),
    described("channels", Code(), purpose="app, post (mailbox of the organisation), atom", retention=WITH_ACCOUNT),
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

# What waits for a message: it outlives a restart, and goes when it was sent.
waiting = Table(
    "waiting",
    metadata,
    described("id", RowNumber, primary_key=True, purpose="order", retention=FOR_SESSIONS),
    described("account_id", Code(64), ForeignKey("account.id"), index=True, purpose="which post will be told", retention=FOR_SESSIONS),
    described("kind", Code(16), purpose="event, or begin or end of an outage", retention=FOR_SESSIONS),
    described("object_id", Code(36), purpose="which event or outage", retention=FOR_SESSIONS),
    described("version", Integer, purpose="of the event; of an outage 0", retention=FOR_SESSIONS),
    described("at", Moment, purpose="since when", retention=FOR_SESSIONS),
)  # fmt: skip

feed_key = Table(
    "feed_key",
    metadata,
    described("account_id", Code(64), ForeignKey("account.id"), primary_key=True, purpose="whose feed", retention=WITH_ACCOUNT),
    described("secret_sha256", Code(64), unique=True, purpose="recognises the address, opens nothing", retention=WITH_ACCOUNT),
    described("created_at", Moment, purpose="when", retention=WITH_ACCOUNT),
    described("used_at", Moment, nullable=True, purpose="tells an address that nobody reads", retention=WITH_ACCOUNT),
)  # fmt: skip
