"""A photo laid out for the canvas: where it lies, and what is drawn of it."""

from dataclasses import dataclass, replace

import numpy as np
from textual.geometry import Region

from imaging.framing import NONE, Framing, Mask, Part, Pixels, Size
from imaging.mask.measure import bounding_box
from imaging.values import Prediction
from imaging.view.cells import (
    Cells,
    half_cells,
    quadrant_cells,
    table_colours,
    true_colours,
)
from imaging.view.grid import (
    contrasted,
    draw_coverage,
    painted,
    place_picture,
    seen_part,
    widened,
)
from imaging.view.look import draw_heat, map_to_screen, stretch_contrast
from imaging.view.overlay import Ink, Rgb, border, thickened
from tui.surface.raster import HALVES, Raster
from tui.widgets.aids import Aids

EVERY = slice(None)
"""Row or column."""


@dataclass(frozen=True, eq=False)
class Subject:
    """What lies on the canvas: a small upright picture, the photo's own size, and its live mask.

    The prediction is None while none is at hand.
    """

    picture: Pixels
    size: Size
    mask: Mask
    prediction: Prediction | None = None

    def is_like(self, other: "Subject") -> bool:
        """Whether it is of the same picture, mask and prediction: the very same arrays."""
        same = self.picture is other.picture and self.mask is other.mask
        return same and self.prediction is other.prediction


@dataclass(frozen=True)
class Look:
    """How a photo is drawn: its mask's ink, more contrast, the model's probabilities on it."""

    ink: Ink
    contrast: bool = False
    heat: bool = False


class Scene:
    """A photo in the cells of a canvas; methods that change it return the cells changed.

    The `raster` says how many pixels a cell has.

    Where the photo is larger on the screen than its small picture, it is a preview until
    `sharpen` brings what the photo itself shows there.
    """

    def __init__(
        self, subject: Subject, framing: Framing, beside: Rgb, raster: Raster = HALVES
    ) -> None:
        self._subject = subject
        self._framing = framing
        self._raster = raster
        self._beside = beside
        self._picture = place_picture(subject.picture, framing, beside)
        self._ground = self._picture
        self._drawn = self._picture.copy()
        self._ringed = _ringed(framing)
        self._unseen = [self._ringed.inside]
        self._seen = np.zeros((self._ringed.grid.height, self._ringed.grid.width), np.uint8)
        self._marks = np.zeros(self._picture.shape[:2], np.bool_)
        self._line = np.zeros(self._picture.shape[:2], np.bool_)
        self._down = False
        self._look = Look(Ink(0.0, 0.0))

    def panned(self, framing: Framing) -> "Scene":
        """The same photo, as large, moved on the grid; what was sharp stays sharp."""
        scene = Scene(self._subject, framing, self._beside, self._raster)
        here, there = _shared(self._framing, framing)
        scene._picture[there] = self._picture[here]
        if not self._unseen:
            here, there = _shared(self._ringed, scene._ringed)
            scene._seen[there] = self._seen[here]
            scene._unseen = _rest(scene._ringed.inside, there)
        return scene

    def with_mask(self, mask: Mask) -> "Scene":
        """The same view of the photo, as sharp, with another mask."""
        subject = replace(self._subject, mask=mask)
        scene = Scene(subject, self._framing, self._beside, self._raster)
        scene._picture = self._picture
        return scene

    @property
    def raster(self) -> Raster:
        """How many pixels a cell has."""
        return self._raster

    @property
    def framing(self) -> Framing:
        """Where the photo lies on the canvas."""
        return self._framing

    @property
    def is_preview(self) -> bool:
        """Whether the photo has more to show than its small picture."""
        small = Size.of(self._subject.picture)
        return self._framing.width > small.width and small != self._subject.size

    @property
    def grid(self) -> Size:
        """The pixels of the canvas."""
        return self._framing.grid

    def sharpen(self, pixels: Pixels) -> None:
        """Draw what the photo itself shows, uint8 (rows, columns, 3), instead of the preview."""
        inside = self._framing.inside
        self._picture[inside] = pixels[inside]
        self._lay_ground()
        self._draw(inside)

    @property
    def dot(self) -> float:
        """How many photo pixels half a cell's height is, across or down, whichever is more."""
        framing, photo = self._framing, self._framing.photo
        pixel = max(photo.width / framing.width, photo.height / framing.height)
        return pixel * self._raster.dot

    @property
    def longest(self) -> int:
        """The longer side of what is seen of the photo, in halves of a cell's height."""
        (rows, columns), raster = self._framing.inside, self._raster
        wide = (columns.stop - columns.start) // raster.stretch
        return int(max(rows.stop - rows.start, wide) / raster.dot)

    def pixels(self, rows: slice, columns: slice = EVERY) -> Pixels:
        """A part of what is drawn, with the brush, uint8 (rows, columns, 3)."""
        drawn, marks = self._drawn[rows, columns], self._marks[rows, columns]
        if not marks.any():
            return drawn.copy()
        colour = self._look.ink.pens.line
        return painted(drawn, marks, colour) if self._down else contrasted(drawn, marks)

    def cells(self, lines: slice) -> Cells:
        """Lines of cells, as wide as the canvas, each with halves or quarters."""
        rows = slice(2 * lines.start, 2 * lines.stop)
        pixels = self.pixels(rows)
        if self._raster.across == 1:
            return half_cells(true_colours(pixels))
        return quadrant_cells(pixels, self._marks[rows] | self._line[rows])

    def fixed_cells(self, lines: slice, beside: int) -> Cells:
        """The same in 256 fixed colours; beside the photo is one of them."""
        rows = slice(2 * lines.start, 2 * lines.stop)
        codes = table_colours(self.pixels(rows))
        inside, columns = self._framing.inside
        codes[: max(0, inside.start - rows.start)] = beside
        codes[max(0, inside.stop - rows.start) :] = beside
        codes[:, : columns.start] = codes[:, columns.stop :] = beside
        return half_cells(codes)

    # The mask

    def draw(self, look: Look) -> None:
        """Draw all of it."""
        self._look = look
        self._lay_ground()
        # What was looked at once is kept up by `draw_part`.
        unseen, self._unseen = self._unseen, []
        box = bounding_box(self._subject.mask) if unseen else None
        if box is not None:
            lesion = seen_part(self._ringed, box)
            for part in unseen:
                self._look_at_mask(widened(lesion, 0, part))
        self._draw(self._framing.inside)

    def _lay_ground(self) -> None:
        """Make what the mask is drawn on."""
        look, prediction, inside = self._look, self._subject.prediction, self._framing.inside
        self._ground = self._picture.copy()
        if look.contrast:
            self._ground[inside] = stretch_contrast(self._picture[inside])
        if look.heat and prediction is not None:
            heat = map_to_screen(prediction.grid, prediction.framing, self._framing)
            self._ground[inside] = draw_heat(self._ground[inside], heat[inside])

    def draw_part(self, changed: Part) -> Region:
        """Draw the mask anew where a part of the photo changed; the cells that look different."""
        part = seen_part(self._ringed, changed)
        if not self._look_at_mask(part):
            return Region()
        # The line on a pixel depends on its neighbours.
        reach = self._look.ink.pens.width
        part = _without_ring(widened(part, reach, self._ringed.inside), self._framing.inside)
        self._draw(part)
        return self._region(part)

    def _look_at_mask(self, part: Part) -> bool:
        """Take over a part of the mask, in the ringed grid; whether it looks different from here.

        One pixel more than is seen: where the mask goes on there, no border ends it.
        """
        before = self._seen[part].copy()
        self._seen[part] = self._ringed.mask_to_grid(self._subject.mask, part)
        return not np.array_equal(before, self._seen[part])

    def _draw(self, whole: Part) -> None:
        """Draw a part anew: where there is no mask, the ground alone."""
        self._drawn[whole], self._line[whole] = self._ground[whole], False
        lesion = self._lesion(whole)
        if lesion is not None:
            self._draw_mask(lesion)

    def _lesion(self, whole: Part) -> Part | None:
        """What of a part the mask is drawn on, with a line's width around it."""
        reach = self._look.ink.pens.width
        rows, columns = widened(whole, reach, self._framing.inside)
        around = self._seen[rows.start : rows.stop + 2, columns.start : columns.stop + 2]
        box = bounding_box(around != NONE)
        if box is None:
            return None
        return widened(_moved(box, rows.start - 1, columns.start - 1), reach, whole)

    def _draw_mask(self, part: Part) -> None:
        ink = self._look.ink
        rows, columns = wide = widened(part, ink.pens.width - 1, self._framing.inside)
        around = self._seen[rows.start : rows.stop + 2, columns.start : columns.stop + 2]
        line = thickened(border(around)[1:-1, 1:-1], ink.pens.width)[_within(wide, part)]
        seen = around[1:-1, 1:-1][_within(wide, part)]
        self._drawn[part] = draw_coverage(self._ground[part], seen, line, ink)
        self._line[part] = line if ink.line else False

    # The brush

    def to_photo(self, x: float, y: float) -> tuple[float, float]:
        """A point of the canvas, in cells, in photo pixels; both continuous.

        Where the photo goes on beyond the canvas, a point beside it is at its edge: what nobody
        sees is not painted on.
        """
        framing, grid = self._framing, self._framing.grid
        return framing.point_to_photo(
            _held(self._raster.across * x, grid.width, framing.left, framing.width),
            _held(self._raster.down * y, grid.height, framing.top, framing.height),
        )

    def moved(self, x: float, y: float, across: int, down: int) -> tuple[float, float]:
        """A point of the photo moved by steps of a key, not beyond the last pixel."""
        column, row = self._framing.point_to_grid(x, y)
        framing, (wide, high) = self._framing, self._raster.step
        return framing.point_to_photo(
            _between(framing.left, framing.width, column + across * wide),
            _between(framing.top, framing.height, row + down * high),
        )

    def in_view(self, x: float, y: float) -> tuple[float, float]:
        """A point of the photo, or the nearest one that is seen."""
        rows, columns = self._framing.inside
        column, row = self._framing.point_to_grid(x, y)
        return self._framing.point_to_photo(
            _between(columns.start, columns.stop - columns.start, column),
            _between(rows.start, rows.stop - rows.start, row),
        )

    def mark(self, aids: Aids) -> list[Region]:
        """Draw these, and nothing else, over photo and mask; the cells that look different."""
        before, down = self._marks, self._down
        self._marks = aids.on(self._framing, self._raster)
        self._down = aids.is_down
        gone, come = before, self._marks
        if down is self._down:
            gone, come = before & ~self._marks, self._marks & ~before
        return [self._region(box) for each in (gone, come) if (box := bounding_box(each))]

    def _region(self, part: Part) -> Region:
        """The cells that a part of the grid touches."""
        (rows, columns), down, across = part, self._raster.down, self._raster.across
        top, bottom = rows.start // down, -(-rows.stop // down)
        left, right = columns.start // across, -(-columns.stop // across)
        return Region(left, top, right - left, bottom - top)


def stretched(framing: Framing, across: int) -> Framing:
    """A framing of square pixels on pixels of which so many are as wide as one of those."""
    grid = Size(across * framing.grid.width, framing.grid.height)
    left, width = across * framing.left, across * framing.width
    return replace(framing, grid=grid, left=left, width=width)


def _ringed(framing: Framing) -> Framing:
    """The same on a grid that is a pixel larger on each side."""
    grid = Size(framing.grid.width + 2, framing.grid.height + 2)
    return replace(framing, grid=grid, left=framing.left + 1, top=framing.top + 1)


def _within(outer: Part, inner: Part) -> Part:
    """Where a part of a grid lies in a larger part of it."""
    rows, columns = (
        slice(line.start - around.start, line.stop - around.start)
        for line, around in zip(inner, outer, strict=True)
    )
    return rows, columns


def _moved(part: Part, down: int, across: int) -> Part:
    """A part so many pixels farther down and right."""
    rows, columns = part
    return (
        slice(rows.start + down, rows.stop + down),
        slice(columns.start + across, columns.stop + across),
    )


def _without_ring(part: Part, inside: Part) -> Part:
    """What a part of the ringed grid is of the grid itself, as far as the photo lies there."""
    return widened(_moved(part, -1, -1), 0, inside)


def _between(start: int, length: int, place: float) -> float:
    """The place, or the middle of the first or last pixel if it lies beyond."""
    return min(max(place, start + 0.5), start + length - 0.5)


def _held(place: float, grid: int, start: int, length: int) -> float:
    """The place, or the grid's edge where it lies beyond that and the photo goes on there."""
    if start < 0:
        place = max(place, 0.0)
    return min(place, float(grid)) if start + length > grid else place


def _shared(before: Framing, after: Framing) -> tuple[Part, Part]:
    """What two framings of one size both show, as a part of the first's grid and of the second's.

    Empty where they show nothing in common.
    """
    rows = _overlap(before.inside[0], after.inside[0], after.top - before.top)
    columns = _overlap(before.inside[1], after.inside[1], after.left - before.left)
    return (rows[0], columns[0]), (rows[1], columns[1])


def _rest(whole: Part, known: Part) -> list[Part]:
    """What of a part lies above, below and beside a part of it, which may be empty."""
    (rows, columns), (inner, across) = whole, known
    if inner.start >= inner.stop or across.start >= across.stop:
        return [whole]
    return [
        (slice(rows.start, inner.start), columns),
        (slice(inner.stop, rows.stop), columns),
        (inner, slice(columns.start, across.start)),
        (inner, slice(across.stop, columns.stop)),
    ]


def _overlap(before: slice, after: slice, shift: int) -> tuple[slice, slice]:
    start = max(before.start + shift, after.start)
    stop = max(start, min(before.stop + shift, after.stop))
    return slice(start - shift, stop - shift), slice(start, stop)
