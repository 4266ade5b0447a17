import cv2
import numpy as np
import pytest

from models.augmentation import EFFECTS, Effect, Picture, augment, warp

SIZE = 96


def picture() -> tuple[Picture, Picture]:
    """Skin with a dark disc, and the disc's mask."""
    photo = np.full((120, 160, 3), (224, 180, 155), np.uint8)
    mask = np.zeros((120, 160), np.uint8)
    cv2.circle(photo, (80, 60), 30, (92, 52, 40), -1)
    cv2.circle(mask, (80, 60), 30, 255, -1)
    return photo, mask


def test_a_seed_decides_a_view_and_another_seed_another() -> None:
    first, again, other = (
        augment(*picture(), SIZE, np.random.default_rng(seed)) for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first[0], again[0])
    np.testing.assert_array_equal(first[1], again[1])
    assert not np.array_equal(first[0], other[0])


@pytest.mark.parametrize("seed", range(12))
def test_a_view_has_the_size_and_kind_the_network_takes(seed: int) -> None:
    photo, mask = picture()
    before = photo.copy()
    view, truth = augment(photo, mask, SIZE, np.random.default_rng(seed))
    assert view.shape == (SIZE, SIZE, 3)
    assert truth.shape == (SIZE, SIZE)
    assert view.dtype == truth.dtype == np.uint8
    np.testing.assert_array_equal(photo, before)


@pytest.mark.parametrize("seed", range(12))
def test_photo_and_mask_move_together(seed: int) -> None:
    view, truth = warp(*picture(), SIZE, np.random.default_rng(seed))
    dark = (view[..., 0] < 158) & (view[..., 0] > 60)
    both = np.count_nonzero(dark & (truth > 127))
    assert both / np.count_nonzero(truth > 127) > 0.9


@pytest.mark.parametrize("effect", [effect for _, effect in EFFECTS], ids=lambda e: e.__name__)
def test_an_effect_changes_a_copy_and_is_seeded(effect: Effect) -> None:
    photo = np.ascontiguousarray(picture()[0][:SIZE, :SIZE])
    before = photo.copy()
    results = [effect(photo, np.random.default_rng(seed)) for seed in (0, 0, 1)]
    np.testing.assert_array_equal(photo, before)
    np.testing.assert_array_equal(results[0], results[1])
    assert all(r.shape == photo.shape and r.dtype == np.uint8 for r in results)
    assert any(not np.array_equal(r, photo) for r in results)
