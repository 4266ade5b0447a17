"""What mends the outlines of one open photo: the network beside the pictures of the screen."""

from pathlib import Path

from db.values import PhotoDetails
from imaging.framing import Probabilities
from imaging.mask.marks import Marks
from imaging.mask.window import Window
from pipeline.errors import ReviewError
from pipeline.review.another import another_picture
from pipeline.work.viewer import Viewer


class ViewerRefiner:
    """What mends the outlines of one open photo (see `PhotoRefiner`)."""

    def __init__(self, viewer: Viewer, photo: PhotoDetails, content_hash: str) -> None:
        self._viewer = viewer
        self._photo = photo
        self._content_hash = content_hash

    def side(self) -> int:
        """See PhotoRefiner."""
        return self._viewer.refiner_side()

    def refine(self, window: Window, outline: Probabilities, marks: Marks) -> Probabilities:
        """See PhotoRefiner; raises ReviewError where the file holds another picture now."""
        refined = self._viewer.refine(Path(self._photo.path), window, outline, marks)
        if refined.fingerprint.content_hash != self._content_hash:
            raise ReviewError(another_picture(self._photo.name))
        return refined.outline
