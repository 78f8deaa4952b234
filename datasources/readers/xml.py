"""XML read as a stream and matched by local name: no entities, no DOCTYPE, no network.

Namespaces differ between publishers, and inside one document of the same publisher (FEEDS 1): they are ignored.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import BinaryIO, Generic, TypeVar

from lxml import etree

from events.errors import DocumentUnreadable

T = TypeVar("T")
Element = etree._Element  # noqa: SLF001 - lxml gives its only element class this name

XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
LANGUAGES = ("fr", "en")
_EXTENDED = "_extended"  # what a v3 document writes where an extension of its own list says the rest
_PROLOGUE = 4096
_MAX_NAMES = 4096  # a document of ever new names must not fill the memory
_MAX_BETWEEN = 300_000  # tags and attributes from one wanted element to the next: what nobody reads stays in memory
_ENCODING_ERRORS = frozenset(
    {
        etree.ErrorTypes.ERR_INVALID_CHAR,
        etree.ErrorTypes.ERR_INVALID_ENCODING,
        etree.ErrorTypes.ERR_UNKNOWN_ENCODING,
        etree.ErrorTypes.ERR_UNSUPPORTED_ENCODING,
    }
)


class EncodingMismatch(DocumentUnreadable):
    """The bytes are not in the encoding the document declares; another one may be tried."""


class _LocalNames(dict[object, str]):
    """Local names by tag, found once: a document asks for the same few hundred millions of times."""

    def __missing__(self, tag: object) -> str:
        name = tag.rpartition("}")[2] if isinstance(tag, str) else ""
        if len(self) < _MAX_NAMES:
            self[tag] = name
        return name


_NAMES = _LocalNames()


class ByTag(dict[object, T], Generic[T]):
    """What to do with an element, by its local name; decided once for each tag, not again for each element."""

    def __init__(self, named: Mapping[str, T], otherwise: Callable[[str], T]) -> None:
        super().__init__()
        self._named = named
        self._otherwise = otherwise

    def __missing__(self, tag: object) -> T:
        name = _NAMES[tag]
        found = self._named[name] if name in self._named else self._otherwise(name)
        if len(self) < _MAX_NAMES:
            self[tag] = found
        return found


def local(element: Element) -> str:
    """Return the element's name without its namespace; empty for what is no element."""
    return _NAMES[element.tag]


def xsi_type(element: Element) -> str:
    """Return the local name in `xsi:type`, whatever its prefix; empty without one."""
    return (element.get(XSI_TYPE) or "").rpartition(":")[2].strip()


def text_of(element: Element) -> str:
    """Return the element's own text, stripped; the code of a DATEX II v3 extended value when it has one."""
    text = element.text
    # The rest is asked only where it can be: this runs for every leaf of every document.
    if text and (text := text.strip()) and text != _EXTENDED:
        return text
    return element.get("_extendedValue") or text or ""


def is_true(element: Element) -> bool:
    """Tell whether an xs:boolean element is true."""
    return text_of(element).lower() in ("true", "1")


def chosen(element: Element) -> tuple[str, str | None]:
    """Return text and language of a multilingual element: French, then English, then the first that is not empty."""
    if not len(element):
        return text_of(element), None
    values = [
        ((value.get("lang") or "").strip().lower()[:2], text)
        for value in element.iter("{*}value")
        if (text := (value.text or "").strip())
    ]
    if not values:
        return text_of(element), None
    if len(values) == 1:
        return values[0][1], values[0][0] or None
    for language in LANGUAGES:
        for spoken, text in values:
            if spoken == language:
                return text, language
    first = values[0][0]
    same = [text for spoken, text in values if spoken == first]
    return " ".join(same) if not first else same[0], first or None


def stream_elements(
    open_stream: Callable[[], BinaryIO],
    names: Sequence[str],
    source_id: str,
    encoding: str | None = None,
    *,
    events: tuple[str, ...] = ("start", "end"),
) -> Iterator[tuple[str, Element]]:
    """Yield ("start" | "end", element) for the elements of these local names, as the document is read.

    Only the `events` asked for are yielded, and ("root", element) when the document is over.
    The caller empties what it has used. Raises DocumentUnreadable for a DOCTYPE and for what is not well-formed, and
    EncodingMismatch when the bytes contradict the declared encoding.
    """
    with open_stream() as stream:
        _refuse_doctype(stream.read(_PROLOGUE), source_id)
    with open_stream() as stream:
        rationed = _Rationed(stream, source_id)
        parser = etree.iterparse(
            rationed,
            events=events,
            tag=[f"{{*}}{name}" for name in names],
            encoding=encoding,
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            dtd_validation=False,
            attribute_defaults=False,
            remove_comments=True,
            remove_pis=True,
            huge_tree=False,
        )
        is_checked = False
        try:
            for event, element in parser:
                if not is_checked:
                    _refuse_tree(element, source_id)
                    is_checked = True
                rationed.is_wanted = True
                yield event, element
        except etree.XMLSyntaxError as error:
            raise _unreadable(error, source_id) from error
        except LookupError as error:  # an encoding name that no one knows
            raise EncodingMismatch(source_id, "the document declares an encoding that does not exist") from error
        root = parser.root
        if root is not None:
            _refuse_tree(root, source_id)
            yield "root", root


class _Rationed:
    """A document whose tags and attributes are counted while nothing wanted comes of it.

    Raises DocumentUnreadable beyond the ration. The piece in which something wanted came is small and not counted.
    """

    def __init__(self, stream: BinaryIO, source_id: str) -> None:
        self.is_wanted = False
        self._seen = 0
        self._stream = stream
        self._source_id = source_id

    def read(self, size: int = -1) -> bytes:
        piece = self._stream.read(size)
        if self.is_wanted:
            self.is_wanted, self._seen = False, 0
            return piece
        self._seen += piece.count(b"<") + piece.count(b"=")
        if self._seen > _MAX_BETWEEN:
            raise DocumentUnreadable(
                self._source_id,
                f"it holds more than {_MAX_BETWEEN} tags in a row that no record is made of; what was kept stays",
            )
        return piece


def in_any_encoding(read: Callable[[str | None], T]) -> T:
    """Return what `read` makes of a document in the first encoding its bytes are in; raise DocumentUnreadable when in none."""
    # The declaration first; publishers who contradict it write UTF-8 or Windows' own table.
    for encoding in (None, "utf-8", "cp1252"):
        try:
            return read(encoding)
        except EncodingMismatch as error:
            problem = error
    raise DocumentUnreadable(problem.source_id, problem.message) from problem


def empty(element: Element) -> None:
    """Free an element that was read, and everything before it under the same parent."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def _refuse_tree(element: Element, source_id: str) -> None:
    if element.getroottree().docinfo.doctype:  # type: ignore[attr-defined]
        raise DocumentUnreadable(source_id, _DOCTYPE)


def _refuse_doctype(prologue: bytes, source_id: str) -> None:
    # Bytes of UTF-16 and UTF-32 become readable once their zeros are gone.
    head = prologue.replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    if not head:
        raise DocumentUnreadable(source_id, "the document is empty; what was kept before stays")
    if b"<!doctype" in head or b"<!entity" in head:
        raise DocumentUnreadable(source_id, _DOCTYPE)


def _unreadable(error: etree.XMLSyntaxError, source_id: str) -> DocumentUnreadable:
    line, column = error.position
    where = f"line {line}, column {column}"
    if error.code in _ENCODING_ERRORS:  # type: ignore[attr-defined]
        return EncodingMismatch(source_id, f"the bytes are not in the declared encoding ({where})")
    return DocumentUnreadable(
        source_id, f"not well-formed XML ({where}): cut short, or not a feed; what was kept before stays"
    )


_DOCTYPE = (
    "the document declares a DOCTYPE, which is refused: it is a web page or may expand entities; what was kept stays"
)
