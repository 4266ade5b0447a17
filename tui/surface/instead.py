"""A picture in cells, for whoever wants its lines in styles: a screen behind another, a file."""

import cv2
import numpy as np
from rich.segment import Segment

from imaging.framing import Mask, Pixels
from imaging.view.cells import quadrant_cells
from tui.surface.ansi import TRUE
from tui.surface.raster import QUARTERS, Raster
from tui.surface.strips import Block
from tui.surface.surface import Sight


def line_pixels(sight: Sight, raster: Raster, line: int, start: int, stop: int) -> Pixels:
    """The pixels of a part of a line of cells."""
    rows = slice(line * raster.down, (line + 1) * raster.down)
    return sight.pixels(rows, slice(start * raster.across, stop * raster.across))


def line_cells(sight: Sight, raster: Raster, line: int, start: int, stop: int) -> list[Segment]:
    """A part of a line, as fine as cells can be."""
    pixels = line_pixels(sight, raster, line, start, stop)
    size = QUARTERS.across * (stop - start), QUARTERS.down
    small: Pixels = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
    plain: Mask = np.zeros(small.shape[:2], np.bool_)
    return Block(quadrant_cells(small, plain), TRUE).segments(0, 0, stop - start)
