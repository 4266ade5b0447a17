"""A plain folder of masks: a picture a photo, called as the photo is."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from imaging.framing import Size
from imaging.mask import rle
from models.evaluate.masks import read_mask
from models.evaluate.pairs import Pair, PairsError
from pipeline.errors import LabelError
from pipeline.exchange.abreast import abreast
from pipeline.exchange.format import CLASS, Label, Read, Sizes, check_file, each_by_itself

SUFFIXES = frozenset({".png", ".bmp", ".tif", ".tiff", ".gif", ".webp", ".jpg", ".jpeg"})
ENDINGS = ("_segmentation", "_mask", "_lesion", "_label", "_gt", "-mask", "-label")
"""What names of masks have behind the photo's, in lower case."""


def read(source: Path, _sizes: Sizes) -> Iterator[Read]:
    """Each picture below a folder, or one, as `models.evaluate.masks` understands it."""
    root = source.parent if source.is_file() else source
    files = [source] if source.is_file() else sorted(source.rglob("*"))
    masks = [path for path in files if path.suffix.lower() in SUFFIXES and not path.is_dir()]
    key = partial(_key, root)
    return abreast(partial(each_by_itself, partial(_label, key), key), masks)


def without_ending(name: str) -> str:
    """A mask's name without what says that it is one."""
    ending = next((end for end in ENDINGS if name.lower().endswith(end)), "")
    return name[: len(name) - len(ending)]


def _key(root: Path, path: Path) -> str:
    return path.relative_to(root).with_suffix("").as_posix()


def _label(key: "partial[str]", path: Path) -> Label:
    check_file(path)
    try:
        mask = read_mask(Pair(path, path, {}))
    except PairsError as error:
        raise LabelError(str(error)) from error
    lesions = (rle.encode(mask),) if mask.any() else ()
    return Label(key(path), Size.of(mask), lesions, (CLASS,) * len(lesions))
