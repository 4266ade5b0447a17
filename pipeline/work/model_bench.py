"""What a scorer's process does: it reads a photo once, and outlines what it read.

What was hashed is what was decoded.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from imaging.decode.photo import decode, fingerprint, read_file
from imaging.mask import rle
from imaging.mask.measure import measured
from imaging.mask.outline import draw_part
from imaging.photo import USUAL_MEMORY, PhotoFile
from imaging.values import Fingerprint
from models.run.setup import ModelSetup
from pipeline.work.jobs import Phase, Tell
from pipeline.work.scoring import Segmented

if TYPE_CHECKING:
    from models.run.segmenter import Segmenter

PROOF_SIDE = 64
"""Pixels a side of the picture that only proves that a photo can be decoded."""


class ModelBench:
    """The model, opened when it is first asked for: a folder of known photos pays for no runtime.

    `tell` hears when a job comes to its next phase. `memory` is what a photo may take, in bytes.
    """

    def __init__(
        self,
        setup: ModelSetup,
        tell: Tell = lambda _phase: None,
        memory: int = USUAL_MEMORY,
    ) -> None:
        self._memory = memory
        self._setup = setup
        self._tell = tell
        self._segmenter: Segmenter | None = None

    def open(self) -> None:
        """Open the model, if it is not open yet. Raises ModelError."""
        self.segmenter()

    def segmenter(self) -> "Segmenter":
        """The opened model. Raises ModelError."""
        if self._segmenter is None:
            self._segmenter = self._setup.open()
        return self._segmenter

    def read(self, path: Path) -> tuple[PhotoFile, Fingerprint]:
        """A file's bytes and what they are. Raises PhotoError."""
        file = read_file(path)
        self._tell(Phase.DECODING)
        return file, fingerprint(file, self._memory)

    def prove(self, path: Path) -> Fingerprint:
        """What a file and the picture in it are, all of it decoded. Raises PhotoError."""
        file, identity = self.read(path)
        decode(file, PROOF_SIDE, self._memory)
        return identity

    def segment(self, file: PhotoFile, identity: Fingerprint) -> Segmented:
        """Decode, predict, draw and measure. Raises PhotoError and ModelError."""
        segmenter = self.segmenter()
        photo = decode(file, segmenter.decoded_side, self._memory)
        self._tell(Phase.COMPUTING)
        prediction = segmenter.predict(photo)
        threshold = segmenter.info.threshold
        drawn, size = draw_part(prediction.grid, prediction.framing, threshold), photo.size
        mask = rle.encode_part(drawn, size)
        return Segmented(identity, prediction, mask, measured(drawn.area, size), threshold)
