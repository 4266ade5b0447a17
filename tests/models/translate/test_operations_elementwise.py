"""Arithmetic and activations in ONNX compute what their definitions say."""

import math
from typing import Any

import numpy as np
import pytest
from coremltools.converters.mil import Builder as mb  # noqa: N813

from models.translate.operations import elementwise
from tests.support.programs import Array, Definition, Program, Same, half

WEIGHTS = half(1, 3, 1, 1)
SLOPES = np.array([0.25, -0.5, 2], np.float32)


def spread(x: Any) -> Any:
    """The picture's values spread over -4…4."""
    return mb.add(x=mb.mul(x=x, y=np.float32(8)), y=np.float32(-4))


def uneven(x: Any) -> Any:
    """Spread so that no value of the picture lies near a whole number."""
    return mb.add(x=mb.mul(x=x, y=np.float32(8)), y=np.float32(-3.7))


def wide(x: Array) -> Array:
    return x * 8 - 4


def sigmoid(x: Array) -> Array:
    return np.asarray(1 / (1 + np.exp(-x)), np.float32)


def erf(x: Array) -> Array:
    return np.asarray(np.vectorize(math.erf)(x), np.float32)


def gelu(x: Array) -> Array:
    return np.asarray(x * (1 + erf(x / np.sqrt(2))) / 2, np.float32)


def gelu_by_tanh(x: Array) -> Array:
    return np.asarray(x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3))) / 2)


def softmax(x: Array) -> Array:
    return np.asarray(np.exp(x) / np.exp(x).sum(1, keepdims=True))


def whole_ninths(x: Any) -> Any:
    whole = mb.cast(x=mb.mul(x=x, y=np.float32(9)), dtype="int32")
    return mb.cast(x=whole, dtype="fp32")


def f(value: float) -> np.float32:
    return np.float32(value)


CASES: dict[str, tuple[Program, Definition, str]] = {
    "abs": (lambda x: mb.abs(x=spread(x)), lambda x: np.abs(wide(x)), "Abs"),
    "add": (lambda x: mb.add(x=x, y=WEIGHTS), lambda x: x + WEIGHTS, "Add"),
    "cast": (whole_ninths, lambda x: np.trunc(x * 9), "Cast"),
    "ceil": (lambda x: mb.ceil(x=uneven(x)), lambda x: np.ceil(wide(x) + 0.3), "Ceil"),
    "clip": (
        lambda x: mb.clip(x=x, alpha=f(0.25), beta=f(0.75)), lambda x: x.clip(0.25, 0.75), "Clip",
    ),
    "elu": (
        lambda x: mb.elu(x=spread(x), alpha=f(0.5)),
        lambda x: np.where(wide(x) > 0, wide(x), 0.5 * (np.exp(wide(x)) - 1)),
        "Elu",
    ),
    "erf": (lambda x: mb.erf(x=spread(x)), lambda x: erf(wide(x)), "Erf"),
    "exp": (lambda x: mb.exp(x=x), np.exp, "Exp"),
    "floor": (lambda x: mb.floor(x=uneven(x)), lambda x: np.floor(wide(x) + 0.3), "Floor"),
    "gelu": (lambda x: mb.gelu(x=spread(x), mode="EXACT"), lambda x: gelu(wide(x)), "Erf"),
    "gelu by tanh": (
        lambda x: mb.gelu(x=spread(x), mode="TANH_APPROXIMATION"),
        lambda x: gelu_by_tanh(wide(x)),
        "Tanh",
    ),
    "gelu by sigmoid": (
        lambda x: mb.gelu(x=spread(x), mode="SIGMOID_APPROXIMATION"),
        lambda x: wide(x) * sigmoid(1.702 * wide(x)),
        "Sigmoid",
    ),
    "identity": (lambda x: mb.identity(x=mb.sigmoid(x=x)), sigmoid, "Sigmoid"),
    "inverse": (
        lambda x: mb.inverse(x=mb.add(x=x, y=f(1)), epsilon=f(0.5)),
        lambda x: 1 / (x + 1.5),
        "Reciprocal",
    ),
    "leaky_relu": (
        lambda x: mb.leaky_relu(x=spread(x), alpha=f(0.125)),
        lambda x: np.where(wide(x) > 0, wide(x), wide(x) / 8),
        "LeakyRelu",
    ),
    "log": (
        lambda x: mb.log(x=mb.add(x=x, y=f(1)), epsilon=f(0.5)), lambda x: np.log(x + 1.5), "Log",
    ),
    "maximum": (
        lambda x: mb.maximum(x=x, y=mb.sub(x=f(1), y=x)), lambda x: np.maximum(x, 1 - x), "Max",
    ),
    "minimum": (lambda x: mb.minimum(x=x, y=f(0.5)), lambda x: np.minimum(x, 0.5), "Min"),
    "mul": (lambda x: mb.mul(x=x, y=WEIGHTS), lambda x: x * WEIGHTS, "Mul"),
    "mul with itself": (lambda x: mb.mul(x=x, y=x), lambda x: x * x, "Mul"),
    "pow": (lambda x: mb.pow(x=x, y=f(1.5)), lambda x: x**1.5, "Pow"),
    "prelu": (
        lambda x: mb.prelu(x=spread(x), alpha=SLOPES),
        lambda x: np.where(wide(x) > 0, wide(x), SLOPES[:, None, None] * wide(x)),
        "PRelu",
    ),
    "real_div": (
        lambda x: mb.real_div(x=f(1), y=mb.add(x=x, y=f(1))), lambda x: 1 / (x + 1), "Div",
    ),
    "relu": (lambda x: mb.relu(x=spread(x)), lambda x: np.maximum(wide(x), 0), "Relu"),
    "relu6": (
        lambda x: mb.relu6(x=mb.mul(x=spread(x), y=f(2))),
        lambda x: (2 * wide(x)).clip(0, 6),
        "Clip",
    ),
    "rsqrt": (
        lambda x: mb.rsqrt(x=x, epsilon=f(0.5)), lambda x: 1 / np.sqrt(x + 0.5), "Reciprocal",
    ),
    "sigmoid": (lambda x: mb.sigmoid(x=x), sigmoid, "Sigmoid"),
    "sigmoid_hard": (
        lambda x: mb.sigmoid_hard(x=spread(x), alpha=f(0.25), beta=f(0.375)),
        lambda x: (wide(x) / 4 + 0.375).clip(0, 1),
        "HardSigmoid",
    ),
    "silu": (lambda x: mb.silu(x=spread(x)), lambda x: wide(x) * sigmoid(wide(x)), "Sigmoid"),
    "softmax": (lambda x: mb.softmax(x=spread(x), axis=1), lambda x: softmax(wide(x)), "Softmax"),
    "softplus": (
        lambda x: mb.softplus(x=spread(x)), lambda x: np.log(1 + np.exp(wide(x))), "Softplus",
    ),
    "sqrt": (lambda x: mb.sqrt(x=mb.add(x=x, y=f(0.5))), lambda x: np.sqrt(x + 0.5), "Sqrt"),
    "square": (lambda x: mb.square(x=spread(x)), lambda x: wide(x) ** 2, "Mul"),
    "sub": (lambda x: mb.sub(x=x, y=WEIGHTS), lambda x: x - WEIGHTS, "Sub"),
    "sub from": (lambda x: mb.sub(x=WEIGHTS, y=x), lambda x: WEIGHTS - x, "Sub"),
    "tanh": (lambda x: mb.tanh(x=spread(x)), lambda x: np.tanh(wide(x)), "Tanh"),
    "thresholded_relu": (
        lambda x: mb.thresholded_relu(x=x, alpha=f(0.3)), lambda x: np.where(x < 0.3, 0, x),
        "Where",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_each_value_by_itself(same: Same, case: str) -> None:
    same(*CASES[case])


def test_the_elementwise_table_is_tried_completely() -> None:
    assert set(elementwise.WRITERS) == {case.split(" ")[0] for case in CASES}
