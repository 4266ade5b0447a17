"""Which photo is meant: by path, then by name, never by a guess."""

from pathlib import Path

import numpy as np
import pytest

from imaging.decode.orientation import turned_back, turned_upright
from pipeline.exchange.matching import Lying, Matching, NoSuchPhoto, SeveralPhotos

PATHS = ("a.jpg", "sub/b.jpg", "sub/c.jpg", "other/c.jpg", "Ünal.v2.jpg")
PHOTOS = [Lying(number, path) for number, path in enumerate(PATHS, 1)]


@pytest.mark.parametrize(
    ("key", "photo"),
    [
        ("a.jpg", 1),
        ("a", 1),
        ("/far/away/a.jpg", 1),
        ("a.png", 1),
        ("a_mask", 1),
        ("a_Segmentation.png", 1),
        ("b", 2),
        ("elsewhere/b.jpg", 2),
        ("other/c", 4),
        ("C:\\photos\\sub\\c.jpg", 3),
        ("/data/upload/1/0a1b2c3d-b.jpg", 2),
        ("U\u0308nal.v2", 5),
    ],
)
def test_photos_are_found_by_path_then_by_name(key: str, photo: int) -> None:
    assert Matching(Path("/photos"), PHOTOS).find(key) == photo


@pytest.mark.parametrize(
    ("key", "error"),
    [("c.jpg", SeveralPhotos), ("d", NoSuchPhoto), ("", NoSuchPhoto), ("..", NoSuchPhoto)],
)
def test_what_may_mean_several_or_none_is_not_guessed(key: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        Matching(Path("/photos"), PHOTOS).find(key)


@pytest.mark.parametrize("turn", range(1, 9))
def test_a_mask_turned_back_and_upright_again_is_the_same(turn: int) -> None:
    mask = np.random.default_rng(turn).random((5, 7)) > 0.5
    assert np.array_equal(turned_upright(turned_back(mask, turn), turn), mask)
