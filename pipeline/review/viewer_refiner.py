"""What mends the outlines of one open photo: the network beside the pictures of the screen."""

from pathlib import Path

from imaging.framing import Probabilities
from imaging.mask.marks import Marks
from imaging.mask.window import Window
from pipeline.review.whereabouts import Whereabouts
from pipeline.work.refining import Refined
from pipeline.work.viewer import Viewer


class ViewerRefiner:
    """What mends the outlines of one open photo (see `PhotoRefiner`)."""

    def __init__(self, viewer: Viewer, where: Whereabouts) -> None:
        self._viewer = viewer
        self._where = where

    def side(self) -> int:
        """See PhotoRefiner."""
        return self._viewer.refiner_side()

    def refine(self, window: Window, outline: Probabilities, marks: Marks) -> Probabilities:
        """See PhotoRefiner; raises what `Whereabouts.read` raises, too."""

        def mend(path: Path) -> Refined:
            return self._viewer.refine(path, window, outline, marks)

        return self._where.read(mend).outline
