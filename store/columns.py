"""Column types: moments in UTC, text that passed the gate, snapshots; and what every column says of itself."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import Boolean, Column, DateTime, Float, Integer, LargeBinary, String, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from events.errors import InvalidRecord
from store.admitted import Cleared
from store.developed import Developed
from store.frozen import Snapshot
from store.printed import Printed

# An absent end means open-ended, not over: in indexed columns it is the last moment there is.
FAR = datetime(9999, 12, 31, tzinfo=UTC)
# What a closed vocabulary, a configuration or a hash can hold and a sentence cannot. Nine figures in a row of words
# could be a person's number, so only an identifier of ours (UUID) and a hash have more.
_CODE = re.compile(r"(?!.*//)[A-Za-z0-9][A-Za-z0-9_.:/%,+-]*")
_OURS = re.compile(r"[0-9a-f]{64}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_MAX_DIGITS = 8
_SEALED = re.compile(r"\$argon2id\$[!-~]{20,300}|gAAAA[A-Za-z0-9_-]{50,500}={0,2}")
_WORDS = re.compile(r"[,:]")
_REMEMBERED = 8192  # a batch writes the same moments into many rows and columns


def until_of(end: datetime | None) -> datetime:
    """Return what an indexed `until` column holds for an end."""
    return FAR if end is None else end


def end_of(until: datetime) -> datetime | None:
    """Return the end that an indexed `until` column stands for."""
    return None if until >= FAR else until


if TYPE_CHECKING:
    _MomentType = TypeDecorator[datetime]
    _TextType = TypeDecorator[str]
    _TextsType = TypeDecorator[tuple[str, ...]]
    _SnapshotType = TypeDecorator[Snapshot]
    _PixelsType = TypeDecorator[Developed]
    _PrintedType = TypeDecorator[Printed]
else:
    _MomentType = _TextType = _TextsType = _SnapshotType = _PixelsType = _PrintedType = TypeDecorator


class Moment(_MomentType):
    """An aware time; SQLite keeps no zone, so it is written and read as UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise InvalidRecord("a time without a zone cannot be kept")
        moment = value if value.tzinfo is UTC else value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def bind_processor(self, dialect: Dialect) -> Any:
        # Every row written has some ten moments: on SQLite they become text in one step.
        return _sqlite_text if dialect.name == "sqlite" else super().bind_processor(dialect)

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        return _from_sqlite if dialect.name == "sqlite" else super().result_processor(dialect, coltype)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy names it
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


@lru_cache(maxsize=_REMEMBERED)
def _sqlite_text(value: datetime | None) -> str | None:
    """Return a moment as SQLAlchemy keeps it on SQLite: UTC, without zone, to the microsecond."""
    if value is None:
        return None
    if value.tzinfo is None:
        raise InvalidRecord("a time without a zone cannot be kept")
    return (value if value.tzinfo is UTC else value.astimezone(UTC)).isoformat(" ", "microseconds")[:26]


def _from_sqlite(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text + "+00:00")


class Code(_TextType):
    """A word of a closed vocabulary, an identifier of ours or a hash; any text that did not pass the gate is refused."""

    impl = Text
    cache_ok = True

    def __init__(self, length: int | None = None) -> None:
        super().__init__()
        self.length = length

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        return dialect.type_descriptor(Text() if self.length is None else String(self.length))

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy names it
        return _coded(value)

    def bind_processor(self, dialect: Dialect) -> Any:  # noqa: ARG002 - SQLAlchemy names it
        # Every row written has some twenty codes, too.
        return _coded

    def coerce_compared_value(self, op: Any, value: Any) -> Any:  # noqa: ARG002 - SQLAlchemy names them
        return String()


def _coded(value: str | None) -> str | None:
    if isinstance(value, Cleared):
        return str.__str__(value)
    if value is None or is_code(value):
        return value
    raise InvalidRecord("a value is neither a short code nor a text that passed the privacy gate; it was not kept")


@lru_cache(maxsize=_REMEMBERED)
def is_code(value: str) -> bool:
    """Tell whether a text is a word of a closed vocabulary, an identifier of ours or a hash."""
    if _OURS.fullmatch(value):
        return True
    if not _CODE.fullmatch(value):
        return value == ""
    return all(sum(map(str.isdigit, word)) <= _MAX_DIGITS for word in _WORDS.split(value))


class ClearedText(_TextType):
    """Text that passed the privacy gate; any other string is refused, by the column's name, never by its value."""

    impl = Text
    cache_ok = True

    def __init__(self, column: str) -> None:
        super().__init__()
        self.column = column

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy names it
        if value is None:
            return None
        if not isinstance(value, Cleared):
            raise InvalidRecord(f"the text for {self.column} did not pass the privacy gate; it was not kept")
        return str.__str__(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy names it
        return None if value is None else Cleared(value)

    def coerce_compared_value(self, op: Any, value: Any) -> Any:  # noqa: ARG002 - SQLAlchemy names them
        # A question quotes no partner: what is compared with the column is an ordinary text.
        return String()


class ClearedTexts(_TextsType):
    """A list of texts that passed the privacy gate, as JSON."""

    impl = Text
    cache_ok = True

    def __init__(self, column: str) -> None:
        super().__init__()
        self.column = column

    def process_bind_param(self, value: Sequence[str] | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy names it
        if value is None:
            return None
        if isinstance(value, str) or not all(isinstance(text, Cleared) for text in value):
            raise InvalidRecord(f"a text for {self.column} did not pass the privacy gate; none was kept")
        return orjson.dumps([str.__str__(text) for text in value]).decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[str, ...] | None:  # noqa: ARG002 - SQLAlchemy names it
        return None if value is None else tuple(Cleared(text) for text in orjson.loads(value))


class SnapshotText(_SnapshotType):
    """A record as canonical JSON, made by `store.frozen.freeze` only; its hash is that of the text as kept."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Snapshot | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy names it
        if value is None:
            return None
        if not isinstance(value, Snapshot):
            raise InvalidRecord("only a snapshot whose texts passed the privacy gate can be kept")
        return value.text

    def process_result_value(self, value: str | None, dialect: Dialect) -> Snapshot | None:  # noqa: ARG002 - SQLAlchemy names it
        return None if value is None else Snapshot(value)


class MaskedPixels(_PixelsType):
    """A picture or a clip that left the media gate; any other bytes are refused."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: Developed | None, dialect: Dialect) -> bytes | None:  # noqa: ARG002 - SQLAlchemy names it
        if value is None:
            return None
        if not isinstance(value, Developed):
            raise InvalidRecord("a picture did not pass the media gate; it was not kept")
        return bytes(value)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> Developed | None:  # noqa: ARG002 - SQLAlchemy names it
        return None if value is None else Developed(value)


class PrintedDocument(_PrintedType):
    """A report that the desk printed from records that passed the gate; any other bytes are refused."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: Printed | None, dialect: Dialect) -> bytes | None:  # noqa: ARG002 - SQLAlchemy names it
        if value is None:
            return None
        if not isinstance(value, Printed):
            raise InvalidRecord("a document was not printed by the desk of reports; it was not kept")
        return bytes(value)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> Printed | None:  # noqa: ARG002 - SQLAlchemy names it
        return None if value is None else Printed(value)


class Sealed(_TextType):
    """What nobody can read back: an argon2 hash, or a value encrypted with the installation's key; nothing else."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy names it
        if value is None or _SEALED.fullmatch(value):
            return value
        raise InvalidRecord("a secret was about to be kept unsealed; it was not kept")


# What a column of each type holds; the first that fits.
_CONTENT: tuple[tuple[type[Any], str], ...] = (
    (Moment, "moment"),
    (ClearedText, "cleared text"),
    (ClearedTexts, "cleared texts"),
    (SnapshotText, "cleared record"),
    (MaskedPixels, "masked picture"),
    (PrintedDocument, "printed report"),
    (Code, "code"),
    (Sealed, "sealed secret"),
    (Boolean, "flag"),
    (Integer, "number"),
    (Float, "number"),
)


def described(
    name: str, kind: Any, *args: Any, purpose: str, retention: str, personal: str = "none", **options: Any
) -> Column[Any]:
    """Return a column that says what it holds, what it is for, how long it is kept and whether it may hold a person."""
    options.setdefault("nullable", False)
    info = {"content": content_of(kind), "personal": personal, "purpose": purpose, "retention": retention}
    return Column(name, kind, *args, info=info, **options)


def content_of(kind: Any) -> str:
    """Return what a column of a type holds; empty for a type that lets any text in."""
    for known, content in _CONTENT:
        if isinstance(kind, known) or (isinstance(kind, type) and issubclass(kind, known)):
            return content
    return ""
