"""Reports as their readers get them: each printed once for all who may see the same, while the data are the same."""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import orjson

from api.analysis import Analysed
from api.files import Files
from api.house import EVERYTHING, House
from api.reports.head import is_demo
from api.reports.press import Press
from components.district_map import sheet
from components.ground import BaseMap
from components.texts import Words
from store import readers

MOST_KEPT, MOST_BYTES = 24, 32 * 2**20
WRITERS = 2  # at once: the other threads are for who asks for the rest
Key = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """What is to be printed: the page, and whether it lies on its side."""

    html: str
    is_wide: bool = False


class Reports:
    """The reports of one city; a key says everything that tells one report from another."""

    def __init__(self, house: House, base: BaseMap, press: Press | None = None) -> None:
        self.house = house
        self.base = base
        self.districts = sheet(house.city)
        self.analysed = Analysed(house)
        self.press = press or Press()
        self._kept: OrderedDict[Key, bytes] = OrderedDict()
        self._making: dict[Key, asyncio.Task[bytes]] = {}
        self._writers = asyncio.Semaphore(WRITERS)

    def close(self) -> None:
        """End what is being printed."""
        self.press.close()

    def key(self, *parts: object) -> Key:
        """Return the key of a report of now: what it is asked, the number of the last change, the minute."""
        head = readers.last_head(self.house.database, viewer=EVERYTHING)
        return (*parts, head.seq, head.mark, self.house.clock().replace(second=0, microsecond=0))

    def is_kept(self, key: Key) -> bool:
        """Tell whether a report was printed already."""
        return key in self._kept

    async def made(self, key: Key, write: Callable[[], Document | str], words: Words) -> bytes:
        """Return a report as PDF, or a drawing as it is written, made now when it is not kept; raise Problem 503 when it cannot be."""
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        if key not in self._making:
            task = self._making[key] = asyncio.create_task(self._make(key, write, words))
            task.add_done_callback(lambda _: self._making.pop(key, None))
        return await asyncio.shield(self._making[key])  # whoever leaves, others wait for the same

    async def _make(self, key: Key, write: Callable[[], Document | str], words: Words) -> bytes:
        async with self._writers:
            written = await asyncio.to_thread(write)
        made = written.encode() if isinstance(written, str) else await self.print(written, words)
        self._kept[key] = made
        while len(self._kept) > MOST_KEPT or sum(map(len, self._kept.values())) > MOST_BYTES:
            self._kept.popitem(last=False)
        return made

    async def print(self, document: Document, words: Words) -> bytes:
        """Return a document as PDF; raise Problem 503 when it cannot be printed."""
        return await self.press.print(document.html, self._sheets(document, words))

    def _sheets(self, document: Document, words: Words) -> Sequence[str]:
        style = files("components.templates").joinpath("report.css").read_text(encoding="utf-8")
        strip = words("demo.strip") if is_demo(self.house) else ""
        told = {
            "{orientation}": "landscape" if document.is_wide else "portrait", "{strip}": strip,
            "{foot}": f"{words('app.name')} · {self.house.said.name}", "{page}": words("paper.page"), "{of}": words("paper.of"),
        }  # fmt: skip
        for place, text in told.items():
            style = style.replace(place, text.replace("\\", "").replace('"', "”").replace("\n", " "))
        return [style]


def tag_of(key: Key) -> str:
    """Return the entity tag of a report."""
    return f'"{hashlib.blake2b(repr(key).encode(), digest_size=12).hexdigest()}"'


def base_map(house: House, served: Files) -> BaseMap:
    """Return the city's own base map, from the files that browsers get."""

    def read(name: str) -> dict[str, Any]:
        return orjson.loads(served.bodies[served.city[name]].plain) if name in served.city else {}

    told = {name: read(name) for name in ("districts", "axes", "land", "communes")}
    theirs = [str((one.get("metadata") or {}).get("attribution") or "") for one in told.values()]
    return BaseMap(
        city=house.city, land=told["land"].get("features", ()), communes=told["communes"].get("features", ()),
        landmarks=house.landmarks, credits=tuple(dict.fromkeys(one for one in theirs if one)),
    )  # fmt: skip
