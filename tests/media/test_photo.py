"""Photos: every face masked by an opaque fill, nothing left but pixels, suggestions for plates."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import numpy as np
import pytest
from PIL import Image, ImageDraw
from PIL.PngImagePlugin import PngInfo

from events.errors import InvalidRecord
from privacy.media.boxes import Box, fitted, read_boxes
from privacy.media.faces import Faces
from privacy.media.lettering import find_lettering
from privacy.media.photo import FILL, KEPT_SIDE, look, mask, mask_all, read_photo, write_photo
from tests.media.pictures import cars, crowd, garage, heads, jpeg, png, rocket

SECRET = b"CANARI 06 12 34 56 78"


def is_filled(picture: Image.Image, box: Box) -> bool:
    """Tell whether a box of a picture is of one colour: the fill, and JPEG's rounding of it."""
    left, top, right, bottom = box.pixels(*picture.size)
    inside = np.asarray(picture.crop((left, top, right, bottom)), np.int16)
    return bool(np.abs(inside - np.array(FILL)).max() <= 24)


@pytest.mark.parametrize("width", [20, 24, 32, 48, 64, 100, 150, 200])
def test_every_face_of_20_to_200_pixels_in_a_frame_of_1080_lines_is_masked(width: int, faces: Faces) -> None:
    frame, there = crowd(width, seed=width)
    picture = read_photo(jpeg(frame))
    mask_all(picture, faces, [])
    kept = Image.open(io.BytesIO(write_photo(picture)))
    assert max(kept.size) == KEPT_SIDE
    assert [box.told for box in there if not is_filled(kept, box.grown(0.8))] == []


def test_no_face_can_be_found_on_a_masked_photo(faces: Faces) -> None:
    picture = read_photo(jpeg(crowd(64)[0]))
    mask_all(picture, faces, [])
    left = [score for box, score in faces.find(picture) if score >= 0.2]
    assert left == []


def test_a_photo_without_anybody_names_no_face(faces: Faces) -> None:
    assert look(read_photo(jpeg(rocket())), faces).faces == []


def test_a_face_on_its_side_as_the_phone_was_held_is_turned_before_it_is_looked_for(faces: Faces) -> None:
    frame, there = crowd(64)
    exif = Image.Exif()
    exif[0x0112] = 6
    turned = jpeg(frame.transpose(Image.Transpose.ROTATE_90), exif=exif)
    picture = read_photo(turned)
    assert picture.size == (1920, 1080)
    mask_all(picture, faces, [])
    assert all(is_filled(picture, box.grown(0.8)) for box in there)


def test_place_device_comment_profile_and_what_follows_the_picture_are_gone() -> None:
    exif = Image.Exif()
    exif[0x010F], exif[0x0132] = SECRET.decode(), f"{datetime.now(UTC):%Y:%m:%d %H:%M:%S}"
    exif.get_ifd(0x8825)[2] = (43.0, 17.0, 47.0)
    told = jpeg(garage(640, 480), exif=exif, comment=SECRET, icc_profile=SECRET * 20, xmp=SECRET)
    told += b"PK\x03\x04" + SECRET + b"<script>" + SECRET
    info = PngInfo()
    info.add_text("Comment", SECRET.decode())
    info.add_text("XML:com.adobe.xmp", SECRET.decode(), zip=True)
    for content in (told, png(garage(640, 480), pnginfo=info, icc_profile=SECRET * 20)):
        made = write_photo(read_photo(content))
        assert SECRET not in made
        again = Image.open(io.BytesIO(made))
        assert (dict(again.getexif()), again.info.get("comment"), again.info.get("icc_profile")) == ({}, None, None)
        assert [part for part, _ in again.applist] == ["APP0"], "a JPEG of ours has its own first segment only"
        assert made.endswith(b"\xff\xd9")


def test_masking_leaves_one_colour_that_tells_nothing_of_a_skin() -> None:
    picture = heads()[0][0].copy()
    mask(picture, [Box(0.25, 0.25, 0.5, 0.5)])
    inside = picture.crop((picture.width // 3, picture.height // 3, picture.width // 2, picture.height // 2))
    assert inside.getcolors() == [(inside.width * inside.height, FILL)]


def test_boxes_of_a_person_are_masked_to_their_last_pixel(faces: Faces) -> None:
    picture = read_photo(jpeg(rocket(640, 360)))
    chosen = [Box(0.1, 0.1, 0.2, 0.2), fitted(0.9, 0.9, 0.5, 0.5)]
    mask_all(picture, faces, chosen)
    assert all(is_filled(picture, box) for box in chosen)
    assert picture.getpixel((639, 359)) == FILL


@pytest.mark.parametrize("width", [30, 50, 100, 220])
def test_plates_are_suggested(width: int) -> None:
    found = 0
    for seed in range(16):
        frame, there = cars(width, seed)
        found += any(box.covers(there, 0.7) for box in find_lettering(read_photo(jpeg(frame))))
    assert found >= 14


def test_suggestions_leave_most_of_a_picture_alone() -> None:
    for frame in (garage(), rocket()):
        boxes = find_lettering(frame)
        assert len(boxes) <= 8
        assert sum(box.w * box.h for box in boxes) < 0.1


def test_transparent_16_bit_and_printers_colours_are_read_as_they_look() -> None:
    plain = rocket(320, 200)
    clear = plain.convert("RGBA")
    clear.putalpha(0)
    deep = Image.fromarray(np.asarray(plain.convert("L"), np.uint16) * 257)
    for content, least, most in (
        (png(clear), 255, 255),
        (jpeg(plain.convert("CMYK")), 0, 255),
        (png(deep), 0, 255),
        (png(plain.convert("P")), 0, 255),
        (png(plain.convert("1")), 0, 255),
    ):
        picture = read_photo(content)
        assert (picture.mode, picture.size, picture.info) == ("RGB", (320, 200), {})
        values = np.asarray(picture)
        assert least <= values.min() <= values.max() <= most
    grey = np.asarray(read_photo(png(deep)).convert("L"), np.int16)
    assert np.abs(grey - np.asarray(plain.convert("L"), np.int16)).mean() < 2


@pytest.mark.parametrize("told", ["x", [[0, 0, 1]], [[0, 0, 1, 2]], [[0, 0, 1, True]], [["0", 0, 1, 1]], [[0, 0, 1, float("nan")]], [[0] * 4] * 201])  # fmt: skip
def test_zones_that_are_none_are_refused(told: object) -> None:
    with pytest.raises(InvalidRecord):
        read_boxes(told)


def test_a_browser_without_a_zone_masks_the_faces_all_the_same(faces: Faces) -> None:
    picture = read_photo(jpeg(crowd(64)[0]))
    boxes = mask_all(picture, faces, [])
    draw = ImageDraw.Draw(picture)
    assert draw is not None
    assert len(boxes) >= 24
