"""The options of a source as its adapter understands them: unknown names and wrong types stop the start, with a sentence."""

from __future__ import annotations

from collections.abc import Mapping

from datasources.contract import Source
from events.errors import ConfigurationError
from events.taxonomy import UNKNOWN_CATEGORY, categories


def check_options(source: Source, allowed: frozenset[str]) -> None:
    """Raise ConfigurationError when the source has an option that its adapter does not know."""
    check_keys(source.options, allowed, f"source {source.id!r}, options")


def check_keys(table: Mapping[str, object], allowed: frozenset[str], where: str) -> None:
    """Raise ConfigurationError naming the first key of a table that is not allowed; `where` is the table's place."""
    unknown = sorted(set(table) - allowed)
    if unknown:
        raise ConfigurationError(f"{where}: {unknown[0]!r} is not known; allowed: {', '.join(sorted(allowed))}")


def is_set(source: Source, name: str) -> bool:
    """Return an option that is true or false, false when it is not there; raise ConfigurationError for another value."""
    value = source.options.get(name, False)
    if not isinstance(value, bool):
        raise ConfigurationError(f"source {source.id!r}, options.{name}: true or false is allowed")
    return value


def text_option(source: Source, key: str, default: str) -> str:
    """Return an option that is a text; raise ConfigurationError for another value."""
    value = source.options.get(key, default)
    if not isinstance(value, str):
        raise ConfigurationError(f"source {source.id!r}, options.{key}: a text is needed")
    return value


def choice(source: Source, key: str, allowed: tuple[str, ...]) -> str | None:
    """Return an option that is one of some words, None when it is not there; raise ConfigurationError for another value."""
    value = source.options.get(key)
    if value is not None and value not in allowed:
        words = ", ".join(map(repr, allowed))
        raise ConfigurationError(f"source {source.id!r}, options.{key}: found {value!r}; allowed: {words}")
    return value if isinstance(value, str) else None


def usual_category(source: Source) -> str:
    """Return the option `category`, for records that no table of codes knows; the unknown one when it is not there."""
    usual = source.options.get("category", UNKNOWN_CATEGORY)
    if not isinstance(usual, str) or usual not in categories():
        raise ConfigurationError(f"source {source.id!r}, options.category: allowed: {', '.join(sorted(categories()))}")
    return usual
