"""What a package says of there being a lesion is held against lesions and plain skin."""

import numpy as np
import pytest

pytest.importorskip("torch", reason="torch is not installed (pip install nevus[training])")

from models.ship.presence import tell_apart


def test_a_sure_word_that_is_right_has_no_fault() -> None:
    found = tell_apart(np.ones(30), np.zeros(20))
    assert (found.lesions, found.skin, found.auc) == (30, 20, 1.0)
    assert (found.missed, found.found, found.calibration_error) == (0.0, 1.0, 0.0)


def test_a_word_that_is_the_same_of_all_tells_nothing_apart() -> None:
    found = tell_apart(np.full(10, 0.8), np.full(10, 0.8))
    assert found.auc == 0.5
    assert found.calibration_error == pytest.approx(0.3)
    assert (found.missed, found.found) == (0.0, 0.0)


def test_lesions_said_to_be_none_and_skin_found_are_counted() -> None:
    found = tell_apart(np.array([0.9, 0.7, 0.15, 0.6]), np.array([0.1, 0.8]))
    assert (found.missed, found.found) == (0.25, 0.5)
    assert found.auc == pytest.approx(5 / 8)
