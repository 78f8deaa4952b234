"""Pixels that left the media gate: rebuilt, faces masked. Only the media gate makes them; the store takes no other bytes."""

from __future__ import annotations


class Developed(bytes):
    """A picture or a clip as it may be kept."""

    __slots__ = ()
