"""Polygons of other tools, in photo pixels, as masks; and what becomes of a mask as polygons."""

from collections.abc import Sequence

import numpy as np
from pycocotools import mask as coco

from imaging.framing import Size
from imaging.mask import rle
from imaging.mask.contour import outlines, without_holes
from imaging.values import Rle

Polygon = Sequence[float]
"""x and y of each corner in turn; the photo's first pixel reaches from 0 to 1."""


def rle_of(polygons: Sequence[Polygon], size: Size) -> Rle:
    """The mask of some polygons together. Raises ValueError where one is none, or lies outside."""
    if not polygons:
        raise ValueError("there is no polygon")
    for polygon in polygons:
        _check(np.asarray(polygon, np.float64), size)
    plain = [list(map(float, polygon)) for polygon in polygons]
    merged = coco.merge(coco.frPyObjects(plain, size.height, size.width))
    return Rle(size, bytes(merged["counts"]))


def _check(corners: np.ndarray[tuple[int], np.dtype[np.float64]], size: Size) -> None:
    if corners.ndim != 1 or len(corners) % 2 or len(corners) < 6:
        raise ValueError("a polygon needs three corners, each an x and a y")
    if not np.isfinite(corners).all():
        raise ValueError("a corner is no number")
    x, y = corners[::2], corners[1::2]
    if min(x.min(), y.min()) < 0 or x.max() > size.width or y.max() > size.height:
        raise ValueError(f"a corner lies outside a photo of {size.width}×{size.height}")


def edge_polygons(lesion: Rle) -> list[list[int]]:
    """The outer outlines of a lesion along its pixels' edges, as COCO draws them exactly."""
    found = outlines(rle.decode(lesion))
    return [outline.corners.ravel().tolist() for outline in found if not outline.hole]


def filled(lesion: Rle) -> Rle:
    """A lesion without the holes in it, whose parts hang together over corners too."""
    return rle.encode(without_holes(rle.decode(lesion)))
