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
    height, width = mask.shape
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    left, top = max(0, math.floor(min(xs) - radius)), max(0, math.floor(min(ys) - radius))
    right = min(width, math.ceil(max(xs) + radius))
    bottom = min(height, math.ceil(max(ys) + radius))
    if right <= left or bottom <= top:
        return None
    covered = _covered(points, radius, (left, top, right, bottom))
    changed = covered & (mask[top:bottom, left:right] != value)
    return _patch(mask, changed, left, top)


def difference(before: Mask, after: Mask) -> Patch | None:
    """The patch from one mask (H, W) to another, in its tightest box; None when they are equal."""
    return _patch(before, before != after, 0, 0)


def apply_patch(mask: Mask, patch: Patch) -> None:
    """Do an edit on a mask (H, W), in place; raises PatchError on any mask but its own."""
    _exchange(mask, patch, patch.hash_before)


def revert_patch(mask: Mask, patch: Patch) -> None:
    """Take an edit back from a mask (H, W), in place; raises PatchError if it is not there."""
    _exchange(mask, patch, patch.hash_after)


def _exchange(mask: Mask, patch: Patch, expected: str) -> None:
    height, width = mask.shape
    if patch.left + patch.width > width or patch.top + patch.height > height:
        raise PatchError("the edit reaches outside this mask")
    box = mask[patch.top : patch.top + patch.height, patch.left : patch.left + patch.width]
    if _hash(box) != expected:
        raise PatchError("the edit was made on another mask")
    packed = np.frombuffer(zlib.decompress(patch.bits), np.uint8)
    bits = np.unpackbits(packed, count=patch.width * patch.height)
    box ^= bits.reshape(patch.height, patch.width).view(np.bool_)


def _covered(
    points: Sequence[tuple[float, float]], radius: float, box: tuple[int, int, int, int]
) -> Mask:
    """Which pixel centres of a box lie within `radius` of the polyline."""
    left, top, right, bottom = box
    x = np.arange(left, right, dtype=np.float32)[None, :] + 0.5
    y = np.arange(top, bottom, dtype=np.float32)[:, None] + 0.5
    covered = np.zeros((bottom - top, right - left), np.bool_)
    for start, end in zip(points, [*points[1:], points[-1]], strict=True):
        covered |= _squared_distance(x, y, start, end) <= radius * radius
    return covered


def _squared_distance(
    x: npt.NDArray[np.float32],
    y: npt.NDArray[np.float32],
    start: tuple[float, float],
    end: tuple[float, float],
) -> npt.NDArray[np.float32]:
    across, down = end[0] - start[0], end[1] - start[1]
    length = across * across + down * down
    along = (x - start[0]) * across + (y - start[1]) * down
    share = np.clip(along / length, 0, 1) if length > 0 else np.zeros_like(along)
    nearest_x, nearest_y = start[0] + share * across, start[1] + share * down
    return np.asarray((x - nearest_x) ** 2 + (y - nearest_y) ** 2, np.float32)


def _patch(mask: Mask, changed: Mask, left: int, top: int) -> Patch | None:
    """The patch of `changed`, a box of the mask at (left, top), cut to what really changes."""
    x, y, width, height = cv2.boundingRect(np.ascontiguousarray(changed).view(np.uint8))
    if width == 0 or height == 0:
        return None
    bits = changed[y : y + height, x : x + width]
    left, top = left + x, top + y
    before = mask[top : top + height, left : left + width]
    return Patch(
        left, top, width, height, zlib.compress(np.packbits(bits).tobytes(), 1),
        _hash(before), _hash(before ^ bits),
    )  # fmt: skip


def _hash(box: Mask) -> str:
    return sha256(np.packbits(box).tobytes()).hexdigest()
