"""Strips beside each other on one line, of which none is made into segments unless it is asked."""

from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.segment import Segment
from textual.strip import Strip


class JoinedStrip(Strip):
    """A line of strips, drawn one after the other.

    Textual's own way of joining them asks each for its segments, which takes fifty times as long
    where they are cells of a picture.
    """

    __slots__ = ["_pieces"]

    def __init__(self, pieces: Sequence[Strip]) -> None:
        super().__init__((), sum(piece.cell_length for piece in pieces))
        self._pieces = pieces

    @property
    def _segments(self) -> list[Segment]:
        return [segment for piece in self._pieces for segment in piece]

    @_segments.setter
    def _segments(self, segments: list[Segment]) -> None:
        """Textual sets it when a strip is made."""

    def render(self, console: Console) -> str:
        """What a terminal is sent."""
        return "".join(piece.render(console) for piece in self._pieces)

    def crop(self, start: int, end: int | None = None) -> Strip:
        """From one column to another one, as far as they are in the strip."""
        length = self.cell_length
        first, last = max(0, start), length if end is None else min(end, length)
        if (first, last) == (0, length):
            return self
        found, place = list[Strip](), 0
        for piece in self._pieces:
            if place < last and first < place + piece.cell_length:
                found.append(piece.crop(max(0, first - place), last - place))
            place += piece.cell_length
        return JoinedStrip(found)

    def divide(self, cuts: Iterable[int]) -> Sequence[Strip]:
        """The pieces that end at these columns."""
        ends = [cut for cut in cuts if cut <= self.cell_length]
        return [self.crop(start, end) for start, end in zip([0, *ends], ends, strict=False)]
