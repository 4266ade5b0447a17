"""The sample photos: every format opens, the shipped model finds each lesion, and all are drawn."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from imaging.decode.orientation import orientation
from imaging.decode.photo import fingerprint, read_file, read_photo
from imaging.framing import Mask, Size
from imaging.mask.agreement import agreement
from imaging.mask.outline import draw_mask
from models.package.shipped import shipped_model
from models.run.segmenter import Segmenter, open_segmenter
from sample_images.drawing.draw import MASKS, PHOTOS, draw
from sample_images.drawing.fields import Plane
from sample_images.drawing.icc import display_p3
from sample_images.drawing.samples import SAMPLES, Sample

EACH = pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
SMALL = tuple(sample for sample in SAMPLES if sample.name.endswith(".png"))
SUFFIXES = {".jpg", ".png", ".heic"}


def path(sample: Sample) -> Path:
    return PHOTOS / sample.name


def true_mask(sample: Sample) -> Mask:
    with Image.open(MASKS / f"{path(sample).stem}.png") as picture:
        assert picture.mode == "1"
        return np.asarray(picture)


@pytest.fixture(scope="module")
def segmenter() -> Segmenter:
    return open_segmenter(shipped_model())


def test_the_folder_holds_the_samples_and_no_other_photo() -> None:
    photos = {p.name for p in PHOTOS.iterdir() if p.suffix.lower() in SUFFIXES}
    assert photos == {sample.name for sample in SAMPLES}
    assert {p.stem for p in MASKS.iterdir()} == {path(sample).stem for sample in SAMPLES}
    assert len({path(sample).stem for sample in SAMPLES}) == len(SAMPLES)


def test_all_together_stay_below_8_megabytes() -> None:
    everything = [path(sample) for sample in SAMPLES]
    assert sum(p.stat().st_size for p in everything) < 8_000_000


@EACH
def test_each_opens_upright_at_its_masks_size(sample: Sample) -> None:
    size = Size(sample.plane.width, sample.plane.height)
    photo = read_photo(path(sample))
    assert photo.size == size == Size.of(photo.pixels) == Size.of(true_mask(sample))
    assert 0.005 < true_mask(sample).mean() < 0.5


def test_every_format_is_there() -> None:
    formats = [fingerprint(read_file(path(sample))).format for sample in SAMPLES]
    assert {name: formats.count(name) >= 2 for name in ("JPEG", "PNG", "HEIC")} == {
        "JPEG": True,
        "PNG": True,
        "HEIC": True,
    }


def test_one_lies_turned_in_its_file() -> None:
    (sample,) = (s for s in SAMPLES if s.orientation == 6)
    assert orientation(path(sample).read_bytes()) == 6
    with Image.open(path(sample)) as stored:
        assert stored.size == (sample.plane.height, sample.plane.width)


def test_one_is_in_display_p3_and_the_profile_counts() -> None:
    (sample,) = (s for s in SAMPLES if s.profile == "display-p3")
    with Image.open(path(sample)) as stored:
        assert stored.info["icc_profile"] == display_p3()
        as_if_srgb = np.asarray(stored.convert("RGB")).astype(int)
    assert np.abs(read_photo(path(sample)).pixels - as_if_srgb).mean() > 3


def test_one_has_twelve_megapixels() -> None:
    sizes = {
        path(s).suffix: fingerprint(read_file(path(s))).size
        for s in SAMPLES
        if s.plane.width > 4000
    }
    assert sizes == {".jpg": Size(4032, 3024)}


@EACH
def test_the_shipped_model_finds_each(sample: Sample, segmenter: Segmenter) -> None:
    grid = segmenter.info.input_size
    prediction = segmenter.predict(read_photo(path(sample), max(grid.width, grid.height)))
    found = draw_mask(prediction.grid, prediction.framing, segmenter.info.threshold)
    dice = agreement(found, true_mask(sample)).dice
    assert dice >= 0.7, f"{sample.name}: Dice {dice:.3f}"


@pytest.mark.parametrize("sample", SMALL, ids=lambda sample: sample.name)
def test_drawn_again_it_is_the_committed_picture(sample: Sample) -> None:
    pixels, mask = draw(sample)
    committed = read_photo(path(sample)).pixels.astype(int)
    # Processors round floating-point numbers differently, so a level is allowed.
    assert np.abs(pixels - committed).max() <= 1
    assert np.count_nonzero(mask ^ true_mask(sample)) <= mask.size // 10_000


@EACH
def test_the_same_seed_draws_the_same_and_another_seed_does_not(sample: Sample) -> None:
    shrunk = replace(sample, plane=Plane(sample.plane.width // 12, sample.plane.height // 12))
    pixels, mask = draw(shrunk)
    again, mask_again = draw(shrunk)
    assert np.array_equal(pixels, again)
    assert np.array_equal(mask, mask_again)
    assert not np.array_equal(pixels, draw(replace(shrunk, seed=sample.seed + 1000))[0])
