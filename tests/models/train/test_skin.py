"""Pieces of plain skin hold none of the lesion, and are there where there is room."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("torch", reason="torch is not installed (pip install nevus[training])")

from models.train.skin import LEAST, skin_beside


def photo_of(mask: np.ndarray) -> np.ndarray:
    """Skin in grey, the lesion in black."""
    return np.where(mask[..., None] > 0, 0, 180).astype(np.uint8).repeat(3, axis=2)


def with_lesion(height: int, width: int, radius: int) -> np.ndarray:
    rows, columns = np.mgrid[0:height, 0:width]
    inside = (rows - height / 2) ** 2 + (columns - width / 2) ** 2 < radius**2
    return np.where(inside, 255, 0).astype(np.uint8)


@given(seed=st.integers(0, 1000), radius=st.integers(2, 30))
def test_a_piece_of_skin_keeps_away_from_the_lesion(seed: int, radius: int) -> None:
    mask = with_lesion(120, 200, radius)
    piece = skin_beside(photo_of(mask), mask, np.random.default_rng(seed))
    assert piece is not None
    assert (piece == 180).all()
    assert min(piece.shape[:2]) >= int(0.7 * LEAST * 120)


def test_a_lesion_that_fills_the_photo_leaves_no_skin() -> None:
    mask = with_lesion(100, 100, 55)
    assert skin_beside(photo_of(mask), mask, np.random.default_rng(1)) is None


def test_a_seed_decides_the_piece() -> None:
    mask = with_lesion(120, 200, 20)
    photo = np.random.default_rng(2).integers(0, 255, (120, 200, 3), dtype=np.uint8)
    first, again, other = (skin_beside(photo, mask, np.random.default_rng(n)) for n in (5, 5, 6))
    assert first is not None
    np.testing.assert_array_equal(first, again)
    assert other is None or other.shape != first.shape or (other != first).any()
