import cv2
import numpy as np
import pytest

from models.train.augmentation import (
    EFFECTS,
    Effect,
    Picture,
    augment,
    paste,
    pen,
    take_colours,
    warp,
)

SIZE = 96


def picture() -> tuple[Picture, Picture]:
    """Skin with a dark disc, and the disc's mask."""
    return disc((160, 120), 30, (224, 180, 155), (92, 52, 40))


def blue() -> tuple[Picture, Picture]:
    """Blue skin with a green disc, and the disc's mask."""
    return disc((90, 90), 15, (60, 90, 200), (30, 150, 60))


def disc(
    size: tuple[int, int], radius: int, skin: tuple[int, int, int], lesion: tuple[int, int, int]
) -> tuple[Picture, Picture]:
    """A disc in the middle of a photo of `size`, width and height, and its mask."""
    width, height = size
    photo = np.full((height, width, 3), skin, np.uint8)
    mask = np.zeros((height, width), np.uint8)
    cv2.circle(photo, (width // 2, height // 2), radius, lesion, -1)
    cv2.circle(mask, (width // 2, height // 2), radius, 255, -1)
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


def test_another_photo_s_colours_come_nearer_and_the_shapes_stay() -> None:
    photo, other = picture()[0], blue()[0]
    before = photo.copy()
    taken = take_colours(photo, other, np.random.default_rng(0))
    np.testing.assert_array_equal(photo, before)
    assert taken.shape == photo.shape
    theirs = other.mean((0, 1))
    assert np.linalg.norm(taken.mean((0, 1)) - theirs) < 0.8 * np.linalg.norm(
        photo.mean((0, 1)) - theirs
    )
    skin, disc = taken[5, 5].astype(int), taken[60, 80].astype(int)
    assert np.abs(skin - disc).max() > 40
    # CIELAB in 8 bits rounds.
    np.testing.assert_allclose(take_colours(photo, photo, np.random.default_rng(0)), photo, atol=2)


def test_a_pasted_lesion_lies_in_picture_and_mask_beside_the_first() -> None:
    photo, mask = picture()
    pasted = []
    for seed in range(20):
        view, truth = paste(photo, mask, *blue(), np.random.default_rng(seed))
        assert view.shape == photo.shape
        assert truth.shape == mask.shape
        assert np.all(truth >= mask)
        if view is photo:
            assert truth is mask
            continue
        pasted.append(seed)
        new = (truth > 200) & (mask == 0)
        assert np.abs(view[new].astype(int) - photo[new]).max(axis=1).min() > 20
        far = cv2.dilate(np.maximum(truth, mask), np.ones((61, 61), np.uint8)) == 0
        np.testing.assert_array_equal(view[far], photo[far])
        own = mask > 0
        assert np.abs(view[own].astype(int) - photo[own]).mean() < 2
    assert 3 < len(pasted) < 20


def test_where_there_is_no_lesion_to_paste_nothing_is() -> None:
    photo, mask = picture()
    empty = np.zeros((90, 90), np.uint8)
    view, truth = paste(photo, mask, blue()[0], empty, np.random.default_rng(0))
    assert view is photo
    assert truth is mask


def test_ink_is_now_and_then_drawn_round_the_middle() -> None:
    skin = np.full((SIZE, SIZE, 3), 220, np.uint8)
    around = 0
    for seed in range(40):
        inked = pen(skin, np.random.default_rng(seed)).min(axis=2) < 200
        rows, columns = np.nonzero(inked)
        angles = np.arctan2(rows - SIZE / 2, columns - SIZE / 2)
        eighths = np.unique((angles / (np.pi / 4)).astype(int))
        around += len(eighths) >= 7
        assert not inked.all()
    assert 3 < around < 37
