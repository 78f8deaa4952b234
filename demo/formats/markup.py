"""Writes XML as partners do: prefixes as they choose them, elements in the standard's order."""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'


def element(name: str, *content: str, **attributes: str) -> str:
    """Return an element around markup already written; attribute `xsi_type` is written `xsi:type`."""
    written = "".join(f" {key.replace('xsi_', 'xsi:')}={quoteattr(value)}" for key, value in attributes.items())
    inner = "".join(content)
    return f"<{name}{written}>{inner}</{name}>" if inner else f"<{name}{written}/>"


def leaf(name: str, text: object) -> str:
    """Return an element around a text."""
    return element(name, escape(str(text)))


def multilingual(prefix: str, text: str) -> str:
    """Return DATEX II's `values/value` in French, with the prefix of their namespace ("ns2:")."""
    return element(f"{prefix}values", element(f"{prefix}value", escape(text), lang="fr"))
