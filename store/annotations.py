"""What every column must say of itself, and what no column may be: the rule that continuous integration holds to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Column, MetaData

from store.columns import content_of
from store.metadata import ALWAYS, RETENTIONS

SAID = ("content", "personal", "purpose", "retention")
TEXTS = frozenset({"cleared text", "cleared texts", "cleared record"})

# A part of a name that is one of these, or that holds one of the longer ones, smells of a person or of what watches one.
PERSON = (
    "name nom prenom surname firstname lastname person people user login author witness victim suspect phone tel mobile "
    "mail email address adresse home birth born dob age sex gender nationality religion nir iban passport plate immat "
    "vehicle driver device imei mac ip handle pseudo face voice photo"
)
STREAM = "url uri href link host stream rtsp rtmp hls webrtc feed video image"
JUDGEMENT = (
    "score risk rank ranking rating forecast prediction predicted probability hotspot danger suspicion profile track "
    "trajectory trace"
)
_LONG = 5  # from here on a word is looked for inside another: "telephone", "videostream"

_WORDS_OF_OURS = ("authority", "authorised")  # an office and its permit, no author

# column -> why it holds no person and no address of an image
HARMLESS = {"counter.name": "the name of one of our counters: change, event_number"}


def faults(metadata: MetaData) -> tuple[str, ...]:
    """Return what is wrong with the columns of a schema, one sentence each; empty when it can hold no person."""
    return tuple(
        f"{table.name}.{column.name}: {fault}"
        for table in metadata.sorted_tables
        for column in table.columns
        for fault in _faults_of(column, f"{table.name}.{column.name}")
    )


def _faults_of(column: Column[Any], full_name: str) -> Iterator[str]:
    missing = [word for word in SAID if not column.info.get(word)]
    content = content_of(column.type)
    if not content:
        yield "holds text that no gate has read: its type lets any text in"
    elif missing:
        yield f"says nothing of its {', '.join(missing)}: write the column with described()"
    elif column.info["content"] != content:
        yield f"says that it holds a {column.info['content']}, its type holds a {content}"
    retention = column.info.get("retention")
    if retention and retention not in RETENTIONS:
        yield f"is kept {retention!r}, which the purge does not know"
    if retention == ALWAYS and content in TEXTS:
        yield "is a text that nothing ever deletes"
    if column.info.get("personal", "none") != "none":
        yield "says that it holds personal data: no column of the observatory may"
    if full_name not in HARMLESS:
        yield from _smells(column.name)


def _smells(name: str) -> Iterator[str]:
    for words, what in (
        (PERSON, "is called like something of a person"),
        (STREAM, "is called like the address of an image or a stream"),
        (JUDGEMENT, "is called like a judgement on a place or a person, a forecast or a track"),
    ):
        if any(_is_in(word, name.lower()) for word in words.split()):
            yield what


def _is_in(word: str, name: str) -> bool:
    for ours in _WORDS_OF_OURS:
        name = name.replace(ours, "")
    return word in re.split(r"[^a-z0-9]+", name) or (len(word) >= _LONG and word in name.replace("_", ""))
