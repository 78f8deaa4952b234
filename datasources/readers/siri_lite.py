"""SIRI Lite: the elements of SIRI as members of JSON objects, turned back into elements so that one reader serves both.

A leaf is a plain value or an object with `value` and, for texts, `lang`; what repeats is a list. Names begin with a
capital letter as in XML, or with a small one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from lxml import etree

from datasources.contract import Document, Source
from datasources.readers.features import read_container
from datasources.readers.xml import Element
from events.errors import InvalidRecord

_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,60}")
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_RECORD = "SituationElement"
_DEEPEST = 30
_MAX_PARTS = 20_000  # of one situation
Told = Mapping[str, object]


def is_json(document: Document) -> bool:
    """Tell whether a document is JSON by its first character."""
    with document.open() as stream:
        return stream.read(64).removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"[")


def elements_of(document: Document, source: Source, names: frozenset[str]) -> Iterator[Element]:
    """Yield the elements of these names, each below one that bears its parent's name, in the document's order.

    Situations are whole; of other elements the text is there, of those that hold situations the name alone. A member too deep or too full to be read is yielded without its parts, and so refused by whoever reads it. Raises
    DocumentUnreadable for what is no JSON.
    """
    content = read_container(document, source)
    yield from _found(content, "", names, 0)


def _found(node: object, parent: str, names: frozenset[str], depth: int) -> Iterator[Element]:
    if isinstance(node, list):
        for part in node:
            yield from _found(part, parent, names, depth + 1)
    elif isinstance(node, Mapping) and depth <= _DEEPEST:
        for key, value in node.items():
            name = _named(key)
            if name in names:
                above = etree.Element(parent or "Siri")
                for one in value if isinstance(value, list) else [value]:
                    yield _element(above, name, one)
            if name and not name.endswith(_RECORD):
                yield from _found(value, name, names, depth + 1)


def _element(above: Element, name: str, value: object) -> Element:
    element = etree.SubElement(above, name)
    if not name.endswith(_RECORD):
        element.text = _text(value.get("value") if isinstance(value, Mapping) else value)
        return element
    try:
        _fill(element, value, 0, [_MAX_PARTS])
    except InvalidRecord:
        element.clear()
    return element


def _fill(element: Element, value: object, depth: int, budget: list[int]) -> None:
    budget[0] -= 1
    if depth > _DEEPEST or budget[0] < 0:
        raise InvalidRecord("a situation is nested too deep, or has too many parts")
    if isinstance(value, Mapping) and "value" not in value:
        for key, part in value.items():
            name = _named(key)
            for one in (part if isinstance(part, list) else [part]) if name else ():
                _fill(etree.SubElement(element, name), one, depth + 1, budget)
        return
    if isinstance(value, Mapping):
        spoken = value.get("lang")
        if isinstance(spoken, str):
            element.set(_LANGUAGE, _NOT_XML.sub("", spoken[:20]))
        value = value["value"]
    element.text = _text(value)


def _text(value: object) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    return _NOT_XML.sub(" ", str(value)) if isinstance(value, str | int | float) else None


def _named(key: str) -> str:
    return key[0].upper() + key[1:] if _NAME.fullmatch(key) else ""
