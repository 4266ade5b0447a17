"""Draw sample photos and true masks again: `python -m sample_images.drawing.draw [NAME …]`."""

import sys
from pathlib import Path

import numpy as np
from rich.progress import track

from imaging.framing import Mask, Pixels
from sample_images.drawing.camera import TO_P3, encoded, lit, taken
from sample_images.drawing.files import write_mask, write_photo
from sample_images.drawing.hair import covered
from sample_images.drawing.lesions import grown, inside, outlined
from sample_images.drawing.samples import SAMPLES, Sample
from sample_images.drawing.skin import bare
from sample_images.drawing.things import laid

PHOTOS = Path(__file__).parents[1]
MASKS = PHOTOS.parent / "tests" / "data" / "sample_masks"


def draw(sample: Sample) -> tuple[Pixels, Mask]:
    """A sample's pixels, uint8 (H, W, 3) upright in its own profile, and its mask, bool (H, W)."""
    random, plane = np.random.default_rng(sample.seed), sample.plane
    tissue = bare(sample.skin, plane, random)
    mask = np.zeros((plane.height, plane.width), np.bool_)
    for lesion in sample.lesions:
        body = outlined(lesion, plane, random)
        tissue = grown(tissue, lesion, body, plane, random)
        mask |= inside(lesion, body)
    light = lit(tissue, sample.camera, plane, random)
    for hair in sample.hairs:
        light = covered(light, hair, plane, random)
    for thing in sample.things:
        light = laid(light, thing, plane, random)
    light = taken(light, sample.camera, plane, random)
    if sample.profile == "display-p3":
        light = np.asarray(light @ TO_P3.T, np.float32)
    return encoded(light), mask


def main(names: list[str]) -> None:
    """Draw the samples of these names, or all, into their folders."""
    MASKS.mkdir(parents=True, exist_ok=True)
    chosen = [sample for sample in SAMPLES if not names or sample.name in names]
    for sample in track(chosen, "Drawing"):
        pixels, mask = draw(sample)
        path = PHOTOS / sample.name
        write_photo(path, pixels, sample.orientation, sample.profile, sample.quality)
        write_mask(MASKS / f"{path.stem}.png", mask)


if __name__ == "__main__":
    main(sys.argv[1:])
