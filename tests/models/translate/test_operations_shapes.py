"""What moves values and what resizes in ONNX does so as its definition says."""

from typing import Any

import numpy as np
import pytest
from coremltools.converters.mil import Builder as mb  # noqa: N813

from models.translate.operations import shapes
from tests.support.programs import HEIGHT, WIDTH, Array, Definition, Program, Same, half

FILLED = np.tile(half(1, 3, 1, 1), (1, 1, HEIGHT, WIDTH))
SIDES = [0, 0, 0, 0, 2, 1, 3, 2]


def shuffled(x: Array) -> Array:
    """Four channels to one of twice the size, as PyTorch's PixelShuffle defines it."""
    four = np.concatenate([x, x.mean(1, keepdims=True)], 1)
    grid = four.reshape(1, 1, 2, 2, HEIGHT, WIDTH).transpose(0, 1, 4, 2, 5, 3)
    return grid.reshape(1, 1, 2 * HEIGHT, 2 * WIDTH)


def shuffling(x: Any) -> Any:
    four = mb.concat(values=[x, mb.reduce_mean(x=x, axes=[1], keep_dims=True)], axis=1)
    return mb.pixel_shuffle(x=four, upscale_factor=2)


CASES: dict[str, tuple[Program, Definition, str]] = {
    "concat": (
        lambda x: mb.concat(values=[x, mb.sigmoid(x=x), x], axis=1),
        lambda x: np.concatenate([x, 1 / (1 + np.exp(-x)), x], axis=1),
        "Concat",
    ),
    "concat with const": (
        lambda x: mb.concat(values=[x, FILLED], axis=2),
        lambda x: np.concatenate([x, FILLED], axis=2),
        "Concat",
    ),
    "expand_dims": (
        lambda x: mb.expand_dims(x=mb.reduce_mean(x=x, axes=[1], keep_dims=False), axes=[1, -1]),
        lambda x: x.mean(1)[:, None, ..., None],
        "Reshape",
    ),
    "pad": (
        lambda x: mb.pad(x=x, pad=SIDES[4:], mode="constant", constant_val=np.float32(0.5)),
        lambda x: np.pad(x, ((0, 0), (0, 0), (2, 1), (3, 2)), constant_values=0.5),
        "Pad",
    ),
    "pad reflect": (
        lambda x: mb.pad(x=x, pad=SIDES, mode="reflect"),
        lambda x: np.pad(x, ((0, 0), (0, 0), (2, 1), (3, 2)), mode="reflect"),
        "Pad",
    ),
    "pad replicate": (
        lambda x: mb.pad(x=x, pad=SIDES, mode="replicate"),
        lambda x: np.pad(x, ((0, 0), (0, 0), (2, 1), (3, 2)), mode="edge"),
        "Pad",
    ),
    "pixel_shuffle": (shuffling, shuffled, "DepthToSpace"),
    "reshape": (
        lambda x: mb.reshape(x=x, shape=[1, 9, 3, -1]),
        lambda x: x.reshape(1, 9, 3, 12),
        "Reshape",
    ),
    "slice_by_index": (
        lambda x: mb.slice_by_index(
            x=x, begin=[0, 1, -7, 5], end=[1, 3, -1, 0], stride=[1, 1, 2, 3],
            begin_mask=[True, False, False, False], end_mask=[True, False, False, True],
        ),
        lambda x: x[:, 1:3, -7:-1:2, 5::3],
        "Slice",
    ),
    "slice_by_index of one": (
        lambda x: mb.slice_by_index(
            x=x, begin=[0, -1, 0, 2], end=[0, 0, 0, 0],
            end_mask=[True, False, True, False], squeeze_mask=[False, True, False, True],
        ),
        lambda x: x[:, -1, :, 2],
        "Slice",
    ),
    "split": (
        lambda x: mb.sub(
            x=(parts := mb.split(x=x, axis=-1, num_splits=3))[0], y=mb.mul(x=parts[1], y=parts[2])
        ),
        lambda x: x[..., :4] - x[..., 4:8] * x[..., 8:],
        "Split",
    ),
    "split in sizes": (
        lambda x: mb.split(x=x, axis=2, split_sizes=[2, 6, 1])[1],
        lambda x: x[:, :, 2:8],
        "Split",
    ),
    "squeeze": (
        lambda x: mb.squeeze(x=mb.reduce_mean(x=x, axes=[1], keep_dims=True)),
        lambda x: x.mean(1)[0],
        "Reshape",
    ),
    "squeeze of one": (
        lambda x: mb.squeeze(x=mb.reduce_mean(x=x, axes=[1], keep_dims=True), axes=[0]),
        lambda x: x.mean(1),
        "Reshape",
    ),
    "stack": (
        lambda x: mb.stack(values=[x, mb.sigmoid(x=x), FILLED], axis=-1),
        lambda x: np.stack([x, 1 / (1 + np.exp(-x)), FILLED], -1),
        "Concat",
    ),
    "transpose": (
        lambda x: mb.transpose(x=x, perm=[0, -1, 1, 2]),
        lambda x: x.transpose(0, 3, 1, 2),
        "Transpose",
    ),
    "upsample_nearest_neighbor": (
        lambda x: mb.upsample_nearest_neighbor(x=x, scale_factor_height=3, scale_factor_width=2),
        lambda x: x.repeat(3, 2).repeat(2, 3),
        "Resize",
    ),
    "resize_nearest_neighbor": (
        lambda x: mb.resize_nearest_neighbor(
            x=x, target_size_height=HEIGHT, target_size_width=4 * WIDTH
        ),
        lambda x: x.repeat(4, 3),
        "Resize",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_what_moves_values(same: Same, case: str) -> None:
    same(*CASES[case])


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
        ({"align_corners": False, "half_pixel_centers": False}, "plain"),
        ({"align_corners": True}, "corners"),
    ],
    ids=str,
)
@pytest.mark.parametrize("factor", [2, 4])
def test_upsample_bilinear(same: Same, options: dict[str, bool], mode: str, factor: int) -> None:
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
def test_resize_bilinear(same: Same, sampling: str, mode: str, size: tuple[int, int]) -> None:
    high, wide = size

    def program(x: Any) -> Any:
        return mb.resize_bilinear(
            x=x, target_size_height=high, target_size_width=wide, sampling_mode=sampling
        )

    def definition(x: Array) -> Array:
        return interpolated(x, places(high, HEIGHT, mode), places(wide, WIDTH, mode))

    same(program, definition, "Resize")


def test_the_table_of_shapes_is_tried_completely() -> None:
    tried = {case.split(" ")[0] for case in CASES} | {"resize_bilinear", "upsample_bilinear"}
    assert set(shapes.WRITERS) == tried
