"""Pictures and clips of events, masked before they come here, and the queue of clips that are being masked.

Nothing here is of an original: `content` takes only what the media gate made, and a clip in the making has its masked seconds.
"""

from __future__ import annotations

from sqlalchemy import Float, Index, Integer, Table

from store.columns import Code, MaskedPixels, Moment, described
from store.metadata import WITH_EVENT, metadata

media = Table(
    "media",
    metadata,
    described("id", Code(36), primary_key=True, purpose="our identifier, UUIDv7", retention=WITH_EVENT),
    described("event_id", Code(36), nullable=True, index=True, purpose="what it shows; none: not published yet", retention=WITH_EVENT),
    described("organisation_id", Code(100), purpose="who contributes it", retention=WITH_EVENT),
    described("account_id", Code(64), purpose="which post sent it: another one reviews it", retention=WITH_EVENT),
    described("kind", Code(8), purpose="photo or clip", retention=WITH_EVENT),
    described("state", Code(16), purpose="making, waiting, published, hidden, refused or withdrawn", retention=WITH_EVENT),
    described("reason", Code(32), nullable=True, purpose="why it is refused, hidden or not made", retention=WITH_EVENT),
    described("created_at", Moment, purpose="when", retention=WITH_EVENT),
    described("decided_at", Moment, nullable=True, purpose="when it was reviewed last", retention=WITH_EVENT),
    described("decided_by", Code(64), nullable=True, purpose="which post reviewed it last", retention=WITH_EVENT),
    described("faces", Integer, purpose="how many faces were found", retention=WITH_EVENT),
    described("masks", Integer, purpose="how many boxes were filled", retention=WITH_EVENT),
    described("gate", Code(16), nullable=True, purpose="version of the media gate that looked at it; none: kept before versions were", retention=WITH_EVENT),
    described("seconds", Float, nullable=True, purpose="length of a clip", retention=WITH_EVENT),
    described("mark", Code(64), nullable=True, index=True, purpose="recognises what a partner gave before", retention=WITH_EVENT),
    described("content", MaskedPixels, nullable=True, purpose="what is shown; none once it is refused", retention=WITH_EVENT),
    described("poster", MaskedPixels, nullable=True, purpose="the first picture of a clip", retention=WITH_EVENT),
)  # fmt: skip
Index("ix_media_state", media.c.state)

media_job = Table(
    "media_job",
    metadata,
    described("media_id", Code(36), primary_key=True, purpose="the clip that is made", retention=WITH_EVENT),
    described("mark", Code(64), index=True, purpose="recognises the same file sent again, tells nothing of it", retention=WITH_EVENT),
    described("runner", Code(36), purpose="which process works on it", retention=WITH_EVENT),
    described("beat_at", Moment, purpose="its last sign of life", retention=WITH_EVENT),
    described("done_s", Float, purpose="seconds that are masked", retention=WITH_EVENT),
)  # fmt: skip

media_part = Table(
    "media_part",
    metadata,
    described("media_id", Code(36), primary_key=True, purpose="the clip", retention=WITH_EVENT),
    described("number", Integer, primary_key=True, autoincrement=False, purpose="its order", retention=WITH_EVENT),
    described("content", MaskedPixels, purpose="a masked second", retention=WITH_EVENT),
)
