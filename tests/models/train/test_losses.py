import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is not installed (pip install nevus[training])")

from models.train.losses import boundary_loss, signed_distance  # noqa: E402


def test_the_signed_distance_is_zero_at_the_outline_and_below_inside() -> None:
    mask = np.zeros((40, 80), bool)
    mask[10:30, 20:40] = True
    distance = signed_distance(mask)
    assert distance[20, 30] == pytest.approx(-10 / 80, abs=0.01)
    assert distance[20, 79] == pytest.approx(40 / 80, abs=0.01)
    assert abs(distance[20, 40]) <= 1.5 / 80
    assert ((distance < 0) == mask).all()
    for empty in (np.zeros((4, 4), bool), np.ones((4, 4), bool)):
        assert not signed_distance(empty).any()


def test_the_boundary_loss_counts_what_lies_far_from_the_outline_most() -> None:
    truth = torch.zeros(1, 1, 64, 64)
    truth[..., 4:24, 4:24] = 1
    losses = []
    for column in (8, 14):  # beside the lesion, and far away from it
        logits = torch.full((1, 1, 16, 16), -9.0)
        logits[..., 1:6, 1:6] = 9
        logits[..., 1:3, column : column + 2] = 9
        losses.append(float(boundary_loss(logits, truth, torch.ones(1))))
    assert losses[1] > losses[0]
