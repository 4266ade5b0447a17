"""A photo on the table, before any thread of a screen has it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from db.values import PhotoDetails, Tool
from imaging.framing import Pixels
from imaging.mask.shape import Point
from imaging.values import Prediction
from pipeline.review.editor import Editor
from pipeline.review.measured import Measured
from pipeline.review.refining import PhotoRefiner
from pipeline.review.whereabouts import Whereabouts


@dataclass(eq=False)
class OpenPhoto:
    """A photo on the table: what is known of it, where its file lies, a small picture, its editor.

    `picture` is uint8 (height, width, 3) sRGB, smaller than the photo. `prediction` is None while
    its probabilities are not at hand. Where the photo has no outline, the editor begins with none.
    `refiner` mends its outline.
    """

    details: PhotoDetails
    where: Whereabouts
    picture: Pixels
    prediction: Prediction | None
    editor: Editor
    refiner: PhotoRefiner
    begun: Mapping[Tool, tuple[Point, ...]] = field(default_factory=dict)
    """The points of shapes that the reviewer has not closed."""
    kept: int = 0
    """How many edits of the reviewer's are kept with outlines that don't stand any more."""
    measured: Measured = field(init=False)
    """The mask as it was opened, unfinished edits and all."""

    def __post_init__(self) -> None:
        self.measured = Measured.of(self.editor)

    @property
    def has_outline(self) -> bool:
        """Whether there is something to accept: an outline, or edits."""
        return self.details.revision is not None or self.editor.can_undo
