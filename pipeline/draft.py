"""A photo opened for review, and the editor of its mask: strokes, thresholds, undo."""

from dataclasses import dataclass, replace
from typing import Protocol

from db.values import DraftEdit, Origin, PhotoDetails
from imaging.edit import apply_patch, difference, revert_patch, stroke
from imaging.framing import Mask, Pixels
from imaging.measure import measure
from imaging.outline import draw_mask
from imaging.values import Measurements, Patch, Prediction


@dataclass(frozen=True)
class Box:
    """A rectangle of photo pixels."""

    left: int
    top: int
    width: int
    height: int

    @classmethod
    def of(cls, patch: Patch) -> "Box":
        """Where a patch lies."""
        return cls(patch.left, patch.top, patch.width, patch.height)

    def joined(self, other: "Box | None") -> "Box":
        """The smallest box around both."""
        if other is None:
            return self
        left, top = min(self.left, other.left), min(self.top, other.top)
        right = max(self.left + self.width, other.left + other.width)
        bottom = max(self.top + self.height, other.top + other.height)
        return Box(left, top, right - left, bottom - top)

    def cut(self, mask: Mask) -> Mask:
        """The part of a mask inside the box, not copied."""
        return mask[self.top : self.top + self.height, self.left : self.left + self.width]


class DraftKeeper(Protocol):
    """Who saves a draft's edits; both methods return at once."""

    def add(self, cursor: int, edit: DraftEdit) -> None:
        """Save an edit made when `cursor` edits were live."""

    def move(self, cursor: int) -> None:
        """Save that `cursor` edits are live now."""


@dataclass
class _Stroke:
    """A stroke being drawn: its brush, where it is, the mask before it, and what it touched."""

    radius: float
    value: bool
    before: Mask
    last: tuple[float, float] | None = None
    touched: Box | None = None


class Editor:
    """The live mask of a draft. A change is on the mask at once and queued to be saved.

    `mask` is bool (height, width) on the upright photo at full resolution. Points are continuous
    photo pixels; a returned Box is what changed, None where nothing did. One thread at a time.
    """

    def __init__(
        self,
        mask: Mask,
        threshold: float,
        prediction: Prediction | None,
        keeper: DraftKeeper,
    ) -> None:
        self.mask = mask
        self._base_threshold = threshold
        self._prediction = prediction
        self._keeper = keeper
        self._line: list[DraftEdit] = []
        self._cursor = 0
        self._stroke: _Stroke | None = None

    def replay(self, line: tuple[DraftEdit, ...], cursor: int) -> None:
        """Take up a stored line of edits, the first `cursor` of them live. Raises PatchError."""
        for edit in line[:cursor]:
            apply_patch(self.mask, edit.patch)
        self._line, self._cursor = list(line), cursor

    @property
    def edits(self) -> int:
        """How many edits are live."""
        return self._cursor

    @property
    def can_undo(self) -> bool:
        """Whether there is an edit to undo."""
        return self._cursor > 0

    @property
    def can_redo(self) -> bool:
        """Whether there is an undone edit to bring back."""
        return self._cursor < len(self._line)

    @property
    def can_set_threshold(self) -> bool:
        """Whether the model's probabilities are at hand."""
        return self._prediction is not None

    @property
    def threshold(self) -> float:
        """The threshold at which the mask was last drawn from the probabilities."""
        for edit in reversed(self._line[: self._cursor]):
            if edit.threshold is not None:
                return edit.threshold
        return self._base_threshold

    @property
    def origin(self) -> Origin:
        """How the mask came to be, by its last live edit."""
        if not self._cursor:
            return Origin.MODEL
        last = self._line[self._cursor - 1]
        return Origin.BRUSH if last.threshold is None else Origin.THRESHOLD

    def measurements(self) -> Measurements:
        """Measure the mask as it is now."""
        return measure(self.mask)

    def begin_stroke(self, radius: float, value: bool) -> None:
        """Put down a round brush that paints (True) or erases (False); `radius` in photo pixels."""
        self.end_stroke()
        self._stroke = _Stroke(radius, value, self.mask.copy(order="K"))

    def extend_stroke(self, x: float, y: float) -> Box | None:
        """Draw on to a point; only a box around the way there is touched."""
        drawn = self._stroke
        if drawn is None:
            return None
        way = [(x, y)] if drawn.last is None else [drawn.last, (x, y)]
        drawn.last = (x, y)
        patch = stroke(self.mask, way, drawn.radius, drawn.value)
        if patch is None:
            return None
        apply_patch(self.mask, patch)
        box = Box.of(patch)
        drawn.touched = box.joined(drawn.touched)
        return box

    def end_stroke(self) -> None:
        """Lift the brush: the stroke becomes one edit."""
        drawn, self._stroke = self._stroke, None
        if drawn is None or drawn.touched is None:
            return
        box = drawn.touched
        patch = difference(box.cut(drawn.before), box.cut(self.mask))
        if patch is not None:
            placed = replace(patch, left=patch.left + box.left, top=patch.top + box.top)
            self._add(DraftEdit(placed))

    def set_threshold(self, value: float) -> Box | None:
        """Draw the mask anew from the model's probabilities, as one edit; `value` from 0 to 1."""
        self.end_stroke()
        if self._prediction is None:
            return None
        drawn = draw_mask(self._prediction.grid, self._prediction.framing, value)
        patch = difference(self.mask, drawn)
        if patch is None:
            return None
        apply_patch(self.mask, patch)
        self._add(DraftEdit(patch, value))
        return Box.of(patch)

    def undo(self) -> Box | None:
        """Take the last live edit back."""
        self.end_stroke()
        if not self.can_undo:
            return None
        patch = self._line[self._cursor - 1].patch
        revert_patch(self.mask, patch)
        self._move(self._cursor - 1)
        return Box.of(patch)

    def redo(self) -> Box | None:
        """Bring the last undone edit back."""
        self.end_stroke()
        if not self.can_redo:
            return None
        patch = self._line[self._cursor].patch
        apply_patch(self.mask, patch)
        self._move(self._cursor + 1)
        return Box.of(patch)

    def _add(self, edit: DraftEdit) -> None:
        self._keeper.add(self._cursor, edit)
        self._line[self._cursor :] = [edit]
        self._cursor += 1

    def _move(self, cursor: int) -> None:
        self._keeper.move(cursor)
        self._cursor = cursor


@dataclass(eq=False)
class OpenPhoto:
    """A photo on the table: what is known of it, a small upright picture, and its editor.

    `picture` is uint8 (height, width, 3) sRGB, smaller than the photo. `editor` is None while the
    photo has no mask, `prediction` while its probabilities are not at hand.
    """

    details: PhotoDetails
    picture: Pixels
    prediction: Prediction | None
    editor: Editor | None
