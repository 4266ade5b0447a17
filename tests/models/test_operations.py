"""Each operation of the table computes in ONNX what it computes in PyTorch or by its definition."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime
import pytest
from coremltools.converters.mil import Builder as mb  # noqa: N813

from models.operations import WRITERS
from models.package import ModelError
from models.translation import translate

Array = npt.NDArray[np.float32]
HEIGHT, WIDTH = 9, 12
RANDOM = np.random.default_rng(4)


def half(*shape: int) -> Array:
    """Random weights that float16 keeps exactly."""
    return RANDOM.normal(0, 0.3, shape).astype(np.float16).astype(np.float32)


def computed(package: Path) -> tuple[Array, Array]:
    """A picture with values from 0 to 1, and what the translated package makes of it."""
    model = translate(package)
    picture = np.random.default_rng(1).integers(0, 256, (1, 3, HEIGHT, WIDTH)).astype(np.float32)
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    (output,) = session.run(None, {"photo": picture})
    return picture / np.float32(255), np.asarray(output)


def kinds(package: Path) -> set[str]:
    """The ONNX operators in a translation."""
    return {node.op_type for node in translate(package).graph.node}


@pytest.fixture
def same(
    tmp_path: Path, build: Callable[..., Path]
) -> Callable[[Callable[[Any], Any], Callable[[Array], Array], str], None]:
    """Check a program against its definition in NumPy, and that the ONNX operator was used."""

    def check(
        program: Callable[[Any], Any], definition: Callable[[Array], Array], kind: str
    ) -> None:
        package = build(tmp_path / "one.mlpackage", program, (WIDTH, HEIGHT))
        picture, output = computed(package)
        expected = definition(picture)
        assert output.shape == expected.shape
        # The scale 1/255 itself is rounded to float16: about 1.5e-5 of a value.
        np.testing.assert_allclose(output, expected, rtol=1e-4, atol=1e-4)
        assert np.ptp(expected) > 0.01
        assert kind in kinds(package)

    return check


WEIGHTS = half(1, 3, 1, 1)


def whole_ninths(x: Any) -> Any:
    whole = mb.cast(x=mb.mul(x=x, y=np.float32(9)), dtype="int32")
    return mb.cast(x=whole, dtype="fp32")


@pytest.mark.parametrize(
    ("program", "definition", "kind"),
    [
        (lambda x: mb.add(x=x, y=WEIGHTS), lambda x: x + WEIGHTS, "Add"),
        (lambda x: mb.sub(x=x, y=WEIGHTS), lambda x: x - WEIGHTS, "Sub"),
        (lambda x: mb.sub(x=WEIGHTS, y=x), lambda x: WEIGHTS - x, "Sub"),
        (lambda x: mb.mul(x=x, y=WEIGHTS), lambda x: x * WEIGHTS, "Mul"),
        (lambda x: mb.mul(x=x, y=x), lambda x: x * x, "Mul"),
        (
            lambda x: mb.relu(x=mb.sub(x=x, y=np.float32(0.5))),
            lambda x: np.maximum(x - 0.5, 0),
            "Relu",
        ),
        (lambda x: mb.sigmoid(x=x), lambda x: 1 / (1 + np.exp(-x)), "Sigmoid"),
        (
            lambda x: mb.clip(x=x, alpha=np.float32(0.25), beta=np.float32(0.75)),
            lambda x: x.clip(0.25, 0.75),
            "Clip",
        ),
        (
            lambda x: mb.concat(values=[x, mb.sigmoid(x=x), x], axis=1),
            lambda x: np.concatenate([x, 1 / (1 + np.exp(-x)), x], axis=1),
            "Concat",
        ),
        (
            lambda x: mb.concat(values=[x, np.tile(WEIGHTS, (1, 1, HEIGHT, WIDTH))], axis=2),
            lambda x: np.concatenate([x, np.tile(WEIGHTS, (1, 1, HEIGHT, WIDTH))], axis=2),
            "Concat",
        ),
        (
            lambda x: mb.reduce_mean(x=x, axes=[2, 3], keep_dims=True),
            lambda x: x.mean((2, 3), keepdims=True),
            "ReduceMean",
        ),
        (
            lambda x: mb.reduce_mean(x=x, axes=[-1], keep_dims=False),
            lambda x: x.mean(-1),
            "ReduceMean",
        ),
        (whole_ninths, lambda x: np.trunc(x * 9), "Cast"),
    ],
    ids=[
        "add", "sub", "sub from", "mul", "square", "relu", "sigmoid", "clip", "concat",
        "concat with const", "reduce_mean", "reduce_mean without axis", "cast",
    ],
)  # fmt: skip
def test_elementwise_and_shape_operations(
    same: Callable[..., None],
    program: Callable[[Any], Any],
    definition: Callable[[Array], Array],
    kind: str,
) -> None:
    same(program, definition, kind)


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
def test_conv(
    same: Callable[..., None], options: dict[str, Any], groups: int, biased: bool
) -> None:
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


def interpolated(x: Array, rows: Array, columns: Array) -> Array:
    """Bilinear values of the last two axes at fractional places, held inside the picture."""

    def along(values: Array, places: Array, axis: int) -> Array:
        last = values.shape[axis] - 1
        held = places.clip(0, last)
        below = np.floor(held).astype(int)
        share = (held - below).reshape([-1 if n == axis % values.ndim else 1 for n in range(4)])
        first = np.take(values, below, axis)
        second = np.take(values, np.minimum(below + 1, last), axis)
        return np.asarray(first * (1 - share) + second * share, np.float32)

    return along(along(x, rows, 2), columns, 3)


def places(out: int, length: int, mode: str) -> Array:
    """Where each of `out` places lies on an axis of `length`, as Core ML defines each mode."""
    index = np.arange(out, dtype=np.float32)
    if mode == "half pixel":
        return np.asarray((index + 0.5) * length / out - 0.5, np.float32)
    if mode == "corners":
        return np.asarray(index * (length - 1) / max(out - 1, 1), np.float32)
    return np.asarray(index * length / out, np.float32)


@pytest.mark.parametrize(
    ("options", "mode"),
    [
        ({"align_corners": False}, "half pixel"),
        ({"align_corners": False, "half_pixel_centers": True}, "half pixel"),
        ({"align_corners": True}, "corners"),
    ],
    ids=str,
)
@pytest.mark.parametrize("factor", [2, 4])
def test_upsample_bilinear(
    same: Callable[..., None], options: dict[str, bool], mode: str, factor: int
) -> None:
    def program(x: Any) -> Any:
        return mb.upsample_bilinear(
            x=x, scale_factor_height=factor, scale_factor_width=2, **options
        )

    def definition(x: Array) -> Array:
        high, wide = HEIGHT * factor, WIDTH * 2
        return interpolated(x, places(high, HEIGHT, mode), places(wide, WIDTH, mode))

    same(program, definition, "Resize")


@pytest.mark.parametrize(
    ("sampling", "mode"),
    [
        ("STRICT_ALIGN_CORNERS", "corners"),
        ("ALIGN_CORNERS", "corners"),
        ("UNALIGN_CORNERS", "half pixel"),
        ("DEFAULT", "plain"),
    ],
)
@pytest.mark.parametrize("size", [(14, 31), (5, 7)], ids=str)
def test_resize_bilinear(
    same: Callable[..., None], sampling: str, mode: str, size: tuple[int, int]
) -> None:
    high, wide = size

    def program(x: Any) -> Any:
        return mb.resize_bilinear(
            x=x, target_size_height=high, target_size_width=wide, sampling_mode=sampling
        )

    def definition(x: Array) -> Array:
        return interpolated(x, places(high, HEIGHT, mode), places(wide, WIDTH, mode))

    same(program, definition, "Resize")


def test_the_table_is_tried_completely() -> None:
    tried = {
        "add", "cast", "clip", "concat", "conv", "mul", "reduce_mean", "relu", "resize_bilinear",
        "sigmoid", "sub", "upsample_bilinear",
    }  # fmt: skip
    assert set(WRITERS) == tried


def test_an_operation_outside_the_table_is_named_with_its_file(
    tmp_path: Path, build: Callable[..., Path]
) -> None:
    package = build(tmp_path / "odd.mlpackage", lambda x: mb.erf(x=mb.tanh(x=x)))
    with pytest.raises(ModelError, match=r"odd\.mlpackage uses erf, tanh,"):
        translate(package)


def test_an_unknown_way_of_using_a_known_operation_is_named(
    tmp_path: Path, build: Callable[..., Path]
) -> None:
    package = build(
        tmp_path / "odd.mlpackage", lambda x: mb.concat(values=[x, x], axis=1, interleave=True)
    )
    with pytest.raises(ModelError, match=r"odd\.mlpackage uses concat in a way .*interleaved"):
        translate(package)
