"""How many marks a refiner needs: a scripted reviewer marks the largest error, again and again.

As interactive segmentation is measured (number of clicks to a Dice, NoC), each photo at its own
size, from a model's outline and from nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from imaging.decode.photo import read_photo
from imaging.framing import Coverage, Mask, Pixels, Probabilities
from imaging.mask.agreement import agreement
from imaging.mask.marks import Marks, Refiner, balanced, lesion_of
from imaging.mask.outline import draw_mask
from imaging.photo import PhotoError
from models.evaluate.masks import read_mask
from models.evaluate.pairs import Pair, PairsError
from models.run.segmenter import Segmenter

AIM, MOST, BAD, WORSE = 0.90, 20, 0.75, 0.02
"""The Dice to reach, the most marks, the Jaccard below which an outline is bad, a Dice lost."""


@dataclass(frozen=True)
class Marked:
    """One photo: its Dice at first and after each mark, up to the aim or the last mark."""

    dices: tuple[float, ...]
    jaccard: float
    """Of the outline at first."""

    @property
    def reached(self) -> bool:
        """Whether the last mark brought the aim."""
        return self.dices[-1] >= AIM

    @property
    def marks(self) -> int:
        """How many marks were set; where the aim was not reached, the most."""
        return len(self.dices) - 1


@dataclass(frozen=True)
class Marking:
    """Some photos: marks to a Dice of 0.90 (at most 20), the shares of photos that never reach it
    and of marks after which the Dice is worse by more than 0.02.
    """

    photos: int
    median_marks: float
    mean_marks: float
    failing: float
    worse: float


@dataclass(frozen=True)
class Markings:
    """From the model's outline, over all photos and those below Jaccard 0.75; and from nothing."""

    own: Marking
    bad: Marking | None
    nothing: Marking


Both = tuple[Marked, Marked]
"""A photo, marked from the model's outline and from nothing."""


def mark_pairs(
    segmenter: Segmenter, refiner: Refiner, pairs: Sequence[Pair], progress: Callable[[int], None]
) -> list[Both]:
    """Mark photos until their outlines are right; `progress` is told how many are done.

    Raises PairsError where a photo or mask can't be read or their sizes differ.
    """
    found = []
    for done, pair in enumerate(pairs, start=1):
        picture, truth, outline = read_outlined(segmenter, pair)
        own = mark(refiner, picture, outline, truth)
        found.append((own, mark(refiner, picture, np.zeros_like(outline), truth)))
        progress(done)
    return found


def summarise(marked: Sequence[Both]) -> Markings:
    """The figures of some photos, at least one."""
    own, nothing = zip(*marked, strict=True)
    bad = [one for one in own if one.jaccard < BAD]
    return Markings(_figures(own), _figures(bad) if bad else None, _figures(nothing))


def read_outlined(segmenter: Segmenter, pair: Pair) -> tuple[Pixels, Mask, Probabilities]:
    """A photo (H, W, 3), its true mask, and the model's outline without small parts."""
    try:
        photo, truth = read_photo(pair.image), read_mask(pair)
        found, threshold = segmenter.predict(photo), segmenter.info.threshold
        drawn = draw_mask(found.grid, found.framing, threshold)
        outline = balanced(found.framing.map_to_photo(found.grid), threshold)
        if drawn.shape != truth.shape:
            raise PairsError(f"masks of {drawn.shape} and {truth.shape} can't be compared")
    except (PhotoError, PairsError) as error:
        raise PairsError(f"{pair.image.name} can't be compared with its mask: {error}") from error
    return (
        photo.pixels,
        truth,
        np.ascontiguousarray(np.where(drawn, outline, outline.clip(0, 0.49))),
    )


def mark(refiner: Refiner, picture: Pixels, outline: Probabilities, truth: Mask) -> Marked:
    """Mark the largest error and refine, until the aim is reached or there are no more marks."""
    first = agreement(lesion_of(outline), truth)
    marks, dices = Marks(), [first.dice]
    while dices[-1] < AIM and len(dices) <= MOST:
        marks = next_mark(lesion_of(outline), truth, marks)
        outline = refiner(picture, outline, marks)
        dices.append(agreement(lesion_of(outline), truth).dice)
    return Marked(tuple(dices), first.jaccard)


def next_mark(drawn: Mask, truth: Mask, marks: Marks) -> Marks:
    """The marks and one more, on the innermost pixel of the largest error (8-connected).

    Pixels that have a mark are not looked at again. There must be an error.
    """
    wrong = (drawn != truth).astype(np.uint8)
    rows, columns = marks.pixels(marks.inside + marks.outside, drawn.shape).T
    wrong[rows, columns] = 0
    # What is to be added and what is to be taken away are different errors, however near.
    parts = [_largest(wrong * truth), _largest(wrong * ~truth)]
    largest = max(parts, key=lambda part: int(part.sum()))
    inner = cv2.distanceTransform(np.pad(largest, 1), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)[
        1:-1, 1:-1
    ]
    row, column = np.unravel_index(inner.argmax(), inner.shape)
    point = (float(column) + 0.5, float(row) + 0.5)
    if truth[row, column]:
        return replace(marks, inside=(*marks.inside, point))
    return replace(marks, outside=(*marks.outside, point))


def _figures(marked: Sequence[Marked]) -> Marking:
    steps = np.concatenate([np.diff(one.dices) for one in marked])
    needed = [one.marks for one in marked]
    return Marking(
        photos=len(marked),
        median_marks=float(np.median(needed)),
        mean_marks=float(np.mean(needed)),
        failing=float(np.mean([not one.reached for one in marked])),
        worse=float((steps < -WORSE).mean()) if steps.size else 0.0,
    )


def _largest(errors: Coverage) -> Coverage:
    """The largest part of errors, uint8 (H, W) of 0 and 1."""
    count, labels, sizes, _ = cv2.connectedComponentsWithStats(errors, connectivity=8)
    if count == 1:
        return errors
    return np.asarray(labels == 1 + sizes[1:, cv2.CC_STAT_AREA].argmax(), np.uint8)
