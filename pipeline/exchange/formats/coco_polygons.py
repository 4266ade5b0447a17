"""COCO with polygons in place of run lengths, for tools that read nothing else.

They go along the edges of pixels, so that COCO draws every pixel of them again; what is lost is the
holes, which COCO's polygons can't have.
"""

from collections.abc import Iterable
from pathlib import Path

from imaging.values import Rle
from pipeline.exchange.codecs.polygons import edge_polygons, rle_of
from pipeline.exchange.dataset import DatasetPhoto
from pipeline.exchange.formats.coco import APART, PHOTOS, Segmented, key, overview, read, write_with

__all__ = ["APART", "PHOTOS", "kept", "key", "overview", "read", "write"]


def write(photos: Iterable[DatasetPhoto], into: Path) -> None:
    """Write the dataset as `coco` does. Raises OSError."""
    write_with(_segmented, photos, into)


def _segmented(lesion: Rle) -> Segmented:
    polygons = edge_polygons(lesion)
    return Segmented(polygons, rle_of(polygons, lesion.size))


def kept(lesion: Rle) -> Rle:
    """All but the holes in it."""
    return rle_of(edge_polygons(lesion), lesion.size)
