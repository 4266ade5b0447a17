from functools import partial
from pathlib import Path

import numpy as np
import pytest

from imaging.decode.photo import read_photo
from models.package.package import ModelError
from models.run.segmenter import Segmenter, open_segmenter
from models.run.variants import Mirrored, Reframed

PHOTO = Path(__file__).parents[3] / "sample_images" / "near-the-border.jpg"


@pytest.fixture(scope="module")
def segmenter(shipped: Path) -> Segmenter:
    return open_segmenter(shipped, "onnxruntime")


def test_mirrored_says_the_same_of_a_photo_and_its_mirror_image(segmenter: Segmenter) -> None:
    size = segmenter.info.input_size
    framed = np.random.default_rng(0).integers(0, 256, (size.height, size.width, 3), np.uint8)
    mirrored = segmenter.using(Mirrored)
    whole, turned = (
        mirrored.predict_framed(np.ascontiguousarray(view)) for view in (framed, framed[:, ::-1])
    )
    np.testing.assert_allclose(turned[:, ::-1], whole, atol=1e-5)
    assert np.abs(segmenter.predict_framed(framed) - whole).max() > 1e-3


def test_another_framing_is_used_and_remembered(segmenter: Segmenter) -> None:
    photo = read_photo(PHOTO, segmenter.decoded_side)
    for name, unseen in (("fit", 0.0), ("fill", 0.0), ("centre", 0.2)):
        prediction = segmenter.using(partial(Reframed, framing=name)).predict(photo)
        assert prediction.framing.name == name
        assert prediction.framing.unseen_fraction >= unseen
    with pytest.raises(ModelError, match="fit, fill, centre"):
        segmenter.using(partial(Reframed, framing="tilt"))


def test_where_the_framing_cuts_a_photo_is_decoded_larger(segmenter: Segmenter) -> None:
    centred = segmenter.using(partial(Reframed, framing="centre"))
    assert centred.decoded_side == 2 * segmenter.decoded_side
