"""Convolutions, pools and matrix products in ONNX compute what their definitions say."""

from typing import Any

import numpy as np
import pytest
from coremltools.converters.mil import Builder as mb  # noqa: N813

from models.translate.operations import windows
from tests.support.programs import HEIGHT, WIDTH, Array, Definition, Program, Same, half


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"strides": [2, 2]},
        {"pad_type": "custom", "pad": [1, 1, 1, 1]},
        {"pad_type": "custom", "pad": [0, 2, 1, 3], "strides": [2, 1]},
        {"pad_type": "custom", "pad": [2, 2, 2, 2], "dilations": [2, 2]},
        {"pad_type": "same", "strides": [2, 2]},
        {"pad_type": "same_lower", "strides": [2, 2]},
    ],
    ids=str,
)
@pytest.mark.parametrize(("groups", "biased"), [(1, False), (3, True)])
def test_conv(same: Same, options: dict[str, Any], groups: int, biased: bool) -> None:
    weight, bias = half(6, 3 // groups, 3, 3), half(6)
    extra = {"bias": bias} if biased else {}

    def program(x: Any) -> Any:
        return mb.conv(x=x, weight=weight, groups=groups, **options, **extra)

    def definition(x: Array) -> Array:
        found = convolution(x, weight, groups, **options)
        return found + bias[:, None, None] if biased else found

    same(program, definition, "Conv")


def convolution(
    x: Array,
    weight: Array,
    groups: int,
    strides: list[int] | None = None,
    pad_type: str = "valid",
    pad: list[int] | None = None,
    dilations: list[int] | None = None,
) -> Array:
    """A convolution by its definition, one output place at a time; pads as Core ML counts them."""
    (down, right), (rows, columns) = strides or [1, 1], dilations or [1, 1]
    pads = pad or [0, 0, 0, 0]
    if pad_type.startswith("same"):
        missing = [
            max((-(-n // s) - 1) * s + 3 - n, 0)
            for n, s in zip(x.shape[2:], (down, right), strict=True)
        ]
        halves = [(n // 2, n - n // 2) for n in missing]
        if pad_type == "same_lower":
            halves = [(after, before) for before, after in halves]
        pads = [n for pair in halves for n in pair]
    padded = np.pad(x[0], ((0, 0), (pads[0], pads[1]), (pads[2], pads[3])))
    high = (padded.shape[1] - 2 * rows - 1) // down + 1
    wide = (padded.shape[2] - 2 * columns - 1) // right + 1
    out = np.zeros((1, len(weight), high, wide), np.float32)
    depth = weight.shape[1]
    for o in range(len(weight)):
        first = o // (len(weight) // groups) * depth
        for i in range(high):
            for j in range(wide):
                window = padded[
                    first : first + depth,
                    i * down : i * down + 2 * rows + 1 : rows,
                    j * right : j * right + 2 * columns + 1 : columns,
                ]
                out[0, o, i, j] = float((window * weight[o]).sum())
    return out


@pytest.mark.parametrize(
    ("options", "rows", "columns"),
    [
        ({}, (0, 0), (0, 0)),
        ({"pad_type": "custom", "pad": [1, 1, 1, 1]}, (1, 1), (1, 1)),
        ({"pad_type": "custom", "pad": [1, 0, 0, 1]}, (1, 0), (0, 1)),
        (
            {"pad_type": "custom", "pad": [1, 1, 1, 1], "output_shape": [1, 4, 18, 24]},
            (1, 0),
            (1, 0),
        ),
    ],
    ids=str,
)
@pytest.mark.parametrize(("groups", "biased"), [(1, True), (2, False)])
def test_conv_transpose(
    same: Same,
    options: dict[str, Any],
    rows: tuple[int, int],
    columns: tuple[int, int],
    groups: int,
    biased: bool,
) -> None:
    """Every value spreads its kernel over the result, whose edges are then cut."""
    weight, bias = half(4, 4 // groups, 3, 3), half(4)
    extra = {"bias": bias} if biased else {}

    def program(x: Any) -> Any:
        four = mb.concat(values=[x, mb.reduce_mean(x=x, axes=[1], keep_dims=True)], axis=1)
        return mb.conv_transpose(
            x=four, weight=weight, strides=[2, 2], groups=groups, **options, **extra
        )

    def definition(x: Array) -> Array:
        four = np.concatenate([x, x.mean(1, keepdims=True)], 1)[0]
        out = np.zeros((4, 2 * HEIGHT + 1, 2 * WIDTH + 1), np.float32)
        each = 4 // groups
        for c, o, i, j in np.ndindex(4, each, HEIGHT, WIDTH):
            place = out[c // each * each + o, 2 * i : 2 * i + 3, 2 * j : 2 * j + 3]
            place += four[c, i, j] * weight[c, o]
        if biased:
            out += bias[:, None, None]
        high, wide = out.shape[1:]
        return out[None, :, rows[0] : high - rows[1], columns[0] : wide - columns[1]]

    same(program, definition, "ConvTranspose")


WINDOWS = [
    ({"kernel_sizes": [2, 2], "strides": [2, 2], "pad_type": "valid"}, (0, 0, 0, 0)),
    ({"kernel_sizes": [3, 2], "pad_type": "custom", "pad": [1, 1, 0, 1]}, (1, 1, 0, 1)),
    ({"kernel_sizes": [3, 3], "strides": [2, 2], "pad_type": "same"}, (1, 1, 0, 1)),
    ({"kernel_sizes": [3, 3], "strides": [2, 2], "pad_type": "same_lower"}, (1, 1, 1, 0)),
    # Rounding up changes nothing where the strides divide.
    ({"kernel_sizes": [3, 3], "strides": [3, 3], "pad_type": "valid", "ceil_mode": True}, (0,) * 4),
]


def pooled(x: Array, options: dict[str, Any], pads: tuple[int, ...], fill: float) -> Array:
    """All windows of a picture, on two last axes; `pads` as top, bottom, left, right."""
    top, bottom, left, right = pads
    sides = ((0, 0), (0, 0), (top, bottom), (left, right))
    padded = np.pad(x, sides, constant_values=fill)
    windows = np.lib.stride_tricks.sliding_window_view(padded, options["kernel_sizes"], (2, 3))
    down, across = options.get("strides", (1, 1))
    return np.asarray(windows[:, :, ::down, ::across], np.float32)


@pytest.mark.parametrize(("options", "pads"), WINDOWS, ids=str)
def test_max_pool(same: Same, options: dict[str, Any], pads: tuple[int, ...]) -> None:
    """What is padded is never the greatest, not even where all values are negative."""
    same(
        lambda x: mb.max_pool(x=mb.sub(x=x, y=np.float32(2)), **options),
        lambda x: pooled(x - 2, options, pads, -np.inf).max((-2, -1)),
        "MaxPool",
    )


@pytest.mark.parametrize(("options", "pads"), WINDOWS, ids=str)
@pytest.mark.parametrize("excluded", [False, True])
def test_avg_pool(
    same: Same, options: dict[str, Any], pads: tuple[int, ...], excluded: bool
) -> None:
    def definition(x: Array) -> Array:
        if excluded:
            return np.asarray(np.nanmean(pooled(x, options, pads, np.nan), (-2, -1)))
        return np.asarray(pooled(x, options, pads, 0).mean((-2, -1)))

    same(
        lambda x: mb.avg_pool(x=x, exclude_padding_from_average=excluded, **options),
        definition,
        "AveragePool",
    )


FACTOR, BIAS = half(5, WIDTH), half(5)


@pytest.mark.parametrize(
    ("program", "definition"),
    [
        (
            lambda x: mb.linear(x=mb.squeeze(x=x, axes=[0]), weight=FACTOR, bias=BIAS),
            lambda x: x[0] @ FACTOR.T + BIAS,
        ),
        (
            lambda x: mb.linear(x=mb.squeeze(x=x, axes=[0]), weight=FACTOR),
            lambda x: x[0] @ FACTOR.T,
        ),
        (lambda x: mb.matmul(x=x, y=x, transpose_y=True), lambda x: x @ x.swapaxes(2, 3)),
        (lambda x: mb.matmul(x=x, y=x, transpose_x=True), lambda x: x.swapaxes(2, 3) @ x),
        (lambda x: mb.matmul(x=x, y=FACTOR.T), lambda x: x @ FACTOR.T),
    ],
    ids=["linear", "linear without bias", "matmul y turned", "matmul x turned", "matmul const"],
)
def test_matrix_products(same: Same, program: Program, definition: Definition) -> None:
    same(program, definition, "MatMul")


def test_the_table_of_windows_is_tried_completely() -> None:
    tried = {"avg_pool", "conv", "conv_transpose", "linear", "matmul", "max_pool"}
    assert set(windows.WRITERS) == tried
