"""What is told of a mask in numbers: all of it, and each lesion of several."""

from dataclasses import dataclass
from typing import Self

from imaging.mask.parts import MaskPart
from imaging.values import Measurements
from pipeline.review.editor import Editor


@dataclass(frozen=True, eq=False)
class Measured:
    """A mask's measurements, and its lesions where it has several, the largest first."""

    measurements: Measurements
    lesions: tuple[MaskPart, ...] = ()

    @classmethod
    def of(cls, editor: Editor) -> Self:
        """Measure a mask as it is now; for the thread that has its editor."""
        return cls(editor.measurements(), editor.lesions())
