"""The process that opens files of others: it can write no file, is short of memory and time, and forgets each file after its answer.

A question is one line of JSON and the bytes it announces; so is each message of an answer, the last one being `end`.
"""

from __future__ import annotations

import io
import json
import logging
import resource
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, BinaryIO

from privacy.media.boxes import Box, read_boxes
from privacy.media.faces import Faces
from privacy.media.photo import look, mask_all, read_photo, write_photo
from privacy.media.refusals import Refused

MEMORY = 3 * 2**30  # of addresses: half of it is what the libraries reserve
Message = tuple[dict[str, object], bytes]


def main() -> int:
    """Answer until the input ends."""
    limit()
    logging.disable()  # a library's words about a file would quote it
    asked, told = sys.stdin.buffer, sys.stdout.buffer
    faces = Faces()
    _say(told, {"is": "ready"})
    while line := asked.readline():
        question = json.loads(line)
        content = asked.read(int(question["size"]))
        try:
            for head, body in _answer(question, content, faces):
                _say(told, head, body)
            _say(told, {"is": "end"})
        except Refused as refused:
            _say(told, {"is": "refused", "reason": refused.reason})
        except MemoryError:
            _say(told, {"is": "refused", "reason": "pixels"})
    return 0


def limit() -> None:
    """Give up what this process does not need: files, dumps of its memory, more memory."""
    for what, most in (
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_AS, MEMORY),
    ):
        hard = resource.getrlimit(what)[1]
        value = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (value, value))


def _answer(question: Mapping[str, Any], content: bytes, faces: Faces) -> Iterator[Message]:
    zones = read_boxes(question.get("boxes", []))
    if question["what"] == "look":
        yield from _look(content, faces)
    elif question["what"] == "mask":
        yield from _mask(content, faces, zones)
    elif question["what"] == "clip":
        yield from _clip(content, faces, zones, int(question["first"]))
    else:
        from privacy.media.clip import join_parts

        yield {"is": "made"}, join_parts(_split(content, question["sizes"]))


def _look(content: bytes, faces: Faces) -> Iterator[Message]:
    picture = read_photo(content)
    found = look(picture, faces)
    told = {name: [box.told for box in getattr(found, name)] for name in ("faces", "doubtful", "lettering")}
    yield {"is": "found", **told, "width": picture.width, "height": picture.height}, b""
    if found.is_nothing:
        yield {"is": "made", "masks": 0, "faces": 0}, write_photo(picture)


def _mask(content: bytes, faces: Faces, zones: Sequence[Box]) -> Iterator[Message]:
    picture = read_photo(content)
    filled = mask_all(picture, faces, zones)
    yield {"is": "made", "masks": len(filled), "faces": len(filled) - len(zones)}, write_photo(picture)


def _clip(content: bytes, faces: Faces, zones: Sequence[Box], first: int) -> Iterator[Message]:
    from privacy.media.clip import mask_clip

    for one in mask_clip(content, faces, zones, first):
        if isinstance(one, float):
            yield {"is": "length", "seconds": one}, b""
            continue
        if one.poster:
            yield {"is": "poster"}, one.poster
        yield {"is": "part", "number": one.number, "done": one.done_s, "faces": one.faces}, one.content


def _split(content: bytes, sizes: Sequence[int]) -> Sequence[bytes]:
    stream = io.BytesIO(content)
    return [stream.read(size) for size in sizes]


def _say(told: BinaryIO, head: dict[str, object], body: bytes = b"") -> None:
    told.write(json.dumps({**head, "size": len(body)}).encode() + b"\n" + body)
    told.flush()


if __name__ == "__main__":
    sys.exit(main())
