"""Addresses of further pages: the same query, from another record on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

ROWS = 100  # Opendatasoft gives at most these in one page
LAST_RECORD = 4800  # a poll follows 50 pages at most; the publisher itself stops at 10,000


def with_query(url: str, changes: Mapping[str, Sequence[str]]) -> str:
    """Return an address with some parameters of its query replaced; a parameter without values is taken out."""
    parts = urlsplit(url)
    kept = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name not in changes]
    told = [(name, value) for name, values in changes.items() for value in values]
    return urlunsplit(parts._replace(query=urlencode([*kept, *told])))


def number_in(url: str, name: str) -> int:
    """Return a number of an address's query; 0 when there is none."""
    value = dict(parse_qsl(urlsplit(url).query)).get(name, "")
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 9 else 0


def is_web(url: str) -> bool:
    """Tell whether a text is a web address."""
    return urlsplit(url).scheme in ("http", "https")
