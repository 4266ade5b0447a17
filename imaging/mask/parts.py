"""The parts of a mask, one by one."""

from dataclasses import dataclass

import cv2
import numpy as np

from imaging.framing import Mask, Part, Size
from imaging.mask.measure import bounding_box


@dataclass(frozen=True, eq=False)
class MaskPart:
    """A part of a mask, or all of one: rows and columns that hold it, and its pixels there."""

    box: Part
    pixels: Mask

    @property
    def area(self) -> int:
        """In pixels."""
        return int(np.count_nonzero(self.pixels))

    def on(self, photo: Size) -> Mask:
        """The part alone as a mask of the whole photo, bool (H, W), column-major in memory."""
        mask = np.zeros((photo.height, photo.width), np.bool_, order="F")
        mask[self.box] = self.pixels
        return mask


def parts_of(mask: Mask) -> tuple[MaskPart, ...]:
    """The parts (8-connected) of a mask (H, W), the largest first; of two alike the upper one."""
    box = bounding_box(mask)
    if box is None:
        return ()
    rows, columns = box
    lesion = np.ascontiguousarray(mask[box]).view(np.uint8)
    _, labels, found, _ = cv2.connectedComponentsWithStats(lesion, connectivity=8)
    parts = []
    for number, (left, top, width, height, _) in enumerate(found[1:].tolist(), 1):
        inside = (slice(top, top + height), slice(left, left + width))
        place = (
            slice(rows.start + top, rows.start + top + height),
            slice(columns.start + left, columns.start + left + width),
        )
        parts.append(MaskPart(place, labels[inside] == number))
    return tuple(sorted(parts, key=lambda part: (-part.area, part.box[0].start, part.box[1].start)))
