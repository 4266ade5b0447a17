"""YOLO's segmentation: a line a part of a lesion, its outline as shares of the photo's sides.

`labels/NAME.txt` and `data.yaml`. There are no holes in it: they are filled. A part is an object of
its own; outlines go through the middles of pixels, as OpenCV draws them, with which YOLO's tools
read. The lines are a quarter of a pixel in, so that whoever rounds and whoever cuts both come to
the pixel that is meant.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from imaging.framing import Mask, Size
from imaging.mask import rle
from imaging.mask.contour import centre_lines
from imaging.values import Rle
from pipeline.errors import LabelError
from pipeline.exchange.abreast import abreast
from pipeline.exchange.codecs.polygons import filled
from pipeline.exchange.dataset import DatasetPhoto
from pipeline.exchange.format import (
    CLASS,
    Label,
    Read,
    Sizes,
    check_file,
    each_by_itself,
    is_written,
)

PHOTOS, APART = "images", False
_INSIDE = 0.25
_DATA, _NAMES = "data.yaml", "names:\n  0: lesion\n"


def write(photos: Iterable[DatasetPhoto], into: Path) -> None:
    """Write the dataset; a photo without a lesion gets an empty file. Raises OSError."""
    (into / "labels").mkdir()
    data = f"path: .\ntrain: {PHOTOS}\nval: {PHOTOS}\n{_NAMES}"
    (into / _DATA).write_text(data, encoding="utf-8")
    for _ in abreast(partial(_written, into), filter(is_written, photos)):
        pass


def _written(into: Path, photo: DatasetPhoto) -> None:
    lines = [line for lesion in photo.lesions for line in _lines(lesion)]
    text = "".join(f"{line}\n" for line in lines)
    (into / "labels" / f"{photo.name}.txt").write_text(text, encoding="utf-8")


def _lines(lesion: Rle) -> Iterator[str]:
    sides = np.array([lesion.size.width, lesion.size.height])
    for outline in centre_lines(rle.decode(lesion)):
        corners = outline.reshape(-1, 2)
        # Three corners at least, or readers take the line for a box.
        corners = np.resize(corners, (max(3, len(corners)), 2))
        shares = (corners + _INSIDE) / sides
        yield "0 " + " ".join(f"{share:.8f}" for share in shares.ravel())


def read(source: Path, sizes: Sizes) -> Iterator[Read]:
    """Each file of `labels`, with the size that its photo has."""
    labels = source / "labels"
    paths = sorted((labels if labels.is_dir() else source).rglob("*.txt"))
    # Sizes are asked for by the caller's thread, which may ask a database.
    return abreast(partial(each_by_itself, _label, _key), _sized(paths, sizes))


def _sized(paths: Iterable[Path], sizes: Sizes) -> Iterator[tuple[Path, Size | LabelError]]:
    for path in paths:
        try:
            yield path, sizes(path.stem)
        except LabelError as error:
            yield path, error


def _key(file: tuple[Path, Size | LabelError]) -> str:
    return file[0].stem


def _label(file: tuple[Path, Size | LabelError]) -> Label:
    path, size = file
    if isinstance(size, LabelError):
        raise size
    check_file(path)
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
        lesions = tuple(_lesion(line.split(), size) for line in lines if line.strip())
        classes = tuple(_class(line.split()[0]) for line in lines if line.strip())
    except (ValueError, OSError) as error:
        raise LabelError(f"{path} can't be read as YOLO's outlines: {error}.") from error
    return Label(path.stem, size, lesions, classes)


def _class(number: str) -> str:
    return CLASS if number == "0" else number


def _lesion(words: list[str], size: Size) -> Rle:
    shares = np.array([float(word) for word in words[1:]])
    if len(shares) == 4:
        raise ValueError("a line is a box, not an outline")
    if len(shares) < 6 or len(shares) % 2:
        raise ValueError("an outline needs three corners, each an x and a y")
    if not ((shares >= 0) & (shares <= 1)).all():
        raise ValueError("a corner lies outside the photo")
    # To the nearest: the shares that others write are cut off behind a few digits.
    corners = np.rint(shares.reshape(-1, 2) * [size.width, size.height]).astype(np.int32)
    return rle.encode(_drawn(np.minimum(corners, [size.width - 1, size.height - 1]), size))


def _drawn(corners: npt.NDArray[np.int32], size: Size) -> Mask:
    mask = np.zeros((size.height, size.width), np.uint8)
    cv2.fillPoly(mask, [corners.astype(np.int32)], 1)
    return mask.view(np.bool_)


def overview(parts: Sequence[str]) -> Mapping[str, str]:
    """One `data.yaml` for all parts, which training reads."""
    lines = "".join(f"{part}: {part}/{PHOTOS}\n" for part in parts)
    return {_DATA: f"path: .\n{lines}{_NAMES}"}


def key(photo: DatasetPhoto) -> str:
    """Its name, without suffix."""
    return photo.name


def kept(lesion: Rle) -> Rle:
    """All but the holes in it."""
    return filled(lesion)
