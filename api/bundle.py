"""Scripts and style sheets joined into one file where they come together: six questions of the browser instead of fifty."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from flask import Flask, Response


@dataclass(frozen=True, slots=True)
class Bundle:
    """The files of one kind in their order; `named` finds the tags by which a page would name each of them."""

    name: str
    body: bytes
    media_type: str
    tag: str
    named: re.Pattern[str]

    @property
    def address(self) -> str:
        """Where the file is served; it changes with the content, so that browsers may keep it for ever."""
        return f"/assets/{self.name}?m={hashlib.sha256(self.body).hexdigest()[:16]}"

    def put_in(self, tags: str) -> str:
        """Return a page's tags with one for the whole, in the place of the first of its parts."""
        first = self.named.search(tags)
        if first is None:
            return tags
        others = self.named.sub("", tags[first.end() :])
        return tags[: first.start()] + self.written + "\n" + others

    @property
    def written(self) -> str:
        """The tag that names it."""
        return self.tag.format(path=self.address)

    def serve(self, server: Flask) -> None:
        """Answer the address."""
        server.add_url_rule(
            f"/assets/{self.name}",
            self.name,
            lambda: Response(self.body, content_type=f"{self.media_type}; charset=utf-8"),
        )


_ADDRESS = re.compile(r'src="([^"]+)"')
_SOURCE_MAP = re.compile(rb"^//# sourceMappingURL=.*$", re.MULTILINE)


def join_tagged(name: str, tags: str, named: re.Pattern[str], read: Callable[[str], bytes]) -> Bundle:
    """Return the scripts that these tags name, in their order; `read` gives the content of an address."""
    addresses = _ADDRESS.findall("".join(named.findall(tags)))
    body = b"\n;\n".join(_SOURCE_MAP.sub(b"", read(address)) for address in addresses)
    return Bundle(name, body, "text/javascript", '<script src="{path}"></script>', named)


def join_scripts(name: str, files: Iterable[Path]) -> Bundle:
    """Return these scripts in the given order, each under its name."""
    # A script is a function called on the spot: a semicolon keeps it apart from the one before.
    body = b"\n".join(b";// " + path.name.encode() + b"\n" + path.read_bytes() for path in files)
    named = re.compile(r'<script src="/assets/ob-[^"]*"></script>\s*')
    return Bundle(name, body, "text/javascript", '<script src="{path}"></script>', named)


def join_styles(assets: Path) -> Bundle:
    """Return the style sheets in alphabetical order; they name their fonts relative to the same folder."""
    body = b"\n".join(path.read_bytes() for path in sorted(assets.glob("*.css")))
    named = re.compile(r'<link rel="stylesheet" href="/assets/[^"]*\.css[^"]*">\s*')
    return Bundle("ob.css", body, "text/css", '<link rel="stylesheet" href="{path}">', named)
