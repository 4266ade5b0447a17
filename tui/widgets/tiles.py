"""Where the photos of a page lie: as many as fit, each in a frame that is drawn round one of them.

┏━━━━━━━━┓            a frame's corner
┃ cells  ┃ cells      `height` lines of the photo
┃ name   ┃ name       two lines of text
┗━━━━━━━━┛            shared with the frames below
"""

from dataclasses import dataclass

from textual.geometry import Region

SIZES = ((18, 6), (26, 9), (38, 14))
"""Cells that a photo gets at least, across and down, the smallest first."""
WIDE = 8 / 3
"""Cells across for each down, of a photo of four by three."""
TEXT = 2
"""Lines of text below each photo."""
FRAME = 1
"""Cells of a frame's line."""


@dataclass(frozen=True)
class Tiles:
    """`columns` × `rows` photos, of `width` × `height` cells each, on a widget."""

    columns: int
    rows: int
    width: int
    height: int
    left: int

    @classmethod
    def filling(cls, width: int, height: int, size: int, photos: int | None = None) -> "Tiles":
        """As many as fit into so many cells, and as large as these let them be.

        Where fewer `photos` are to be seen than would fit, all of them, as large as can be.
        """
        least_width, least_height = SIZES[size]
        columns = max(1, width // (least_width + 2 * FRAME))
        rows = max(1, (height - FRAME) // (least_height + TEXT + FRAME))
        most = cls._laid(width, height, columns, rows, least_width)
        if photos is None or photos >= most.count:
            return most
        fewer = (
            cls._laid(width, height, across, -(-max(1, photos) // across), least_width)
            for across in range(1, columns + 1)
        )
        return max((each for each in fewer if each.rows <= rows), key=lambda each: each.seen)

    @classmethod
    def _laid(cls, width: int, height: int, columns: int, rows: int, least: int) -> "Tiles":
        across = max(1, width // columns - 2 * FRAME)
        down = max(1, (height - FRAME) // rows - TEXT - FRAME)
        # Not much wider than photos are: what is beside them tells nothing.
        across = min(across, max(least, 3 * down))
        left = (width - columns * (across + 2 * FRAME)) // 2
        return cls(columns, rows, across, down, left)

    @property
    def seen(self) -> tuple[float, int]:
        """How high a photo as wide as most is drawn, and how little room is left beside it."""
        return min(self.height, self.width / WIDE), -self.width * self.height

    @property
    def count(self) -> int:
        """How many photos a page has."""
        return self.columns * self.rows

    def frame(self, place: int) -> Region:
        """The cells of a photo with its text and its frame."""
        row, column = divmod(place, self.columns)
        width, height = self.width + 2 * FRAME, self.height + TEXT + FRAME
        return Region(self.left + column * width, row * height, width, height + FRAME)

    def at(self, x: int, y: int) -> int | None:
        """The place of the photo on which a cell lies."""
        for place in range(self.count):
            if self.frame(place).shrink((0, 0, FRAME, 0)).contains(x, y):
                return place
        return None
