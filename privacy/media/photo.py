"""A photo made anew: its pixels read within limits, everything else of the file left behind, boxes filled, a JPEG written.

Masking is an opaque fill of one colour: blurring can partly be undone, and a mean colour would tell that of a skin.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw

from events.errors import AppError
from privacy.media.boxes import Box
from privacy.media.faces import Faces
from privacy.media.lettering import find_lettering
from privacy.media.refusals import Refused

MOST_BYTES = 20 * 2**20
MOST_PIXELS = 40_000_000
MOST_SIDE = 20_000
LEAST_SIDE = 32
KEPT_SIDE = 1280
SEEN_SIDE = 1920
FILL = (112, 118, 128)
GROWN = 1.7  # from the oval of a face to hair, chin and ears
SURE = 0.2
QUALITY = 82
_ORIENTATION = 0x0112
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_270, 7: Image.Transpose.TRANSVERSE, 8: Image.Transpose.ROTATE_90,
}  # fmt: skip
_STARTS: Mapping[str, tuple[int, bytes]] = {
    "JPEG": (0, b"\xff\xd8\xff"),
    "PNG": (0, b"\x89PNG\r\n\x1a\n"),
    "WEBP": (8, b"WEBP"),
}


@dataclass(frozen=True, slots=True)
class Found:
    """What was found in a picture: faces, what may be one, what may be lettering such as a plate."""

    faces: Sequence[Box]
    doubtful: Sequence[Box]
    lettering: Sequence[Box]

    @property
    def is_nothing(self) -> bool:
        """Tell whether nobody has anything to decide."""
        return not (self.faces or self.doubtful or self.lettering)


def kind_of(content: bytes) -> str | None:
    """Return the format that a file's first bytes say, None when it is no photo we take; its name says nothing."""
    for name, (place, start) in _STARTS.items():
        if content[place : place + len(start)] == start and (name != "WEBP" or content[:4] == b"RIFF"):
            return name
    return None


def read_photo(content: bytes) -> Image.Image:
    """Return the pixels of a photo, upright, in RGB, at most SEEN_SIDE long, and nothing else of it; raise Refused."""
    kind = kind_of(content)
    if kind is None:
        raise Refused("type")
    if len(content) > MOST_BYTES:
        raise Refused("large")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(content), formats=[kind])
            _check(picture)
            if kind == "JPEG":  # decoded smaller where the format can: a photo of 40 Mpx would take 120 MB
                picture.draft("RGB", (SEEN_SIDE, SEEN_SIDE))
            picture.load()
            return _rebuilt(picture)
    except AppError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Refused("pixels") from None
    except Exception:  # noqa: BLE001 - a decoder's errors are of many kinds, and each says the same of the file
        raise Refused("broken") from None


def _check(picture: Image.Image) -> None:
    if picture.width * picture.height > MOST_PIXELS or max(picture.size) > MOST_SIDE:
        raise Refused("pixels")
    if min(picture.size) < LEAST_SIDE:
        raise Refused("size")
    if getattr(picture, "n_frames", 1) > 1:
        raise Refused("moving")


def _rebuilt(picture: Image.Image) -> Image.Image:
    """Return a new picture of the pixels alone, as the camera was held; what was transparent is on white."""
    colours = _colours(picture)
    colours.thumbnail((SEEN_SIDE, SEEN_SIDE), Image.Resampling.LANCZOS, reducing_gap=3.0)
    if colours.mode == "RGBA":
        plain = Image.new("RGB", colours.size, (255, 255, 255))
        plain.paste(colours, mask=colours.getchannel("A"))
        colours = plain
    colours.info = {}
    turn = _TURNS.get(picture.getexif().get(_ORIENTATION, 1))
    upright = colours if turn is None else colours.transpose(turn)
    return Image.frombytes("RGB", upright.size, upright.tobytes())


def _colours(picture: Image.Image) -> Image.Image:
    """Return the picture in RGB, or in RGBA where parts of it are transparent."""
    if picture.mode == "I;16":
        return picture.point(lambda value: value / 256, "L").convert("RGB")
    wanted = "RGBA" if picture.has_transparency_data else "RGB"
    return picture if picture.mode == wanted else picture.convert(wanted)


def look(picture: Image.Image, faces: Faces) -> Found:
    """Return what may identify somebody in a picture."""
    found = faces.find(picture)
    sure = [box.grown(GROWN) for box, score in found if score >= SURE]
    doubtful = [box.grown(GROWN) for box, score in found if score < SURE]
    lettering = [one for one in find_lettering(picture) if not any(box.covers(one, 0.5) for box in sure)]
    return Found(sure, doubtful, lettering)


def mask(picture: Image.Image, boxes: Iterable[Box], fill: tuple[int, int, int] = FILL) -> None:
    """Fill boxes of a picture."""
    draw = ImageDraw.Draw(picture)
    for box in boxes:
        left, top, right, bottom = box.pixels(*picture.size)
        if right > left and bottom > top:
            draw.rectangle((left, top, right - 1, bottom - 1), fill=fill)


def mask_all(picture: Image.Image, faces: Faces, chosen: Iterable[Box], most_rounds: int = 3) -> Sequence[Box]:
    """Fill the chosen boxes and every face, look again, and fill what shows then; return the boxes filled."""
    filled = list(chosen)
    mask(picture, filled)
    for _ in range(most_rounds):
        more = [
            grown for box, score in faces.find(picture) if score >= SURE
            for grown in [box.grown(GROWN)] if not any(one.covers(box) for one in filled)
        ]  # fmt: skip
        if not more:
            break
        mask(picture, more)
        filled += more
    return filled


def write_photo(picture: Image.Image) -> bytes:
    """Return a picture of at most KEPT_SIDE as JPEG, without anything but its pixels."""
    kept = picture.copy()
    kept.thumbnail((KEPT_SIDE, KEPT_SIDE), Image.Resampling.LANCZOS)
    plain = Image.frombytes("RGB", kept.size, kept.tobytes())
    written = io.BytesIO()
    plain.save(written, "JPEG", quality=QUALITY, optimize=True)
    return written.getvalue()
