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
        self._press = press or Press()
        self._kept: OrderedDict[Key, bytes] = OrderedDict()
        self._printing: dict[Key, asyncio.Task[bytes]] = {}

    def close(self) -> None:
        """End what is being printed."""
        self._press.close()

    def key(self, *parts: object) -> Key:
        """Return the key of a report of now: what it is asked, the number of the last change, the minute."""
        head = readers.last_head(self.house.database, viewer=EVERYTHING)
        return (*parts, head.seq, head.mark, self.house.clock().replace(second=0, microsecond=0))

    def is_kept(self, key: Key) -> bool:
        """Tell whether a report was printed already."""
        return key in self._kept

    async def printed(self, key: Key, write: Callable[[], Document], words: Words) -> bytes:
        """Return a report as PDF, printed now when it is not kept; raise Problem 503 when it cannot be."""
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        if key not in self._printing:
            task = self._printing[key] = asyncio.create_task(self._print_once(key, write, words))
            task.add_done_callback(lambda _: self._printing.pop(key, None))
        return await asyncio.shield(self._printing[key])  # whoever leaves, others wait for the same

    async def _print_once(self, key: Key, write: Callable[[], Document], words: Words) -> bytes:
        made = self._kept[key] = await self.print(await asyncio.to_thread(write), words)
        while len(self._kept) > MOST_KEPT or sum(map(len, self._kept.values())) > MOST_BYTES:
            self._kept.popitem(last=False)
        return made

    async def print(self, document: Document, words: Words) -> bytes:
        """Return a document as PDF; raise Problem 503 when it cannot be printed."""
        return await self._press.print(document.html, self._sheets(document, words))

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
