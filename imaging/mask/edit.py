"""Edits of a mask as XOR patches in a bounding box, applied only to the mask they were made on."""

import zlib
from hashlib import sha256

import cv2
import numpy as np

from imaging.framing import Mask, Part, Size
from imaging.values import Patch


class PatchError(Exception):
    """A patch that does not belong on this mask."""


def part_of(patch: Patch) -> Part:
    """The rows and columns of the mask that a patch lies on."""
    rows = slice(patch.top, patch.top + patch.height)
    return rows, slice(patch.left, patch.left + patch.width)


def difference(before: Mask, after: Mask) -> Patch | None:
    """The patch from one mask (H, W) to another, in its tightest box; None when they are equal."""
    return _patch(before, before != after)


def no_difference(mask: Mask) -> Patch:
    """A patch of a mask (H, W) that changes nothing of it, for an edit that says something else."""
    corner = mask[:1, :1]
    return patch_of(np.zeros_like(corner), corner, 0, 0)


def apply_patch(mask: Mask, patch: Patch) -> None:
    """Do an edit on a mask (H, W), in place; raises PatchError on any mask but its own."""
    _exchange(mask, patch, patch.hash_before, patch.hash_after)


def revert_patch(mask: Mask, patch: Patch) -> None:
    """Take an edit back from a mask (H, W), in place; raises PatchError if it is not there."""
    _exchange(mask, patch, patch.hash_after, patch.hash_before)


def _exchange(mask: Mask, patch: Patch, expected: str, wanted: str) -> None:
    """Go from one side of a patch to the other; the mask changes only if both hashes agree."""
    rows, columns = part_of(patch)
    if min(rows.start, columns.start) < 0 or not _holds(mask, rows.stop, columns.stop):
        raise PatchError("The edit reaches outside this mask; it belongs to another photo.")
    box = mask[rows, columns]
    before = _by_rows(box)
    if _hash(before) != expected:
        raise PatchError("The edit was made on another mask; open the photo again.")
    bits = unpacked(patch.bits, patch)
    if _hash(before ^ bits) != wanted:
        raise PatchError("The edit is damaged; go back to the one before it.")
    _flip(box, bits)


def _holds(mask: Mask, bottom: int, right: int) -> bool:
    size = Size.of(mask)
    return bottom <= size.height and right <= size.width


def packed(bits: Mask) -> bytes:
    """A box of pixels, bool (height, width), as they are stored."""
    return zlib.compress(np.packbits(_by_rows(bits)).tobytes(), 1)


def unpacked(data: bytes, patch: Patch) -> Mask:
    """The pixels of a patch's box, bool (height, width), as they were packed. Raises PatchError."""
    pixels = patch.width * patch.height
    try:
        bits = np.frombuffer(zlib.decompress(data), np.uint8)
    except zlib.error as error:
        raise PatchError("The edit is damaged; go back to the one before it.") from error
    if bits.size != (pixels + 7) // 8:
        raise PatchError("The edit is damaged; go back to the one before it.")
    return np.unpackbits(bits, count=pixels).reshape(patch.height, patch.width).view(np.bool_)


def patch_of(bits: Mask, before: Mask, left: int, top: int) -> Patch:
    """The patch that changes `bits` in a box at (left, top), whose pixels were `before`."""
    height, width = bits.shape
    bits, before = _by_rows(bits), _by_rows(before)
    return Patch(left, top, width, height, packed(bits), _hash(before), _hash(before ^ bits))


def transposed(pixels: Mask) -> Mask:
    """Rows (n, m) as columns (m, n), in memory too."""
    # In blocks: NumPy goes line by line, which takes ten times as long.
    return np.asarray(cv2.transpose(pixels.view(np.uint8))).view(np.bool_)


def _lies_by_columns(box: Mask) -> bool:
    return box.strides[0] < box.strides[1]


def _by_rows(box: Mask) -> Mask:
    """A box as patches have it, row by row in memory."""
    return transposed(box.T) if _lies_by_columns(box) else box


def _flip(box: Mask, bits: Mask) -> None:
    if _lies_by_columns(box):
        box, bits = box.T, transposed(bits)
    box ^= bits


def _patch(mask: Mask, changed: Mask) -> Patch | None:
    """The patch of `changed`, cut to what really changes of a mask."""
    columns, rows = _extent(changed)
    if not columns.stop:
        return None
    return patch_of(changed[rows, columns], mask[rows, columns], columns.start, rows.start)


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
