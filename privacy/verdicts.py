"""The verdicts of the gate on the sentences of a file, for whoever wants to see what it does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from events.errors import ConfigurationError
from privacy.gazetteer import Gazetteer
from privacy.text import scan

LINE_BYTES = 2**20


def verdicts(path: Path, gazetteer: Gazetteer) -> Iterator[str]:
    """Yield one JSON line for each line `{"text": ...}`: verdict and spans; raise ConfigurationError for another."""
    for number, line in enumerate(_lines(path), start=1):
        try:
            told = json.loads(line)
            text = told["text"] if isinstance(told, dict) else None
        except (ValueError, KeyError, RecursionError):
            text = None
        if not isinstance(text, str):
            # The line itself is not repeated: what cannot be read may still be personal.
            raise ConfigurationError(f'{path}, line {number}: not an object with a text, like {{"text": "..."}}')
        verdict = scan(text, gazetteer)
        spans = [{"start": span.start, "end": span.end, "type": span.type.value} for span in verdict.spans]
        yield json.dumps({"verdict": verdict.kind, "spans": spans}, ensure_ascii=False)


def _lines(path: Path) -> Iterator[str]:
    try:
        with path.open("rb") as stream:
            while line := stream.readline(LINE_BYTES):
                if line.strip():
                    yield line.decode("utf-8")
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise ConfigurationError(f"{path} is not UTF-8") from None
