"""Hostile documents: whole ones of every format, and a partner's good one with one value, or all, turned hostile."""

from __future__ import annotations

import io
import json
import random
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial


@dataclass(frozen=True, slots=True)
class Hostile:
    """A document made when it is its turn; `must_refuse`: nothing of it may be read."""

    name: str
    make: Callable[[], bytes]
    must_refuse: bool = True


ENTITIES = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(9))
XML = b'<?xml version="1.0" encoding="UTF-8"?>'
MOST_LISTS = 3
SIZE = 3_000_000  # bytes of a document whose every value is hostile
NUMBERS = b"[" + b"1," * 4_000_000 + b"1]"


def whole(must_refuse: bool = True) -> Iterator[Hostile]:
    """Yield documents that no partner means, whatever the format of the source."""
    bodies: dict[str, Callable[[], bytes]] = {
        "xml: 3 million empty tags": lambda: XML + b"<r>" + b"<a/>" * 3_000_000 + b"</r>",
        "xml: billion laughs": f'<!DOCTYPE r [<!ENTITY l0 "lol">{ENTITIES}]><r>&l9;</r>'.encode,
        "xml: quadratic growth": lambda: b'<!DOCTYPE r [<!ENTITY a "' + b"a" * 100_000 + b'">]><r>' + b"&a;" * 100_000 + b"</r>",
        "xml: external entity": lambda: b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><r>&x;</r>',
        "xml: external entity far away": lambda: b"<!--" + b"a" * 10_000 + b'--><!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><r>&x;</r>',
        "xml: external subset": lambda: b'<!DOCTYPE r SYSTEM "http://127.0.0.1:9/x.dtd"><r/>',
        "xml: internal entity": lambda: b'<!DOCTYPE r [<!ENTITY a "b">]><r>&a;</r>',
        "xml: parameter entity": lambda: b'<!DOCTYPE r [<!ENTITY % p SYSTEM "file:///etc/passwd">%p;]><r/>',
        "xml: included file": lambda: b'<r xmlns:x="http://www.w3.org/2001/XInclude"><x:include href="file:///etc/passwd" parse="text"/></r>',
        "xml: 100,000 deep": lambda: b"<a>" * 100_000 + b"</a>" * 100_000,
        "xml: 60 MB of text": lambda: b"<r>" + b"a" * 60_000_000 + b"</r>",
        "xml: attribute of 20 MB": lambda: b'<r a="' + b"a" * 20_000_000 + b'"/>',
        "xml: 200,000 attributes": lambda: b"<r " + b" ".join(b'a%d="1"' % n for n in range(200_000)) + b"/>",
        "xml: 100,000 namespaces": lambda: b"<r>" + b"".join(b'<x:a xmlns:x="u:%d"/>' % n for n in range(100_000)) + b"</r>",
        "xml: comments and instructions": lambda: b"<r>" + b"<!--a--><?b c?>" * 300_000 + b"</r>",
        "xml: UTF-7": lambda: b'<?xml version="1.0" encoding="UTF-7"?>+ADwAcgA+ADwALwByAD4-',
        "xml: UTF-16 with a type": lambda: '<!DOCTYPE r [<!ENTITY a "b">]><r>&a;</r>'.encode("utf-16"),
        "json: 100,000 deep lists": lambda: b"[" * 100_000 + b"]" * 100_000,
        "json: 100,000 deep objects": lambda: b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
        "json: NaN": lambda: b'{"features":[{"id":NaN}]}',
        "json: infinity": lambda: b'{"features":[{"id":1e999}]}',
        "json: number of 5,000 digits": lambda: b'{"features":[{"id":' + b"9" * 5000 + b"}]}",
        "json: key twice, then nothing": lambda: b'{"features":[{"id":1}],"features":',
        "json: lone surrogate": lambda: rb'{"features":[{"id":"\ud800"}]}',
        "json: 8 MB of numbers": lambda: NUMBERS,
        "json: 200,000 objects of nothing": lambda: b"[" + b"{}," * 200_000 + b"{}]",
        "csv: one cell that never ends": lambda: b'a;b\n"' + b"x" * 5_000_000,
        "csv: 100,000 columns": lambda: b";".join(b"c%d" % n for n in range(100_000)) + b"\n1\n",
        "csv: 3 million empty lines": lambda: b"a;b\n" + b"\n" * 3_000_000,
        "csv: 25 MB of wide letters": lambda: b"a;b\n" + ("🚧" * 1000 + ";1\n").encode() * 6000,
        "csv: NUL": lambda: b"a;b\n\x00;\x00\n",
        "zip: a bomb": lambda: zipped({"stops.txt": b"0" * 30_000_000, "routes.txt": b"0"}),
        "zip: members that climb out": lambda: zipped({"../../stops.txt": b"a,b\n", "/etc/passwd": b"a,b\n"}),
        "zip: 20,000 members": lambda: zipped({f"{n}.txt": b"" for n in range(20_000)}),
        "bytes: nothing": lambda: b"",
        "bytes: zeros": lambda: b"\x00" * 1_000_000,
        "bytes: marks only": lambda: b"\xef\xbb\xbf\xff\xfe",
        "bytes: noise": lambda: random.Random(1).randbytes(1_000_000),
        "protobuf: a length beyond the end": lambda: b"\x0a\xff\xff\xff\xff\x0f",
        "protobuf: 3,000 deep": nested_groups,
        "protobuf: 2 million empty entities": lambda: b"\x0a\x05\x0a\x032.0" + b"\x12\x00" * 2_000_000,
        "protobuf: a number that never ends": lambda: b"\x08" + b"\xff" * 1_000_000,
    }  # fmt: skip
    for name, make in bodies.items():
        yield Hostile(name, make, must_refuse=must_refuse and name not in LAWFUL)


# Odd but not wrong in one of the formats: read as a document without records, or with every one rejected.
LAWFUL = frozenset(
    {
        "protobuf: 2 million empty entities",
        "csv: 25 MB of wide letters", "bytes: noise",
    }
)  # fmt: skip

TEXTS = {
    "markup": "<img src=x onerror=alert(1)><svg onload=alert(2)>", "end of script": "</script><script>alert(1)</script>",
    "address of a script": "javascript:alert(1)", "template": "{{7*7}}{% x %}${7*7}", "formula": '=HYPERLINK("http://x","y")',
    "formula with a tab": "\t+cmd|' /C calc'!A0", "wide formula": "＝SUM(1)", "hidden characters": "a\u200b\u200d\u2060\ufeffb",
    "overrides": "\u202etxt.exe\u2066\u2069", "combining storm": "e" + "\u0301" * 5000, "only emoji": "🚧🔥" * 200,
    "1 MB": "mot " * 250_000, "1 MB without a space": "x" * 1_000_000, "many tags": "<b>" * 100_000, "open tags": "<a " * 100_000,
    "references": "&amp;" * 100_000, "nested references": "&" + "amp;" * 100_000 + "lt;", "open comment": "<!--" * 50_000,
    "styles never closed": "<style" * 50_000, "spaces": " " * 500_000 + "x", "wide digits": "０６１２３４５６７８",
    "not a number": "NaN", "infinity": "-inf", "power": "1e999", "5,000 digits": "9" * 5000, "negative": "-1", "zero": "0", "181": "181",
    "-181": "-181", "no time": "2026-02-30T25:61:00Z", "far future": "9999-12-31T23:59:59+23:59", "far past": "0001-01-01T00:00:00-23:59",
    "climbing": "../../etc/passwd", "query": "' OR 1=1 --", "list": ",".join("1" * 2000), "latitudes": "43.3 5.3 " * 20_000, "collections": "GEOMETRYCOLLECTION(" * 95_000, "empty": "",
}  # fmt: skip
CONTROL = {"NUL": "\x00", "controls": "\x01\x1b[31m\x7f\x85"}
JSON_VALUES: dict[str, object] = {
    "null": None, "true": True, "zero": 0, "negative": -1, "large": 1e308, "tiny": 5e-324, "2^64": 2**64 - 1, "list": [], "object": {},
    "list of lists": [[[[[[[[]]]]]]]], "point at zero": [0, 0], "swapped": [43.3, 5.3], "181": [181, 43.3], "long list": list(range(5000)),
    "forged geometry": {"type": "Point", "coordinates": {"a": 1}}, "forged key": {"type": ["Point"], "coordinates": [5.3, 43.3]},
    "deep geometry": {"type": "GeometryCollection", "geometries": [{"type": "GeometryCollection", "geometries": []}]},
}  # fmt: skip


def turned(good: bytes) -> Iterator[Hostile]:
    """Yield the partner's document with every value of one kind turned hostile: first each alone, then all at once."""
    start = good.lstrip(b"\xef\xbb\xbf \r\n")[:1]
    if start == b"<":
        yield from _turned_xml(good.decode())
    elif start in (b"{", b"["):
        yield from _turned_json(good)
    elif b"\x00" not in good and b"\n" in good and start.isascii() and start.isalpha() | (start > b"\x7f"):
        yield from _turned_table(good.decode("utf-8-sig"))
    yield from _turned_bytes(good)


def _turned_xml(text: str) -> Iterator[Hostile]:
    places = [
        found.span(1)
        for found in re.finditer(r'>([^<>\s][^<>]*)<|(?<==")(?!http|urn)([^"<>]*)"', text)
        if found.group(1)
    ]
    places += [found.span(1) for found in re.finditer(r'\s(?!xmlns|xsi)[\w.]+="([^"]*)"', text[text.index("?>") + 2 :])]
    end = text.rindex("</")
    yield Hostile("good, then 3 million empty tags", f"{text[:end]}{'<a/>' * 3_000_000}{text[end:]}".encode)
    yield Hostile("good, then 20 MB of text", f"{text[:end]}{'a' * 20_000_000}{text[end:]}".encode)
    yield Hostile("good, then 100,000 deep", f"{text[:end]}{'<a>' * 100_000}{'</a>' * 100_000}{text[end:]}".encode)
    names = sorted(set(re.findall(r"<([\w:]+)", text)))
    inside = "".join(f"<{name}/>" for name in names) * (500_000 // len(names))
    yield Hostile(
        "good, then 500,000 empty tags of its own",
        f"{text[:end]}{inside}{text[end:]}".encode,
        must_refuse=False,
    )
    yield Hostile("good, then an entity", f"{text[:end]}&passwd;{text[end:]}".encode)
    for name, value in {**TEXTS, **CONTROL}.items():
        escaped = value.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
        yield Hostile(
            f"every text: {name}", lambda v=escaped: _put(text, places[:300], v).encode(), must_refuse=name in CONTROL
        )


def _put(text: str, places: list[tuple[int, int]], value: str) -> str:
    pieces, done = [], 0
    for begin, end in sorted(places[: max(1, SIZE // (len(value) + 1))]):
        if begin >= done:
            pieces += [text[done:begin], value]
            done = end
    return "".join([*pieces, text[done:]])


def _turned_json(good: bytes) -> Iterator[Hostile]:
    content = json.loads(good.decode("utf-8-sig"))
    values: dict[str, object] = {**TEXTS, **CONTROL, **JSON_VALUES}
    for name, value in values.items():
        yield Hostile(
            f"every value: {name}", lambda v=value: json.dumps(_replaced(content, v, 60)).encode(), must_refuse=False
        )
    text = json.dumps(content)
    yield Hostile(
        "every key twice", lambda: re.sub(r'("\w+": )(\d+|"\w*")', r"\1\2, \1null", text).encode(), must_refuse=False
    )
    for name, raw in {
        "5,000 digits": "9" * 5000,
        "NaN": "NaN",
        "1e999": "1e999",
        "lone surrogate": r'"\udfff"',
        "NUL": r'"\u0000"',
    }.items():
        yield Hostile(
            f"every number: {name}", lambda r=raw: re.sub(r"(?<=: )\d+\.?\d*", lambda _: r, text).encode(), must_refuse=False
        )  # fmt: skip
    for path in sorted(_lists(content), key=str)[:MOST_LISTS]:
        yield Hostile(f"up to 300,000 entries in {path}", partial(_lengthened, good, path, 300_000), must_refuse=False)
    yield from _geometries(content)


def _lists(content: object, path: tuple[str | int, ...] = ()) -> set[tuple[str | int, ...]]:
    """Return the places of lists that hold something, the first of each kind: a shape's corners, a document's records."""
    if isinstance(content, dict):
        found = [_lists(one, (*path, name)) for name, one in content.items()]
    elif isinstance(content, list) and content:
        found = [{path}, _lists(content[0], (*path, 0))]
    else:
        found = []
    return set().union(*found)


def _lengthened(good: bytes, path: tuple[str | int, ...], count: int) -> bytes:
    content = json.loads(good.decode("utf-8-sig"))
    place = content
    for step in path:
        place = place[step]
    one = json.dumps(place[0], separators=(",", ":"))
    place[:] = ["one for all"]
    return json.dumps(content).replace('"one for all"', ",".join([one] * min(count, 2_000_000 // len(one)))).encode()


def _replaced(content: object, value: object, most: int) -> object:
    size = len(value) if isinstance(value, str) else 1
    left = [max(1, min(most, SIZE // (size + 1)))]

    def walk(node: object, key: str = "") -> object:
        if isinstance(node, dict):
            return {name: walk(one, name) for name, one in node.items()}
        if isinstance(node, list) and key != "coordinates":
            return [walk(one, key) for one in node]
        left[0] -= 1
        return value if left[0] >= 0 and key != "type" else node

    return walk(content)


def _geometries(content: object) -> Iterator[Hostile]:
    if not (isinstance(content, dict) and content.get("type") == "FeatureCollection"):
        return
    line = [[5.3 + n / 1e6, 43.3 + n % 7 / 1e6] for n in range(10_000)]
    nested: dict[str, object] = {"type": "Point", "coordinates": [5.3, 43.3]}
    for _ in range(300):
        nested = {"type": "GeometryCollection", "geometries": [nested]}
    figures: dict[str, object] = {
        "181 east": {"type": "Point", "coordinates": [181, 43.3]}, "181 west": {"type": "Point", "coordinates": [-181, 43.3]},
        "island at zero": {"type": "Point", "coordinates": [0, 0]}, "swapped": {"type": "Point", "coordinates": [43.3, 5.3]},
        "texts": {"type": "Point", "coordinates": ["NaN", "NaN"]}, "nothing": {"type": "Polygon", "coordinates": []},
        "empty collection": {"type": "GeometryCollection", "geometries": []}, "one corner": {"type": "Polygon", "coordinates": [[[5.3, 43.3]]]},
        "bow-tie": {"type": "Polygon", "coordinates": [[[5.3, 43.3], [5.4, 43.4], [5.4, 43.3], [5.3, 43.4], [5.3, 43.3]]]},
        "300 deep": nested, "deep coordinates": {"type": "Point", "coordinates": [[[[[[[[[5.3, 43.3]]]]]]]]]},
        "1,000,000 vertices": {"type": "LineString", "coordinates": line * 100}, "10,001 vertices": {"type": "LineString", "coordinates": [*line, line[0]]},
        "a ring that of 1,000 sides that all cross": {"type": "Polygon", "coordinates": [crossing(1000)]},
        "object": {"type": "Point", "coordinates": {"0": 5.3, "1": 43.3}}, "null": {"type": "Point", "coordinates": None},
    }  # fmt: skip
    features = content["features"]
    for name, figure in figures.items():
        body = json.dumps(
            {**content, "features": [{**features[0], "id": "hostile", "geometry": figure}, *features]}
        ).encode()
        yield Hostile(
            f"geometry: {name}", lambda b=body: b, must_refuse=name.startswith("1,000,000") or name == "1,000 deep"
        )
    deep = (
        '{"type":"GeometryCollection","geometries":[' * 1000 + '{"type":"Point","coordinates":[5.3,43.3]}' + "]}" * 1000
    )
    told = json.dumps({**content, "features": [{**features[0], "geometry": "deep"}, *features]})
    yield Hostile("geometry: 1,000 deep", told.replace('"geometry": "deep"', f'"geometry": {deep}').encode)
    feature = json.dumps({**features[0], "geometry": {"type": "LineString", "coordinates": line}})
    for count in (1000, 60):
        many = f'{{"type":"FeatureCollection","features":[{",".join([feature] * count)}]}}'
        yield Hostile(f"geometry: 10,000 vertices × {count}", lambda m=many: m.encode())


def crossing(corners: int) -> list[list[float]]:
    """Return a closed ring whose every side crosses many others."""
    spread = random.Random(7)
    ring = [[round(5.3 + spread.random() / 100, 6), round(43.3 + spread.random() / 100, 6)] for _ in range(corners)]
    return [*ring, ring[0]]


def _turned_table(text: str) -> Iterator[Hostile]:
    header, _, rest = text.partition("\n")
    row = rest.partition("\n")[0]
    width = header.count(";") + 1
    for name, value in {**TEXTS, **CONTROL}.items():
        cell = '"' + value.replace('"', '""') + '"'
        cells = ";".join([cell] * (width if len(cell) < 100_000 else 3))
        yield Hostile(
            f"every cell: {name}",
            lambda c=cells: f"{header}\n{row}\n{c}\n".encode("utf-8", "replace"),
            must_refuse=name == "NUL",
        )
    yield Hostile("300,000 bad lines", f"{header}\n{chr(10).join(['x' + ';' * width] * 300_000)}\n".encode)


def _turned_bytes(good: bytes) -> Iterator[Hostile]:
    chance = random.Random(11)
    for n in range(40):
        body = bytearray(good)
        for _ in range(chance.choice((1, 3, 30))):
            body[chance.randrange(len(body))] = chance.choice(
                (0, 0x0A, 0x22, 0x3C, 0x7F, 0x80, 0xFF, chance.randrange(256))
            )
        yield Hostile(f"bytes changed: {n}", lambda b=bytes(body): b, must_refuse=False)
    for n in range(10):
        body = good[: chance.randrange(len(good))]
        yield Hostile(f"cut: {n}", lambda b=bytes(body): b, must_refuse=False)


def nested_groups() -> bytes:
    """Return a protobuf message that holds itself 3,000 times over."""
    body = b""
    for _ in range(3000):
        size, length = len(body), b""
        while size > 127:
            length += bytes([size & 127 | 128])
            size >>= 7
        body = b"\x12" + length + bytes([size]) + body
    return body


def zipped(members: dict[str, bytes]) -> bytes:
    """Return a ZIP archive."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, body in members.items():
            archive.writestr(name, body)
    return stream.getvalue()
