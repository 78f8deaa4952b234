"""Files that never change under their address: the city's figures and the catalogue of texts."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from api.answers import GEOJSON, IMMUTABLE, JSON, Packed, Problem, encode, pack, packed_answer
from components.boot import LANGUAGES
from components.texts import Texts
from events import taxonomy
from events.errors import ConfigurationError


@dataclass(frozen=True)
class Files:
    """Bodies by address, and the addresses by name."""

    bodies: Mapping[str, Packed]
    city: Mapping[str, str]
    texts: Mapping[str, str]

    def answer(self, request: Request) -> Response:
        """Answer with the file, kept by browsers for ever; 404 names no path."""
        packed = self.bodies.get(request.url.path)
        if packed is None:
            raise Problem(404, "there is no such file; the page names the present ones")
        return packed_answer(request, packed, cache=IMMUTABLE)


def read_files(folder: Path, names: Mapping[str, str], texts: Texts) -> Files:
    """Read and compress the city's files and the texts of every language; raise ConfigurationError for a missing one."""
    bodies: dict[str, Packed] = {}
    city: dict[str, str] = {}
    for name, file_name in names.items():
        try:
            body = (folder / file_name).read_bytes()
        except OSError as error:
            raise ConfigurationError(
                f"{folder / file_name} cannot be read ({error.strerror}); city.toml names it"
            ) from None
        city[name] = f"/city/{_short(body)}/{name}"
        bodies[city[name]] = pack(body, GEOJSON, forever=True)
    addresses: dict[str, str] = {}
    for lang in LANGUAGES:
        body = encode({**texts.flat(lang), "_taxonomy": taxonomy.document()})
        addresses[lang] = f"/texts/{lang}-{_short(body)}.json"
        bodies[addresses[lang]] = pack(body, JSON, forever=True)
    return Files(bodies, city, addresses)


def _short(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()[:16]
