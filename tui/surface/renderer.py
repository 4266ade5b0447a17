"""Half cells for rich-pixels: the same colours as its own renderer's, in those a terminal has."""

import numpy as np
from PIL.Image import Image, Resampling
from rich.segment import Segment
from rich_pixels import Renderer

from imaging.framing import Pixels
from imaging.view.cells import half_cells, table_colours, true_colours
from tui.surface.ansi import TABLE, TRUE
from tui.surface.strips import Block


class HalfCells(Renderer):
    """Draws opaque pictures; `fixed` in the 256 fixed colours that every terminal has."""

    def __init__(self, *, fixed: bool = False) -> None:
        super().__init__()
        self._code = table_colours if fixed else true_colours
        self._dialect = TABLE if fixed else TRUE

    def render(self, image: Image, resize: tuple[int, int] | None) -> list[Segment]:
        """A picture, resized to whole cells if asked, as lines with their ends (rich-pixels)."""
        picture = image.convert("RGB")
        width, height = resize or picture.size
        even = (width, height + height % 2)
        if picture.size != even:
            picture = picture.resize(even, Resampling.NEAREST)
        block = self.block(np.asarray(picture))
        return [segment for strip in block.strips() for segment in (*strip, Segment.line())]

    def block(self, pixels: Pixels) -> Block:
        """Lines of cells from twice as many rows of pixels, uint8 (2 × lines, columns, 3)."""
        return Block(half_cells(self._code(pixels)), self._dialect)
