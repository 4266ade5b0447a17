"""Pascal VOC's segmentation: palette PNGs, in which 1 is lesion, and a list of the photos.

`SegmentationClass/NAME.png` is what each pixel is, `SegmentationObject/NAME.png` which lesion it is
of. `labelmap.txt` names the classes, as CVAT and Datumaro write and read it.
"""

from collections.abc import Iterable, Iterator
from functools import cache, partial
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from imaging.framing import Pixels, Size
from imaging.values import Rle
from pipeline.errors import ExportError, LabelError
from pipeline.exchange.abreast import abreast
from pipeline.exchange.codecs.pictures import Numbers, coloured, numbered, told_apart
from pipeline.exchange.dataset import DatasetPhoto
from pipeline.exchange.format import (
    CLASS,
    Label,
    Read,
    Sizes,
    check_file,
    each_by_itself,
    is_written,
    no_overview,
    stem,
)

PHOTOS, APART = "JPEGImages", True
overview = no_overview
MOST = 254
"""255 is what VOC doesn't say anything of."""
_LIST = Path("ImageSets", "Segmentation", "default.txt")
_CLASSES, _OBJECTS = "SegmentationClass", "SegmentationObject"
_LABELS = "# label:color_rgb:parts:actions\nbackground:0,0,0::\nlesion:128,0,0::\n"


def write(photos: Iterable[DatasetPhoto], into: Path) -> None:
    """Write the dataset. Raises OSError, and ExportError for more lesions than it has numbers."""
    for folder in (_CLASSES, _OBJECTS, _LIST.parent):
        (into / folder).mkdir(parents=True)
    (into / "labelmap.txt").write_text(_LABELS, encoding="utf-8")
    with (into / _LIST).open("w", encoding="utf-8") as listed:
        for name in abreast(partial(_written, into), filter(is_written, photos)):
            listed.write(f"{name}\n")


def _written(into: Path, photo: DatasetPhoto) -> str:
    """Write a photo's pictures; its name."""
    numbers = _numbers(photo)
    for folder, told in ((_CLASSES, np.minimum(numbers, 1)), (_OBJECTS, numbers)):
        picture = coloured(told.astype(np.uint8), _palette())
        (into / folder / f"{photo.name}.png").write_bytes(picture)
    return photo.name


def _numbers(photo: DatasetPhoto) -> Numbers:
    if len(photo.lesions) > MOST:
        raise ExportError(
            f"{photo.name} has {len(photo.lesions)} lesions, and VOC's pictures tell {MOST} apart "
            "at most. Choose another format, or leave the photo out."
        )
    if not photo.lesions:
        return np.zeros((photo.size.height, photo.size.width), np.uint8)
    return numbered(photo.lesions)


@cache
def _palette() -> bytes:
    """VOC's: the bits of a number, dealt out to red, green and blue from their highest bit on."""
    colours = np.zeros((256, 3), np.uint8)
    numbers = np.arange(256)
    for bit in range(8):
        for channel in range(3):
            colours[:, channel] |= ((numbers >> channel & 1) << (7 - bit)).astype(np.uint8)
        numbers >>= 3
    return colours.tobytes()


def read(source: Path, sizes: Sizes) -> Iterator[Read]:
    """Each picture of `SegmentationClass`, told apart by that of `SegmentationObject`."""
    paths = sorted((source / _CLASSES).glob("*.png"))
    one = partial(each_by_itself, partial(_label, source / _OBJECTS), stem)
    return abreast(one, paths)


def _label(objects: Path, path: Path) -> Label:
    check_file(path)
    kinds, apart = _loaded(path), objects / path.name
    numbers = _loaded(apart) if apart.exists() else kinds
    if numbers.shape != kinds.shape or ((numbers > 0) != (kinds > 0)).any():
        raise LabelError(f"{apart} is of another lesion than the picture of its class.")
    if kinds.max(initial=0) > 1:
        raise LabelError(f"{path} has other classes than lesion, as which nothing may pass.")
    lesions = told_apart(numbers)
    return Label(path.stem, Size.of(kinds), lesions, (CLASS,) * len(lesions))


def _loaded(path: Path) -> Numbers:
    try:
        with Image.open(path) as picture:
            if picture.mode in ("P", "L"):
                return np.asarray(picture)
            return _numbers_of(np.asarray(picture.convert("RGB")), path)
    except (OSError, SyntaxError, ValueError) as error:
        raise LabelError(f"{path} can't be read as a PNG ({error}).") from error


def _numbers_of(colours: Pixels, path: Path) -> Numbers:
    """The numbers of a picture in VOC's colours, as Datumaro and CVAT write them."""
    known = np.frombuffer(_palette(), np.uint8).reshape(-1, 3)
    of_colour = {int(code): number for number, code in enumerate(_codes(known))}
    found, places = np.unique(_codes(colours), return_inverse=True)
    if not all(int(code) in of_colour for code in found):
        raise LabelError(f"{path} has colours that are none of VOC's, so what is what isn't known.")
    numbers = np.array([of_colour[int(code)] for code in found], np.uint8)
    return numbers[places.reshape(colours.shape[:2])]


def _codes(colours: Pixels) -> npt.NDArray[np.uint32]:
    red, green, blue = (colours[..., channel].astype(np.uint32) for channel in range(3))
    return np.asarray(red << 16 | green << 8 | blue, np.uint32)


def key(photo: DatasetPhoto) -> str:
    """Its name, without suffix."""
    return photo.name


def kept(lesion: Rle) -> Rle:
    """All of it."""
    return lesion
