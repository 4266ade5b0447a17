"""Reference maps of a package: what it computes on the sample photos, and how near is near enough.

They lie beside the package, `lesion.references` beside `lesion.mlpackage`, and are made by
`make_references`: by ONNX Runtime on a CPU, in float32. Of each photo they hold the framing, the
picture that the model was given (its hash, and itself at an eighth of the size) and the
probabilities (16 bits a value). So a selftest can tell apart a photo that was decoded or framed
wrongly from a model that computes wrongly.

Tolerances come from what was measured when the references were made, on the worst of the photos:

- `same_picture` is for a photo of which the model was given exactly the reference's picture. Only
  arithmetic can differ then: `ROUNDINGS` times what rounding every layer to float16 changes (see
  `half_precision`), and `ACTIVATION` everywhere, of the probabilities and of the mask. Four,
  because rounding sums as well has been seen to triple the largest difference, and in which order
  hardware sums is unknown.
- `near_picture` is for one that another build of a decoder decoded a little differently: each value
  of the picture up to `NOISE` levels off, at random, changes so much, and arithmetic adds its own.
  (Pillow and OpenCV were seen to decode the sample JPEGs to the same bits, but for the one in
  Display P3, whose colours OpenCV doesn't convert; other builds of one decoder may differ.)
- `PICTURE_LEVELS` is how far the small picture may be off, then: the mean of a block moves no more
  than its values (`NOISE`), and both sides are rounded to whole levels.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from imaging.framing import Framing, Mask, Pixels, Probabilities
from imaging.mask.agreement import agreement
from imaging.mask.outline import draw_mask

ROUNDINGS = 4
ACTIVATION = 2**-10
"""One step of a float16 above 1: hardware that takes a sigmoid from a table may be off by so much
all over the map, where it is flat and rounding alone changes nothing."""
NOISE = 2
PICTURE_LEVELS = NOISE + 1
SHRINK = 8
"""The small picture is so many times smaller than the model's grid."""


@dataclass(frozen=True)
class Difference:
    """How two maps of one photo differ.

    The largest and the mean difference of a probability on the model's grid, and the Jaccard of the
    masks they draw on the whole photo.
    """

    largest: float
    mean: float
    jaccard: float


@dataclass(frozen=True)
class Tolerance:
    """How far two maps of a photo may differ: at most `largest` and `mean`, at least `jaccard`."""

    largest: float
    mean: float
    jaccard: float

    def admits(self, found: Difference) -> bool:
        """Whether a difference is no greater; one that is not a number never is."""
        return (
            found.largest <= self.largest
            and found.mean <= self.mean
            and found.jaccard >= self.jaccard
        )


@dataclass(frozen=True)
class Tolerances:
    """What was measured and what is allowed, all of it on the worst of the photos."""

    half_precision: Difference
    """Rounding every layer's result to float16."""
    noise: Difference
    """Each value of the model's picture up to `NOISE` levels off, at random."""
    same_picture: Tolerance
    near_picture: Tolerance


@dataclass(frozen=True, eq=False)
class Reference:
    """What a package computes on one photo.

    `map` is float32 (gh, gw), `small_picture` uint8 (gh / `SHRINK`, gw / `SHRINK`, 3). The hashes
    are SHA-256, hexadecimal, of the photo's file and of the picture on the grid, row by row.
    """

    name: str
    file_sha256: str
    framing: Framing
    picture_sha256: str
    small_picture: Pixels
    map: Probabilities


@dataclass(frozen=True, eq=False)
class References:
    """All references of a package, with what they were made by.

    `decoded_side` is how long the longer side of a photo was decoded, in pixels.
    """

    model: str
    package_sha256: str
    threshold: float
    decoded_side: int
    made_by: str
    tolerances: Tolerances
    photos: tuple[Reference, ...]


def small_picture(framed: Pixels) -> Pixels:
    """A picture on the grid, uint8 (gh, gw, 3), `SHRINK` times smaller: each pixel a block's mean.

    Where the grid isn't a multiple, blocks share the pixels on their borders.
    """
    size = (max(1, framed.shape[1] // SHRINK), max(1, framed.shape[0] // SHRINK))
    return np.asarray(cv2.resize(framed, size, interpolation=cv2.INTER_AREA), np.uint8)


def compare_maps(
    ours: Probabilities, theirs: Probabilities, framing: Framing, threshold: float
) -> Difference:
    """Compare two maps (gh, gw) of one photo, and the masks they draw."""
    masks = [draw_mask(grid, framing, threshold) for grid in (ours, theirs)]
    return compare_outcomes(ours, theirs, masks[0], masks[1])


def compare_outcomes(
    ours: Probabilities, theirs: Probabilities, our_mask: Mask, their_mask: Mask
) -> Difference:
    """Compare two maps (gh, gw) and the masks (H, W) that were drawn from them."""
    apart = np.abs(ours - theirs)
    jaccard = agreement(our_mask, their_mask).jaccard
    return Difference(float(apart.max()), float(apart.mean()), jaccard)


def tolerances(half_precision: Difference, noise: Difference) -> Tolerances:
    """What is allowed, from what was measured."""
    same = Tolerance(
        ROUNDINGS * half_precision.largest + ACTIVATION,
        ROUNDINGS * half_precision.mean + ACTIVATION,
        1 - ROUNDINGS * (1 - half_precision.jaccard) - ACTIVATION,
    )
    near = Tolerance(
        same.largest + noise.largest,
        same.mean + noise.mean,
        same.jaccard - (1 - noise.jaccard),
    )
    return Tolerances(half_precision, noise, same, near)
