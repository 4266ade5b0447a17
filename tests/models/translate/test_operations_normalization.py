"""Normalisations and reductions in ONNX compute what their definitions say."""

import numpy as np
import pytest
from coremltools.converters.mil import Builder as mb  # noqa: N813

from models.translate.operations import normalization
from tests.support.programs import HEIGHT, Array, Definition, Program, Same, half

MEAN, GAIN, OFFSET = half(3), half(3), half(3)
VARIANCE = np.array([0.5, 1.5, 0.25], np.float32)
ROWS, MORE_ROWS = half(3, HEIGHT), half(3, HEIGHT)
EPSILON = np.float32(0.125)


def normal(x: Array, axes: tuple[int, ...]) -> Array:
    centred = x - x.mean(axes, keepdims=True)
    return np.asarray(centred / np.sqrt(x.var(axes, keepdims=True) + EPSILON))


def channels(values: Array) -> Array:
    return values[:, None, None]


CASES: dict[str, tuple[Program, Definition, str]] = {
    "batch_norm": (
        lambda x: mb.batch_norm(
            x=x, mean=MEAN, variance=VARIANCE, gamma=GAIN, beta=OFFSET, epsilon=EPSILON
        ),
        lambda x: channels(GAIN) * (x - channels(MEAN)) / np.sqrt(channels(VARIANCE) + EPSILON)
        + channels(OFFSET),
        "BatchNormalization",
    ),
    "batch_norm bare": (
        lambda x: mb.batch_norm(x=x, mean=MEAN, variance=VARIANCE),
        lambda x: (x - channels(MEAN)) / np.sqrt(channels(VARIANCE) + 1e-5),
        "BatchNormalization",
    ),
    "instance_norm": (
        lambda x: mb.instance_norm(x=x, gamma=GAIN, beta=OFFSET, epsilon=EPSILON),
        lambda x: channels(GAIN) * normal(x, (2, 3)) + channels(OFFSET),
        "InstanceNormalization",
    ),
    "instance_norm bare": (
        lambda x: mb.instance_norm(x=x, epsilon=EPSILON),
        lambda x: normal(x, (2, 3)),
        "InstanceNormalization",
    ),
    "layer_norm": (
        lambda x: mb.layer_norm(x=x, axes=[1], gamma=GAIN, beta=OFFSET, epsilon=EPSILON),
        lambda x: channels(GAIN) * normal(x, (1,)) + channels(OFFSET),
        "ReduceMean",
    ),
    "layer_norm of two axes": (
        lambda x: mb.layer_norm(x=x, axes=[1, -2], gamma=ROWS, beta=MORE_ROWS, epsilon=EPSILON),
        lambda x: ROWS[..., None] * normal(x, (1, 2)) + MORE_ROWS[..., None],
        "ReduceMean",
    ),
    "layer_norm bare": (
        lambda x: mb.layer_norm(x=x, axes=[-1], epsilon=EPSILON),
        lambda x: normal(x, (3,)),
        "ReduceMean",
    ),
    "reduce_max": (
        lambda x: mb.reduce_max(x=x, axes=[1], keep_dims=True),
        lambda x: x.max(1, keepdims=True),
        "ReduceMax",
    ),
    "reduce_mean": (
        lambda x: mb.reduce_mean(x=x, axes=[2, 3], keep_dims=True),
        lambda x: x.mean((2, 3), keepdims=True),
        "ReduceMean",
    ),
    "reduce_mean without axis": (
        lambda x: mb.reduce_mean(x=x, axes=[-1], keep_dims=False),
        lambda x: x.mean(-1),
        "ReduceMean",
    ),
    "reduce_min": (
        lambda x: mb.reduce_min(x=x, axes=[3], keep_dims=False), lambda x: x.min(3), "ReduceMin",
    ),
    "reduce_sum": (
        lambda x: mb.reduce_sum(x=x, axes=[1], keep_dims=False), lambda x: x.sum(1), "ReduceSum",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_normalisations_and_reductions(same: Same, case: str) -> None:
    same(*CASES[case])


def test_the_table_of_normalisations_is_tried_completely() -> None:
    assert set(normalization.WRITERS) == {case.split(" ")[0] for case in CASES}
