"""XML written piece by piece: an element around others that are never all in memory."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Protocol, cast

from lxml import etree
from lxml.builder import ElementMaker  # type: ignore[import-not-found] # its stubs leave it out

from datasources.readers.xml import Element

__all__ = ["Element", "Maker", "document", "maker", "wrapped"]

# What no XML document can hold: a single one would make the whole file unreadable.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


class Maker(Protocol):
    """Makes elements: `make.name(attributes, *texts and elements)`, or `make(name, ...)` for a name of Python's."""

    def __call__(self, name: str, /, *parts: object, **attributes: str) -> Element:
        """Return an element of this name."""

    def __getattr__(self, name: str) -> Callable[..., Element]:
        """Return what makes elements of this name."""


def maker(namespace: str | None = None, spaces: Mapping[str | None, str] | None = None) -> Maker:
    """Return what makes elements of a namespace; texts lose the characters that XML has no way to write."""
    made = ElementMaker(namespace=namespace, nsmap=dict(spaces) if spaces else None, typemap={str: _add_text})
    return cast("Maker", made)


def _add_text(element: Element, text: str) -> None:
    element.text = (element.text or "") + _UNWRITABLE.sub("", text)


def wrapped(outer: Element, inner: Iterable[Element], into: str | None = None) -> Iterator[bytes]:
    """Yield `outer` as a document with further elements at its end, or at the end of its descendant `into` ({space}name)."""
    place = outer if into is None else outer.find(f".//{into}")
    assert place is not None
    here = etree.ProcessingInstruction("here")
    place.append(here)
    whole = etree.tostring(outer, xml_declaration=True, encoding="UTF-8")
    before, _, after = whole.partition(etree.tostring(here))
    yield before
    for element in inner:
        yield b"\n" + etree.tostring(element, encoding="UTF-8")
    yield b"\n" + after + b"\n"


def document(element: Element) -> bytes:
    """Return one element as a document."""
    return etree.tostring(element, xml_declaration=True, encoding="UTF-8", pretty_print=True)
