"""Run the model on the sample photos as always, and hold what comes out against its references.

What is compared, in this order, because each only means something if those before it are right: the
package's hash, how each photo was framed, the picture the model was given, the map it made and the
mask that was drawn. `models.proof.reference` says how near is near enough.
"""

from hashlib import sha256
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Protocol

import numpy as np

from imaging.framing import Framing, Pixels
from imaging.mask import rle
from imaging.mask.outline import draw_mask
from imaging.photo import Photo, PhotoError
from models.package.model import model_hash
from models.package.package import ModelError
from models.proof.reference import (
    PICTURE_LEVELS,
    Difference,
    Reference,
    References,
    Tolerance,
    compare_outcomes,
    small_picture,
)
from models.run.setup import ModelSetup
from pipeline.errors import PipelineError
from pipeline.machine import anonymous
from pipeline.selftest.verdict import (
    Checked,
    Fault,
    Selftest,
    conclude,
    conclude_other_model,
    conclude_unopened,
)
from pipeline.work.scoring import Segmented
from pipeline.work.shelf import Viewed

if TYPE_CHECKING:
    from models.package.package import PackageInfo


class Looker(Protocol):
    """What decodes photos and runs the model, as always."""

    def model(self) -> "PackageInfo":
        """What the model is."""

    def backend(self) -> str:
        """What executes the model."""

    def segment(self, path: Path) -> Segmented:
        """Outline one photo."""

    def view(self, path: Path, longest: int) -> Viewed:
        """A photo, decoded small."""


def selftest(looker: Looker, setup: ModelSetup, references: References, folder: Path) -> Selftest:
    """Check every photo of the references, which lie in `folder`.

    `setup` is what the looker opens. Expected failures of model, processes and photos are part of
    what is found, not raised.
    """
    started, package = monotonic(), setup.package
    try:
        info, backend = looker.model(), looker.backend()
    except (ModelError, PipelineError) as error:
        return conclude_unopened(package.stem, _hash(package), anonymous(str(error), package))
    opening = monotonic() - started
    if info.hash != references.package_sha256:
        return conclude_other_model(references, info, backend)
    photos = tuple(check(looker, references, each, folder) for each in references.photos)
    asked = setup.device(backend)
    return conclude(info, backend, asked, opening, photos)


def _hash(package: Path) -> str:
    try:
        return model_hash(package)
    except ModelError:
        return ""


def check(looker: Looker, references: References, reference: Reference, folder: Path) -> Checked:
    """One photo: decoded, framed, run and drawn as always, against its reference."""
    path, name = folder / reference.name, reference.name
    try:
        if sha256(path.read_bytes()).hexdigest() != reference.file_sha256:
            return Checked(name, Fault.PHOTO, "It is not the file the references were made from.")
        segmented = looker.segment(path)
        photo = looker.view(path, references.decoded_side).photo
    except OSError as error:
        reason = error.strerror or type(error).__name__
        return Checked(name, Fault.PHOTO, f"It can't be read ({reason}).")
    except PhotoError as error:
        return Checked(name, Fault.PHOTO, anonymous(str(error), path))
    except (ModelError, PipelineError) as error:
        return Checked(name, Fault.FAILED, anonymous(str(error), path))
    return compare(references, reference, segmented, photo)


def compare(
    references: References, reference: Reference, segmented: Segmented, photo: Photo
) -> Checked:
    """What came out for a photo, and the photo as it was decoded, against the reference."""
    prediction = segmented.prediction
    framing, receipt = prediction.framing, prediction.receipt
    if framing != reference.framing:
        fault, sentence = Fault.FRAMING, _other_framing(framing, reference.framing)
        return Checked(reference.name, fault, sentence, receipt.milliseconds, receipt.device)
    framed = framing.picture_to_grid(photo.pixels)
    exact = sha256(framed.tobytes()).hexdigest() == reference.picture_sha256
    levels = 0 if exact else _levels(framed, reference)
    theirs = draw_mask(reference.map, framing, references.threshold)
    found = compare_outcomes(prediction.grid, reference.map, rle.decode(segmented.rle), theirs)
    allowed = references.tolerances
    tolerance = allowed.same_picture if exact else allowed.near_picture
    fault, sentence = _judge(levels, found, tolerance)
    return Checked(
        reference.name, fault, sentence, receipt.milliseconds, receipt.device, exact, levels, found
    )


def _judge(levels: int, found: Difference, tolerance: Tolerance) -> tuple[Fault, str]:
    if levels > PICTURE_LEVELS:
        return Fault.PICTURE, (
            f"The model's picture is up to {levels} levels off (allowed: {PICTURE_LEVELS})."
        )
    if not tolerance.admits(found):
        return Fault.NUMBERS, (
            f"Allowed: largest {tolerance.largest:.4f}, mean {tolerance.mean:.5f}, "
            f"Jaccard {tolerance.jaccard:.4f}."
        )
    return Fault.NONE, ""


def _levels(framed: Pixels, reference: Reference) -> int:
    """How far the picture, `SHRINK` times smaller, is off at most, in grey levels."""
    ours, theirs = small_picture(framed).astype(int), reference.small_picture.astype(int)
    return int(np.abs(ours - theirs).max())


def _other_framing(ours: Framing, theirs: Framing) -> str:
    wrong = [
        f"{name} is {getattr(ours, name)}, should be {value}"
        for name, value in vars(theirs).items()
        if getattr(ours, name) != value
    ]
    return "; ".join(wrong) + "."
