"""A stripped photo is the same picture, and says nothing beside it."""

from io import BytesIO

import numpy as np
import pytest
from PIL import ExifTags, Image, PngImagePlugin

from imaging.decode.photo import decode
from imaging.decode.stripped import stripped
from imaging.photo import PhotoFile

SECRET = "Smith, Jane"


def file(kind: str, turn: int = 1) -> bytes:
    """A photo of noise, with a name in its EXIF data and in a comment or a text."""
    pixels = np.random.default_rng(1).integers(0, 255, (24, 40, 3), np.uint8)
    exif = Image.Exif()
    exif[ExifTags.Base.ImageDescription] = SECRET
    exif[ExifTags.Base.Orientation] = turn
    made, texts = BytesIO(), PngImagePlugin.PngInfo()
    texts.add_text("Patient", SECRET)
    more = {"pnginfo": texts} if kind == "PNG" else {"comment": SECRET.encode()}
    Image.fromarray(pixels).save(made, kind, exif=exif, **more)
    return made.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "MPO"])
@pytest.mark.parametrize("turn", [1, 6])
def test_it_is_the_same_picture_without_a_word(kind: str, turn: int) -> None:
    data = file(kind, turn)
    assert SECRET.encode() in data
    before = PhotoFile("photo", data)
    plain = stripped(before, upright=True)
    assert SECRET.encode() not in plain.data
    after = decode(PhotoFile("photo", plain.data))
    assert np.array_equal(after.pixels, decode(before).pixels)


@pytest.mark.parametrize("progressive", [False, True])
def test_what_hangs_behind_a_jpeg_goes_with_its_metadata(progressive: bool) -> None:
    made = BytesIO()
    picture = Image.effect_noise((64, 48), 40).convert("RGB")
    picture.save(made, "JPEG", progressive=progressive)
    before = PhotoFile("photo", made.getvalue() + file("JPEG"))
    plain = stripped(before, upright=True)
    assert plain.suffix == ""
    assert SECRET.encode() not in plain.data
    wanted = decode(PhotoFile("photo", made.getvalue())).pixels
    assert np.array_equal(decode(PhotoFile("photo", plain.data)).pixels, wanted)
