"""The processes of the app, as the selftest looks at them."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.work.scorer import Scorer
from pipeline.work.scoring import Segmented
from pipeline.work.shelf import Viewed
from pipeline.work.viewer import Viewer

if TYPE_CHECKING:
    from models.package.package import PackageInfo


@dataclass(frozen=True)
class Processes:
    """A scorer, and a viewer that shows what the scorer's model was given."""

    scorer: Scorer
    viewer: Viewer

    def model(self) -> "PackageInfo":
        """What the model is."""
        return self.scorer.model()

    def backend(self) -> str:
        """What executes the model."""
        return self.scorer.backend()

    def segment(self, path: Path) -> Segmented:
        """Outline one photo."""
        return self.scorer.segment(path)

    def view(self, path: Path, longest: int) -> Viewed:
        """A photo, decoded small."""
        return self.viewer.view(path, longest)
