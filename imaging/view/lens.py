"""How near a photo is seen on the screen, and which part of it: from the whole to single pixels."""

from dataclasses import dataclass, replace

from imaging.framing import Framing, Part, Size

CLOSEST = 8.0
"""Grid pixels across a photo pixel where it can't be seen any nearer, on a grid of cells."""
SURROUNDINGS = 0.25
"""Of a lesion's longer side: how much skin is seen on each side of it at least."""


@dataclass(frozen=True)
class Lens:
    """A photo on a grid, `zoom` times as large as all of it fits, around a point in photo pixels.

    The point is in the grid's middle as far as the photo reaches: where the photo is larger than
    the grid, no grid lies beside it.
    """

    photo: Size
    grid: Size
    zoom: float
    x: float
    y: float
    closest: float = CLOSEST
    """Grid pixels across a photo pixel where it can't be seen any nearer."""

    @classmethod
    def whole(cls, photo: Size, grid: Size, closest: float = CLOSEST) -> "Lens":
        """All of the photo."""
        return cls(photo, grid, 1.0, photo.width / 2, photo.height / 2, closest)

    @classmethod
    def around(cls, part: Part, photo: Size, grid: Size, closest: float = CLOSEST) -> "Lens":
        """A part of the photo with its surroundings."""
        rows, columns = part
        height, width = rows.stop - rows.start, columns.stop - columns.start
        more = 2 * SURROUNDINGS * max(height, width)
        scale = min(grid.width / (width + more), grid.height / (height + more))
        x, y = (columns.start + columns.stop) / 2, (rows.start + rows.stop) / 2
        return cls(photo, grid, scale / _fitting(photo, grid), x, y, closest)._bounded()

    @property
    def framing(self) -> Framing:
        """Where the photo lies on the grid; at zoom 1 as `imaging.framing.fit` has it."""
        photo, grid = self.photo, self.grid
        scale = _fitting(photo, grid) * self.zoom
        width, height = (max(1, round(side * scale)) for side in (photo.width, photo.height))
        left = _placed(width, grid.width, self.x / photo.width)
        top = _placed(height, grid.height, self.y / photo.height)
        return Framing("lens", photo, grid, left, top, width, height)

    def on(self, grid: Size, closest: float = CLOSEST) -> "Lens":
        """The same on another grid."""
        return replace(self, grid=grid, closest=closest)._bounded()

    def zoomed(self, factor: float, x: float, y: float) -> "Lens":
        """Nearer by a factor above 1, or farther; the photo's point (x, y) stays where it is."""
        before = replace(self, zoom=self.zoom * factor)._bounded()
        column, row = self.framing.point_to_grid(x, y)
        across, down = column - self.grid.width / 2, row - self.grid.height / 2
        after = before.framing
        return replace(
            before,
            x=x - across * self.photo.width / after.width,
            y=y - down * self.photo.height / after.height,
        )

    def panned(self, across: float, down: float) -> "Lens":
        """Farther right and down by grid pixels, not beyond the photo."""
        framing = self.framing
        # From what is seen, not from the point: it may lie where the photo's edge held it back.
        middle = self.grid.width / 2 + across, self.grid.height / 2 + down
        x, y = framing.point_to_photo(*middle)
        return replace(self, x=x, y=y)

    def following(self, x: float, y: float, margin: float) -> "Lens":
        """Panned as little as it takes to see a point with `margin` grid pixels around it."""
        column, row = self.framing.point_to_grid(x, y)
        return self.panned(
            _beyond(column, self.grid.width, margin), _beyond(row, self.grid.height, margin)
        )

    def _bounded(self) -> "Lens":
        nearest = max(1.0, self.closest / _fitting(self.photo, self.grid))
        return replace(self, zoom=min(max(self.zoom, 1.0), nearest))


def _fitting(photo: Size, grid: Size) -> float:
    """Grid pixels to a photo pixel where all of the photo fits."""
    return min(grid.width / photo.width, grid.height / photo.height)


def _placed(length: int, grid: int, middle: float) -> int:
    """Where the photo begins on the grid, `middle` of it (0 to 1) in the grid's if it may be."""
    if length <= grid:
        return (grid - length) // 2
    return min(0, max(grid - length, round(grid / 2 - middle * length)))


def _beyond(place: float, length: int, margin: float) -> float:
    """How far a place lies beyond the grid's margins; 0 within."""
    margin = min(margin, length / 2)
    return min(0.0, place - margin) + max(0.0, place - (length - margin))
