"""Invented personal data, each unlike any other, and documents that carry one in every field in turn."""

from __future__ import annotations

import csv
import io
import itertools
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from google.transit import gtfs_realtime_pb2
from lxml import etree
from stdnum import luhn

LETTERS = "abcdefghjklmnpqrstvwxyz"


@dataclass(frozen=True, slots=True)
class Canary:
    """A sentence part with a personal datum, and what nothing of ours may hold afterwards."""

    text: str
    needles: tuple[str, ...]


def word(number: int) -> str:
    """Return a word that is nobody's name, another for each number."""
    made = ""
    for _ in range(4):
        number, rest = divmod(number, len(LETTERS))
        made += LETTERS[rest]
    return f"zq{made}ou"


def _phone(n: int) -> Canary:
    figures = f"{20_000_000 + n * 7_919:08d}"
    pairs = [figures[i : i + 2] for i in range(0, 8, 2)]
    spoken = " ".join(["06", *pairs])
    written = (spoken, "06" + figures, "+33 6 " + " ".join(pairs), ".".join(["06", *pairs]))[n % 4]
    return Canary(
        f"appeler le {written}", (spoken, "06" + figures, ".".join(["06", *pairs]), "+33 6 " + " ".join(pairs))
    )


def _plate(n: int) -> Canary:
    letters = word(n)[2:].upper().replace("O", "A").replace("U", "B")
    plate = f"{letters[:2]}-{100 + n % 900}-{letters[2:4]}"
    return Canary(f"véhicule {plate}", (plate,))


def _nir(n: int) -> Canary:
    body = f"1{50 + n % 49}{1 + n % 12:02d}13{n % 1000:03d}{(n * 7) % 1000:03d}"
    number = body + f"{97 - int(body) % 97:02d}"
    return Canary(f"n° {number}", (number,))


def _iban(n: int) -> Canary:
    body = f"30006000{n:012d}189"
    check = 98 - int(body + "152700") % 97
    iban = f"FR{check:02d}{body}"
    return Canary(f"virement {iban}", (iban,))


def _card(n: int) -> Canary:
    body = f"4970{n:011d}"
    number = body + luhn.calc_check_digit(body)
    return Canary(f"carte {number}", (number,))


def _birth(n: int) -> Canary:
    day = f"{1 + n % 28}/{1 + n // 28 % 12}/{1940 + n // 336}"
    return Canary(f"une personne née le {day}", (f"née le {day}",))


def _told(pattern: str) -> Callable[[int], Canary]:
    def make(n: int) -> Canary:
        name = word(n)
        told = pattern.format(name=name, Name=name.capitalize(), NAME=name.upper(), n=n)
        return Canary(told, (name, name.capitalize(), name.upper()))

    return make


MAKERS: tuple[Callable[[int], Canary], ...] = (
    _phone,
    _plate,
    _nir,
    _iban,
    _card,
    _birth,
    *map(
        _told,
        (
            "{name}.roustan@exemple.org",
            "{name} point roustan arobase exemple point org",
            "@{name}_13",
            "https://facebook.com/{name}",
            "profil snap {name}.13",
            "passeport n° 12{NAME}34567",
            "M. {Name}",
            "Mme Roustan-{Name}",
            "le brigadier {Name}",
            "nommé {Name}",
            "nom : {name}",
            "surnommé « {Name} »",
            "Karim {Name}",
            "Anne-Sophie {Name}",
            "karim {name}",
            "{NAME} Nadia",
            "témoin Aldo {Name}",
            "K. {Name}",
            "domicilié {n} rue {Name}",
            "appartement {n} chez la famille, habite 3 impasse {Name}",
            "un homme schizophrène, {name}",
            "une femme voilée et {name}",
            "individu de 25 ans, {name}",
            "suspect chauve, blouson {name}",
        ),
    ),
)


def canaries() -> Iterator[Canary]:
    """Yield canaries without end, of all types and cues in turn."""
    for number in itertools.count():
        yield MAKERS[number % len(MAKERS)](number)


def planted(body: bytes, suffix: str, plant: Iterator[Canary]) -> Iterator[tuple[str, bytes, list[Canary]]]:
    """Yield for every field of a document its name, the document with canaries in that field, and these."""
    if suffix in {".json", ".geojson"}:
        yield from _in_json(body, plant)
    elif suffix in {".xml", ".cap", ".atom", ".rss"}:
        yield from _in_xml(body, plant)
    elif suffix == ".csv":
        yield from _in_csv(body, plant)
    elif suffix == ".ics":
        yield from _in_calendar(body, plant)
    elif suffix == ".pb":
        yield from _in_message(body, plant)
    elif suffix == ".asciipb":
        yield from _in_lines(body, re.compile(r'^(\s*)(\w+): "(.*)"()$'), plant)
    else:
        raise AssertionError(f"nobody knows how to plant in {suffix}")


def _after(value: object, plant: Iterator[Canary], used: list[Canary]) -> str:
    used.append(next(plant))
    return f"{value}, {used[-1].text}".removeprefix(", ")


def _in_json(body: bytes, plant: Iterator[Canary]) -> Iterator[tuple[str, bytes, list[Canary]]]:
    try:
        content = json.loads(body)
    except ValueError:
        return  # hostile on purpose
    for path in sorted(set(_paths(content, ()))):
        used: list[Canary] = []
        made = _rewritten(content, path, lambda value, used=used: _after(value, plant, used))
        yield ".".join(path), json.dumps(made, ensure_ascii=False).encode(), used


def _paths(value: Any, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    if isinstance(value, dict):
        for key, part in value.items():
            yield from _paths(part, (*path, key))
    elif isinstance(value, list):
        for part in value:
            yield from _paths(part, path)
    elif isinstance(value, str | int | float) and path:
        yield path


def _rewritten(value: Any, path: tuple[str, ...], change: Callable[[Any], str]) -> Any:
    if isinstance(value, list):
        return [_rewritten(part, path, change) for part in value]
    if isinstance(value, dict):
        return {key: _rewritten(part, path[1:], change) if path[:1] == (key,) else part for key, part in value.items()}
    return value if path or value is None else change(value)


def _in_xml(body: bytes, plant: Iterator[Canary]) -> Iterator[tuple[str, bytes, list[Canary]]]:
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    try:
        tree = etree.fromstring(body, parser)
    except etree.XMLSyntaxError:
        return
    fields: dict[str, list[tuple[Any, str | None]]] = {}
    for element in tree.iter(etree.Element):
        name = "/".join(part.tag.rsplit("}")[-1] for part in [*reversed([*element.iterancestors()]), element])
        if (element.text or "").strip():
            fields.setdefault(name, []).append((element, None))
        for key in element.attrib:
            fields.setdefault(f"{name}@{key.rsplit('}')[-1]}", []).append((element, key))
    for name, places in fields.items():
        used: list[Canary] = []
        before = [element.text if key is None else element.get(key) for element, key in places]
        for (element, key), value in zip(places, before, strict=True):
            _set(element, key, _after(value, plant, used))
        yield name, etree.tostring(tree, encoding="utf-8"), used
        for (element, key), value in zip(places, before, strict=True):
            _set(element, key, value)


def _set(element: Any, key: str | None, value: str) -> None:
    if key is None:
        element.text = value
    else:
        element.set(key, value)


def _in_csv(body: bytes, plant: Iterator[Canary]) -> Iterator[tuple[str, bytes, list[Canary]]]:
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = body.decode("cp1252")
    delimiter = max(";,\t|", key=text.split("\n", 1)[0].count)
    head, *rows = list(csv.reader(io.StringIO(text), delimiter=delimiter))
    for column, title in enumerate(head):
        used: list[Canary] = []
        out = io.StringIO()
        writer = csv.writer(out, delimiter=delimiter)
        writer.writerow(head)
        for row in rows:
            changed = [_after(cell, plant, used) if place == column else cell for place, cell in enumerate(row)]
            writer.writerow(changed)
        yield title, out.getvalue().encode(), used


def _in_calendar(body: bytes, plant: Iterator[Canary]) -> Iterator[tuple[str, bytes, list[Canary]]]:
    unfolded = re.sub(rb"\r?\n[ \t]", b"", body)
    yield from _in_lines(unfolded, re.compile(r"^()([A-Z-]+)[^:\r\n]*:(.*?)(\r?)$"), plant)


def _in_lines(body: bytes, line: re.Pattern[str], plant: Iterator[Canary]) -> Iterator[tuple[str, bytes, list[Canary]]]:
    lines = body.decode("utf-8", "replace").split("\n")
    names = dict.fromkeys(found.group(2) for one in lines if (found := line.match(one)))
    for name in names:
        if name in {"BEGIN", "END"}:
            continue
        used: list[Canary] = []
        made = []
        for one in lines:
            found = line.match(one)
            at = found.end(3) if found and found.group(2) == name else None
            made.append(one if at is None else one[:at] + f", {_after('', plant, used)}" + one[at:])
        yield name, "\n".join(made).encode(), used


def _in_message(body: bytes, plant: Iterator[Canary]) -> Iterator[tuple[str, bytes, list[Canary]]]:
    read = gtfs_realtime_pb2.FeedMessage.FromString(body)
    for name in sorted({name for name, _, _ in _strings(read, "")}):
        used: list[Canary] = []
        message = gtfs_realtime_pb2.FeedMessage.FromString(body)
        for found, holder, field in _strings(message, ""):
            if found == name:
                setattr(holder, field, _after(getattr(holder, field), plant, used))
        yield name, message.SerializeToString(), used


def _strings(message: Any, path: str) -> Iterator[tuple[str, Any, str]]:
    for field, value in message.ListFields():
        name = f"{path}.{field.name}".strip(".")
        for part in value if field.is_repeated else (value,):
            if field.message_type is not None:
                yield from _strings(part, name)
            elif field.type == field.TYPE_STRING and not field.is_repeated:
                yield name, message, field.name
