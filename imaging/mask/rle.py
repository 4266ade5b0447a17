"""Masks as COCO's compressed run-length encoding, through pycocotools."""

import numpy as np
import numpy.typing as npt
from pycocotools import mask as coco

from imaging.framing import Mask, Size
from imaging.mask.parts import MaskPart
from imaging.values import Rle


def encode(mask: Mask) -> Rle:
    """Encode a mask (H, W); a column-major one is taken as it lies in memory."""
    encoded = coco.encode(np.asfortranarray(mask).view(np.uint8))
    return Rle(Size.of(mask), bytes(encoded["counts"]))


def encode_part(part: MaskPart, photo: Size) -> Rle:
    """Encode a part as a mask of the whole photo, which is never made."""
    pixels = photo.width * photo.height
    runs = np.diff(_edges(part, photo), prepend=0, append=pixels)
    if len(runs) > 1 and not runs[-1]:
        runs = runs[:-1]
    plain = {"size": [photo.height, photo.width], "counts": runs.tolist()}
    encoded = coco.frPyObjects(plain, photo.height, photo.width)
    return Rle(photo, bytes(encoded["counts"]))


def _edges(part: MaskPart, photo: Size) -> npt.NDArray[np.int64]:
    """Where lesion begins and ends by turns, counted down the photo's columns."""
    rows, columns = part.box
    height, width = part.pixels.shape
    # A pixel of background above each column: what reaches the end of one ends there.
    line = np.zeros(width * (height + 1) + 1, np.uint8)
    line[:-1].reshape(width, height + 1)[:, 1:] = part.pixels.T
    column, row = np.divmod(np.flatnonzero(line[1:] != line[:-1]), height + 1)
    edges = (columns.start + column) * photo.height + rows.start + row
    # But where a part is as tall as the photo, the next column may go on with it.
    goes_on = np.flatnonzero(edges[1:] == edges[:-1])
    return np.delete(edges, np.concatenate([goes_on, goes_on + 1]))


def decode(rle: Rle) -> Mask:
    """The mask (H, W) of an encoding, column-major in memory and writable.

    Raises ValueError when the runs don't fill the mask exactly.
    """
    size = rle.size
    _filling(rle)
    encoded = {"size": [size.height, size.width], "counts": rle.counts}
    decoded: Mask = coco.decode(encoded).view(np.bool_)
    return decoded


def area(rle: Rle) -> int:
    """How many pixels of the mask are lesion. Raises ValueError as `decode` does."""
    return sum(_filling(rle)[1::2])


def covers(whole: Rle, part: Rle) -> bool:
    """Whether every pixel of one mask is one of another of the same size."""
    both = [
        {"size": [each.size.height, each.size.width], "counts": each.counts}
        for each in (whole, part)
    ]
    return int(coco.area(coco.merge(both))) == area(whole)


def dice(first: Rle, second: Rle) -> float:
    """2|A∩B| / (|A|+|B|) of two masks of the same size, 1 where both are empty.

    Neither is decoded. Raises ValueError where the sizes differ, or as `decode` does.
    """
    if first.size != second.size:
        raise ValueError(f"masks of {first.size} and {second.size} can't be compared")
    _filling(first), _filling(second)
    both = [
        {"size": [each.size.height, each.size.width], "counts": each.counts}
        for each in (first, second)
    ]
    areas = int(coco.area(both[0])) + int(coco.area(both[1]))
    if not areas:
        return 1.0
    return 2 * int(coco.area(coco.merge(both, intersect=True))) / areas


def _filling(rle: Rle) -> list[int]:
    """The runs, of background and lesion by turns, which fill the mask exactly."""
    size, runs = rle.size, _runs(rle.counts)
    if min(runs, default=0) < 0 or sum(runs) != size.width * size.height:
        # pycocotools leaves what the runs don't reach as memory happened to be.
        raise ValueError(f"the runs don't fill a mask of {size.width}×{size.height}")
    return runs


def _runs(counts: bytes) -> list[int]:
    """The lengths of the runs, as COCO's `rleFrString` reads them.

    Groups of five bits, lowest first, in characters from "0"; bit 5 says that more follow, bit 4
    of the last is the sign. From the fourth on, a run is written as what it is more than the one
    two before.
    """
    runs: list[int] = []
    value = shift = 0
    for character in counts:
        group = character - 48
        if not 0 <= group < 64:
            raise ValueError(f"{character} is no character of runs")
        value |= (group & 0x1F) << shift
        shift += 5
        if group & 0x20:
            continue
        if group & 0x10:
            value -= 1 << shift
        runs.append(value + (runs[-2] if len(runs) > 2 else 0))
        value = shift = 0
    if shift:
        # pycocotools would read on behind the end.
        raise ValueError("the runs end in the middle of one")
    return runs
