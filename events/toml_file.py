"""A TOML file that a city writes: read whole, or refused with the file and the key that is wrong."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from events.errors import ConfigurationError

Identifier = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
Language = Literal["fr", "en"]


class Table(BaseModel):
    """A table of such a file: unknown keys are errors, what was read does not change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def read_toml(path: Path, hint: str) -> dict[str, Any]:
    """Return what a file holds; raise ConfigurationError, with `hint` when it cannot be read at all."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read ({error.strerror}); {hint}") from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigurationError(f"{path}: not valid TOML in UTF-8: {error}") from None


def problems(error: ValidationError) -> str:
    """Return what is wrong, key after key, as one sentence for whoever wrote the file."""
    lines = []
    for detail in error.errors(include_url=False, include_context=False):
        key = ".".join(str(part) for part in detail["loc"])
        if detail["type"] == "extra_forbidden":
            lines.append(f"the key {key!r} is not known")
        elif detail["type"] == "missing":
            lines.append(f"the key {key!r} is missing")
        else:
            shown = repr(detail["input"])[:80]
            lines.append(f"{key} is {shown}; allowed: {detail['msg'].removeprefix('Value error, ')}")
    return "; ".join(lines)
