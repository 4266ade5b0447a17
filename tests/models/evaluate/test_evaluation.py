from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from coremltools.converters.mil import Builder as mb  # noqa: N813
from PIL import Image

from models.evaluate.evaluation import evaluate
from models.evaluate.pairs import PairsError, read_pairs
from models.package.interface import OUTPUT_KEY, PROBABILITY
from models.run.segmenter import Segmenter, open_segmenter

Build = Callable[..., Path]


def darkness(x: object) -> object:
    """A model that can be foretold: probability is the darkness."""
    return mb.sub(x=np.float32(1), y=mb.reduce_mean(x=x, axes=[1], keep_dims=True))


@pytest.fixture
def segmenter(tmp_path: Path, build: Build) -> Segmenter:
    path = tmp_path / "dark.mlpackage"
    return open_segmenter(
        build(path, darkness, (40, 40), **{OUTPUT_KEY: PROBABILITY}), "onnxruntime"
    )


def save(folder: Path, name: str, lesion: slice, truth: slice) -> None:
    """A 40×20 photo, black in the columns `lesion`, whose mask is the columns `truth`."""
    photo, mask = np.full((20, 40, 3), 255, np.uint8), np.zeros((20, 40), np.uint8)
    photo[:, lesion], mask[:, truth] = 0, 255
    for kind, pixels in (("images", photo), ("masks", mask)):
        (folder / kind).mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels).save(folder / kind / f"{name}.png")


def test_figures_are_means_over_photos(tmp_path: Path, segmenter: Segmenter) -> None:
    pairs = tmp_path / "pairs"
    save(pairs, "exact", slice(10, 20), slice(10, 20))  # Jaccard 1, Dice 1
    save(pairs, "half", slice(10, 20), slice(15, 25))  # Jaccard 1/3, Dice 1/2
    save(pairs, "nothing", slice(0, 0), slice(0, 0))  # empty against empty: 1
    save(pairs, "most", slice(10, 30), slice(10, 25))  # Jaccard 3/4, Dice 6/7
    done: list[int] = []
    found = evaluate(segmenter, read_pairs(pairs), done.append)
    assert done == [1, 2, 3, 4]
    assert found.pairs == 4
    assert found.jaccard == pytest.approx((1 + 1 / 3 + 1 + 3 / 4) / 4)
    assert found.dice == pytest.approx((1 + 1 / 2 + 1 + 6 / 7) / 4)
    assert found.threshold_jaccard == pytest.approx((1 + 0 + 1 + 3 / 4) / 4)
    assert found.below_065 == 0.25
    low, high = found.jaccard_interval
    assert 1 / 3 <= low < found.jaccard < high <= 1
    assert found.milliseconds > 0


def test_a_mask_of_another_size_is_refused(tmp_path: Path, segmenter: Segmenter) -> None:
    pairs = tmp_path / "pairs"
    save(pairs, "a", slice(0, 9), slice(0, 9))
    Image.new("L", (10, 10)).save(pairs / "masks" / "a.png")
    with pytest.raises(PairsError, match=r"a\.png can't be compared with its mask"):
        evaluate(segmenter, read_pairs(pairs), lambda _done: None)


def test_a_photo_that_can_t_be_decoded_is_named(tmp_path: Path, segmenter: Segmenter) -> None:
    pairs = tmp_path / "pairs"
    save(pairs, "a", slice(0, 9), slice(0, 9))
    (pairs / "images" / "a.png").write_bytes(b"")
    with pytest.raises(PairsError, match=r"a\.png"):
        evaluate(segmenter, read_pairs(pairs), lambda _done: None)
