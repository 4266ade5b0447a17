"""Masks as COCO's compressed run-length encoding, through pycocotools."""

from collections.abc import Sequence
from hashlib import sha256

import cv2
import numpy as np
import numpy.typing as npt
from pycocotools import mask as coco

from imaging.framing import Mask, Size
from imaging.mask.parts import MaskPart
from imaging.values import Rle

MOST_GROUPS = 7
"""Of five bits, in a run: 35 bits hold more pixels than a photo may have."""


def encode(mask: Mask) -> Rle:
    """Encode a mask (H, W); a column-major one is taken as it lies in memory."""
    encoded = coco.encode(_down_columns(mask))
    return Rle(Size.of(mask), bytes(encoded["counts"]))


def _down_columns(mask: Mask) -> npt.NDArray[np.uint8]:
    """A mask as bytes, column-major: turned by OpenCV in a fifth of NumPy's time."""
    if mask.flags.f_contiguous or not mask.size:
        return np.asfortranarray(mask).view(np.uint8)
    turned: npt.NDArray[np.uint8] = np.asarray(
        cv2.transpose(np.ascontiguousarray(mask).view(np.uint8)), np.uint8
    )
    return turned.T


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


def of_runs(runs: Sequence[int], size: Size) -> Rle:
    """A mask of plain runs, background first. Raises ValueError when they don't fill it."""
    if min(runs, default=0) < 0 or sum(runs) != size.width * size.height:
        raise ValueError(f"the runs don't fill a mask of {size.width}×{size.height}")
    plain = {"size": [size.height, size.width], "counts": list(runs)}
    return Rle(size, bytes(coco.frPyObjects(plain, size.height, size.width)["counts"]))


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
    return int(_filling(rle)[1::2].sum())


def covers(whole: Rle, part: Rle) -> bool:
    """Whether every pixel of one mask is one of another of the same size."""
    both = [
        {"size": [each.size.height, each.size.width], "counts": each.counts}
        for each in (whole, part)
    ]
    return int(coco.area(coco.merge(both))) == area(whole)


def union(masks: Sequence[Rle], size: Size) -> Rle:
    """All of some masks of this size in one; an empty one where there are none."""
    if not masks:
        return of_runs([size.width * size.height], size)
    if len(masks) == 1:
        return masks[0]
    each = [{"size": [size.height, size.width], "counts": mask.counts} for mask in masks]
    return Rle(size, bytes(coco.merge(each)["counts"]))


def digest(rle: Rle) -> str:
    """SHA-256, hexadecimal, of the pixels: alike for every way to write the same mask.

    That of the size, and of where lesion begins and ends by turns, down the photo's columns.
    Raises ValueError as `decode` does.
    """
    runs = _filling(rle)
    edges, times = np.unique(runs[:-1].cumsum(), return_counts=True)
    pixels = rle.size.width * rle.size.height
    # Runs without a pixel end where they begin, and the last one where the photo does.
    kept = edges[(times % 2 == 1) & (edges < pixels)].astype("<i8")
    return sha256(f"{rle.size.width}x{rle.size.height}:".encode() + kept.tobytes()).hexdigest()


def dice(first: Rle, second: Rle) -> float:
    """2|A∩B| / (|A|+|B|) of two masks of the same size, 1 where both are empty.

    Neither is decoded. Raises ValueError where the sizes differ, or as `decode` does.
    """
    both, areas = _overlap(first, second)
    return 2 * both / areas if areas else 1.0


def jaccard(first: Rle, second: Rle) -> float:
    """|A∩B| / |A∪B| of two masks, as `dice` is made."""
    both, areas = _overlap(first, second)
    return both / (areas - both) if areas else 1.0


def _overlap(first: Rle, second: Rle) -> tuple[int, int]:
    """The pixels that two masks share, and those of both together, shared ones twice."""
    if first.size != second.size:
        raise ValueError(f"masks of {first.size} and {second.size} can't be compared")
    areas = area(first) + area(second)
    both = [
        {"size": [each.size.height, each.size.width], "counts": each.counts}
        for each in (first, second)
    ]
    return int(coco.area(coco.merge(both, intersect=True))), areas


def _filling(rle: Rle) -> npt.NDArray[np.int64]:
    """The runs, of background and lesion by turns, which fill the mask exactly."""
    size, runs = rle.size, _runs(rle.counts)
    if runs.min(initial=0) < 0 or runs.sum() != size.width * size.height:
        # pycocotools leaves what the runs don't reach as memory happened to be.
        raise ValueError(f"the runs don't fill a mask of {size.width}×{size.height}")
    return runs


def _runs(counts: bytes) -> npt.NDArray[np.int64]:
    """The lengths of the runs, as COCO's `rleFrString` reads them.

    Groups of five bits, lowest first, in characters from "0"; bit 5 says that more follow, bit 4
    of the last is the sign. From the fourth on, a run is written as what it is more than the one
    two before.
    """
    groups = np.frombuffer(counts, np.uint8).astype(np.int64) - 48
    if ((groups < 0) | (groups >= 64)).any():
        raise ValueError("there is a character that is none of runs")
    ends = np.flatnonzero(groups & 0x20 == 0)
    if len(groups) != (ends[-1] + 1 if len(ends) else 0):
        # pycocotools would read on behind the end.
        raise ValueError("the runs end in the middle of one")
    if not len(ends):
        return np.zeros(0, np.int64)
    starts = np.concatenate([[0], ends[:-1] + 1])
    lengths = ends - starts + 1
    if lengths.max() > MOST_GROUPS:
        raise ValueError("a run is longer than any mask")
    bits = 5 * (np.arange(len(groups)) - np.repeat(starts, lengths))
    values = np.add.reduceat((groups & 0x1F) << bits, starts)
    values -= np.where(groups[ends] & 0x10, np.left_shift(1, 5 * lengths), 0)
    for first in (1, 2):
        values[first::2] = values[first::2].cumsum()
    return values
