"""Edits of a mask as XOR patches in a bounding box, applied only to the mask they were made on."""

import math
import zlib
from collections.abc import Sequence
from hashlib import sha256

import cv2
import numpy as np
import numpy.typing as npt

from imaging.framing import Mask
from imaging.values import Patch


class PatchError(Exception):
    """A patch that does not belong on this mask."""


def stroke(
    mask: Mask, points: Sequence[tuple[float, float]], radius: float, value: bool
) -> Patch | None:
    """The patch that sets every pixel whose centre is within `radius` of the polyline to `value`.

    `points` are continuous photo coordinates (x, y); `mask` (H, W) is not changed. Only the
    polyline's bounding box is looked at. None when nothing would change.
    """
    box = _box(points, radius, mask)
    if box is None:
        return None
    rows, columns = box
    covered = np.zeros((rows.stop - rows.start, columns.stop - columns.start), np.bool_)
    for start, end in zip(points, [*points[1:], points[-1]], strict=True):
        _cover(covered, columns.start, rows.start, start, end, radius)
    return _patch(mask, covered & (mask[rows, columns] != value), columns.start, rows.start)


def difference(before: Mask, after: Mask) -> Patch | None:
    """The patch from one mask (H, W) to another, in its tightest box; None when they are equal."""
    return _patch(before, before != after, 0, 0)


def apply_patch(mask: Mask, patch: Patch) -> None:
    """Do an edit on a mask (H, W), in place; raises PatchError on any mask but its own."""
    _exchange(mask, patch, patch.hash_before, patch.hash_after)


def revert_patch(mask: Mask, patch: Patch) -> None:
    """Take an edit back from a mask (H, W), in place; raises PatchError if it is not there."""
    _exchange(mask, patch, patch.hash_after, patch.hash_before)


def _exchange(mask: Mask, patch: Patch, expected: str, wanted: str) -> None:
    """Go from one side of a patch to the other; the mask changes only if both hashes agree."""
    right, bottom = patch.left + patch.width, patch.top + patch.height
    if min(patch.left, patch.top) < 0 or right > mask.shape[1] or bottom > mask.shape[0]:
        raise PatchError("The edit reaches outside this mask; it belongs to another photo.")
    box = mask[patch.top : bottom, patch.left : right]
    if _hash(box) != expected:
        raise PatchError("The edit was made on another mask; open the photo again.")
    exchanged = box ^ _bits(patch)
    if _hash(exchanged) != wanted:
        raise PatchError("The edit is damaged; go back to the one before it.")
    box[...] = exchanged


def _bits(patch: Patch) -> Mask:
    """The box (height, width) of what a patch changes."""
    try:
        packed = np.frombuffer(zlib.decompress(patch.bits), np.uint8)
    except zlib.error as error:
        raise PatchError("The edit is damaged; go back to the one before it.") from error
    bits = np.unpackbits(packed, count=patch.width * patch.height)
    return bits.reshape(patch.height, patch.width).view(np.bool_)


def _box(
    points: Sequence[tuple[float, float]], radius: float, mask: Mask
) -> tuple[slice, slice] | None:
    """Rows and columns of a mask that a line `radius` wide reaches, or None if it misses it."""
    if not points:
        return None
    xs, ys = [x for x, _ in points], [y for _, y in points]
    top, bottom = max(0, math.floor(min(ys) - radius)), math.ceil(max(ys) + radius)
    left, right = max(0, math.floor(min(xs) - radius)), math.ceil(max(xs) + radius)
    bottom, right = min(mask.shape[0], bottom), min(mask.shape[1], right)
    return (slice(top, bottom), slice(left, right)) if bottom > top and right > left else None


def _cover(
    covered: Mask,
    left: int,
    top: int,
    start: tuple[float, float],
    end: tuple[float, float],
    radius: float,
) -> None:
    """Set what lies within `radius` of one piece of line in a box whose corner is (left, top)."""
    moved = [(x - left, y - top) for x, y in (start, end)]
    part = _box(moved, radius, covered)
    if part is None:
        return
    rows, columns = part
    x = np.arange(columns.start, columns.stop)[None, :] + 0.5
    y = np.arange(rows.start, rows.stop)[:, None] + 0.5
    covered[part] |= _squared_distance(x, y, *moved) <= radius * radius


def _squared_distance(
    x: npt.NDArray[np.float64],
    y: npt.NDArray[np.float64],
    start: tuple[float, float],
    end: tuple[float, float],
) -> npt.NDArray[np.float64]:
    """From every (x, y) to the nearest point of the piece of line from `start` to `end`."""
    across, down = end[0] - start[0], end[1] - start[1]
    length = across * across + down * down
    along = (x - start[0]) * across + (y - start[1]) * down
    share = np.clip(along / length, 0, 1) if length > 0 else np.zeros_like(along)
    apart_x, apart_y = x - start[0] - share * across, y - start[1] - share * down
    return np.asarray(apart_x**2 + apart_y**2)


def _patch(mask: Mask, changed: Mask, left: int, top: int) -> Patch | None:
    """The patch of `changed`, a box of the mask at (left, top), cut to what really changes."""
    columns, rows = _extent(changed)
    if not columns.stop:
        return None
    bits = changed[rows, columns]
    height, width = bits.shape
    left, top = left + columns.start, top + rows.start
    before = mask[top : top + height, left : left + width]
    packed = zlib.compress(np.packbits(bits).tobytes(), 1)
    return Patch(left, top, width, height, packed, _hash(before), _hash(before ^ bits))


def _extent(bits: Mask) -> tuple[slice, slice]:
    """The columns and rows between which bits are set; empty when none is."""
    if bits.flags.f_contiguous:
        # As it lies in memory: to turn a mask of 12 megapixels takes longer than all the rest.
        y, x, height, width = cv2.boundingRect(bits.T.view(np.uint8))
    else:
        x, y, width, height = cv2.boundingRect(np.ascontiguousarray(bits).view(np.uint8))
    return slice(x, x + width), slice(y, y + height)


def _hash(box: Mask) -> str:
    return sha256(np.packbits(box).tobytes()).hexdigest()
