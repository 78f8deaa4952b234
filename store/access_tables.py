"""The tables of access: organisations, functional accounts, sign-ins, keys, wall displays and the audit.

An account is a post ("supervision-1"), never a person: it has no name, address or telephone. Its identifier passes
the privacy gate before it is kept.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, ForeignKey, Index, Integer, Table

from store.columns import ClearedText, Code, Moment, Sealed, described
from store.metadata import FOR_AUDIT, FOR_SESSIONS, WITH_ACCOUNT, metadata

organisation = Table(
    "organisation",
    metadata,
    described("id", Code(100), primary_key=True, purpose="our identifier of a partner", retention=WITH_ACCOUNT),
    described("title", ClearedText("organisation.title"), purpose="how screens call it", retention=WITH_ACCOUNT),
    described("territory", Code(), purpose="district codes it may write in; all: all", retention=WITH_ACCOUNT),
    described("categories", Code(), purpose="categories it may write; all: all", retention=WITH_ACCOUNT),
    described("is_trusted", Boolean, purpose="publishes directly; else files proposals", retention=WITH_ACCOUNT),
    described("may_alert", Boolean, purpose="its accounts may set or confirm critical", retention=WITH_ACCOUNT),
    described("created_at", Moment, purpose="when", retention=WITH_ACCOUNT),
    described("retired_at", Moment, nullable=True, purpose="since when it may do nothing", retention=WITH_ACCOUNT),
)

account = Table(
    "account",
    metadata,
    described("id", Code(64), primary_key=True, purpose="the post that signs in", retention=WITH_ACCOUNT),
    described("organisation_id", Code(100), ForeignKey("organisation.id"), purpose="whose post", retention=WITH_ACCOUNT),
    described("role", Code(16), purpose="what it may do", retention=WITH_ACCOUNT),
    described("password_hash", Sealed, nullable=True, purpose="sign-in; none: another house signs in", retention=WITH_ACCOUNT),
    described("totp_sealed", Sealed, nullable=True, purpose="second factor", retention=WITH_ACCOUNT),
    described("totp_step", BigInteger, nullable=True, purpose="last code used: none serves twice", retention=WITH_ACCOUNT),
    described("failures", Integer, purpose="wrong sign-ins in a row", retention=WITH_ACCOUNT),
    described("locked_until", Moment, nullable=True, purpose="no sign-in before", retention=WITH_ACCOUNT),
    described("created_at", Moment, purpose="when", retention=WITH_ACCOUNT),
    described("disabled_at", Moment, nullable=True, purpose="since when it may not sign in", retention=WITH_ACCOUNT),
    described("looked_at", Moment, nullable=True, purpose="what changed since is news to it", retention=WITH_ACCOUNT),
)  # fmt: skip

sign_in = Table(
    "sign_in",
    metadata,
    described("token_sha256", Code(64), primary_key=True, purpose="finds the sign-in, opens nothing", retention=FOR_SESSIONS),
    described("account_id", Code(64), ForeignKey("account.id"), index=True, purpose="which post", retention=FOR_SESSIONS),
    described("created_at", Moment, purpose="when", retention=FOR_SESSIONS),
    described("seen_at", Moment, purpose="ends what nobody uses", retention=FOR_SESSIONS),
    described("ends_at", Moment, purpose="ends whatever happens", retention=FOR_SESSIONS),
    described("revoked_at", Moment, nullable=True, purpose="when it was ended", retention=FOR_SESSIONS),
    described("is_factor_proved", Boolean, nullable=True, purpose="whether a provider proved a second factor; none: signed in here", retention=FOR_SESSIONS),
)  # fmt: skip

# Who a provider of identities says it is, as a keyed hash: nothing of what the provider told is kept.
identity = Table(
    "identity",
    metadata,
    described("mark", Code(64), primary_key=True, purpose="recognises an identity, tells nothing of it", retention=WITH_ACCOUNT),
    described("account_id", Code(64), ForeignKey("account.id"), index=True, purpose="the post it signs in as", retention=WITH_ACCOUNT),
    described("created_at", Moment, purpose="when", retention=WITH_ACCOUNT),
)  # fmt: skip

push_nonce = Table(
    "push_nonce",
    metadata,
    described("mark", Code(64), primary_key=True, purpose="recognises a signed push that comes again", retention=FOR_SESSIONS),
    described("at", Moment, purpose="ends what no clock allows any more", retention=FOR_SESSIONS),
)  # fmt: skip

api_key = Table(
    "api_key",
    metadata,
    described("id", Code(16), primary_key=True, purpose="shown in lists and in the audit", retention=WITH_ACCOUNT),
    described("secret_sha256", Code(64), purpose="recognises the key, opens nothing", retention=WITH_ACCOUNT),
    described("signing_sealed", Sealed, nullable=True, purpose="verifies signed pushes", retention=WITH_ACCOUNT),
    described("organisation_id", Code(100), ForeignKey("organisation.id"), purpose="whose program", retention=WITH_ACCOUNT),
    described("scopes", Code(), purpose="what it may do: read, push", retention=WITH_ACCOUNT),
    described("source_id", Code(100), nullable=True, purpose="the only source it may push", retention=WITH_ACCOUNT),
    described("audience", Code(16), purpose="how far it sees: public, partners or listed", retention=WITH_ACCOUNT),
    described("created_at", Moment, purpose="when", retention=WITH_ACCOUNT),
    described("ends_at", Moment, purpose="when it stops", retention=WITH_ACCOUNT),
    described("revoked_at", Moment, nullable=True, purpose="when it was stopped", retention=WITH_ACCOUNT),
    described("used_at", Moment, nullable=True, purpose="tells a key that nobody uses", retention=WITH_ACCOUNT),
)  # fmt: skip

kiosk = Table(
    "kiosk",
    metadata,
    described("id", Code(16), primary_key=True, purpose="shown in lists and in the audit", retention=WITH_ACCOUNT),
    described("secret_sha256", Code(64), purpose="recognises the display, opens nothing", retention=WITH_ACCOUNT),
    described("organisation_id", Code(100), ForeignKey("organisation.id"), purpose="whose display", retention=WITH_ACCOUNT),
    described("title", ClearedText("kiosk.title"), purpose="which wall", retention=WITH_ACCOUNT),
    described("scene", Code(64), purpose="what it shows", retention=WITH_ACCOUNT),
    described("audience", Code(16), purpose="how far it sees: public, partners or listed", retention=WITH_ACCOUNT),
    described("created_at", Moment, purpose="when", retention=WITH_ACCOUNT),
    described("ends_at", Moment, purpose="when it stops", retention=WITH_ACCOUNT),
    described("revoked_at", Moment, nullable=True, purpose="when it was stopped", retention=WITH_ACCOUNT),
    described("beat_at", Moment, nullable=True, purpose="when it was last seen", retention=WITH_ACCOUNT),
)  # fmt: skip

# Codes only, no text: who did what to which record, chained so that a change or a gap shows.
audit = Table(
    "audit",
    metadata,
    described("seq", BigInteger, primary_key=True, autoincrement=False, purpose="number without holes", retention=FOR_AUDIT),
    described("at", Moment, purpose="when", retention=FOR_AUDIT),
    described("who", Code(80), purpose="account, key or display", retention=FOR_AUDIT),
    described("organisation_id", Code(100), purpose="of which organisation", retention=FOR_AUDIT),
    described("action", Code(40), purpose="what was done or read", retention=FOR_AUDIT),
    described("object_id", Code(), nullable=True, purpose="on which record", retention=FOR_AUDIT),
    described("outcome", Code(16), purpose="done or refused", retention=FOR_AUDIT),
    described("prev_sha256", Code(64), nullable=True, purpose="link before", retention=FOR_AUDIT),
    described("sha256", Code(64), purpose="link of the chain", retention=FOR_AUDIT),
)  # fmt: skip
Index("ix_audit_at", audit.c.at)
