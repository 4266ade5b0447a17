"""A mask a photo as an 8-bit PNG, 0 and 255, at the photo's full size.

`masks/NAME.png` and, a JSON object a line, `provenance.jsonl`. Where a reviewer said that there are
several lesions, `instances/NAME.png` tells them apart: 1 in the first one, 2 in the second.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from functools import partial
from pathlib import Path

from imaging.framing import Size
from imaging.mask import rle
from imaging.values import Rle
from pipeline.errors import LabelError
from pipeline.exchange.abreast import abreast
from pipeline.exchange.codecs.pictures import (
    encoded,
    grey,
    lesion_of,
    numbered,
    read_grey,
    told_apart,
)
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

PHOTOS, APART = "images", True
overview = no_overview


def write(photos: Iterable[DatasetPhoto], into: Path) -> None:
    """Write the dataset; a photo without a lesion gets an all-zero mask. Raises OSError.

    One on which nothing was ever drawn gets none: an empty mask would claim that it was looked at.
    """
    (into / "masks").mkdir()
    with (into / "provenance.jsonl").open("w", encoding="utf-8") as lines:
        for said in abreast(partial(_written, into), photos):
            lines.write(said)


def _written(into: Path, photo: DatasetPhoto) -> str:
    """Write a photo's files; what is known of it as a line."""
    if is_written(photo):
        mask = rle.decode(photo.rle or rle.union((), photo.size))
        (into / "masks" / f"{photo.name}.png").write_bytes(grey(mask))
    if len(photo.lesions) > 1:
        (into / "instances").mkdir(exist_ok=True)
        numbers = numbered(photo.lesions)
        (into / "instances" / f"{photo.name}.png").write_bytes(encoded(numbers))
    return json.dumps(asdict(photo.provenance)) + "\n"


def read(source: Path, sizes: Sizes) -> Iterator[Read]:
    """Each mask of `masks`, or of the folder itself, told apart by `instances`."""
    masks = source / "masks"
    paths = sorted((masks if masks.is_dir() else source).glob("*.png"))
    one = partial(each_by_itself, partial(_label, source / "instances"), stem)
    return abreast(one, paths)


def _label(apart: Path, path: Path) -> Label:
    check_file(path)
    numbers = read_grey(path)
    whole, size = rle.encode(lesion_of(numbers, path.name)), Size.of(numbers)
    lesions = _lesions(whole, apart / path.name)
    return Label(path.stem, size, lesions, (CLASS,) * len(lesions))


def _lesions(whole: Rle, apart: Path) -> tuple[Rle, ...]:
    if not rle.area(whole):
        return ()
    if not apart.exists():
        return (whole,)
    lesions = told_apart(read_grey(apart))
    together = [lesion.size == whole.size for lesion in lesions]
    if not all(together) or rle.digest(rle.union(lesions, whole.size)) != rle.digest(whole):
        raise LabelError(f"{apart} is of another lesion than the mask of the same name.")
    return lesions


def key(photo: DatasetPhoto) -> str:
    """Its name, without suffix."""
    return photo.name


def kept(lesion: Rle) -> Rle:
    """All of it."""
    return lesion
