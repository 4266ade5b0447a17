"""What the table can't write exactly is named, every operation at once, and never answered."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from coremltools.converters.mil import Builder as mb  # noqa: N813

from models.package.package import ModelError
from models.translate.translation import translate

Build = Callable[..., Path]


def test_all_that_can_t_be_written_is_named_in_one_sentence(tmp_path: Path, build: Build) -> None:
    def program(x: Any) -> Any:
        odd = mb.sin(x=mb.cos(x=mb.concat(values=[x, x], axis=1, interleave=True)))
        return mb.sigmoid(x=odd)

    package = build(tmp_path / "odd.mlpackage", program)
    message = r"odd\.mlpackage uses concat \(interleaved\), cos, sin, which nevus can't run off"
    with pytest.raises(ModelError, match=message):
        translate(package)


@pytest.mark.parametrize(
    ("use", "named"),
    [
        (
            lambda x: mb.max_pool(
                x=x, kernel_sizes=[3, 3], strides=[2, 2], pad_type="valid", ceil_mode=True
            ),
            r"max_pool \(ceil_mode",
        ),
        (
            lambda x: mb.resize_bilinear(
                x=x, target_size_height=5, target_size_width=5, sampling_mode="OFFSET_CORNERS"
            ),
            r"resize_bilinear \(sampling mode OFFSET_CORNERS\)",
        ),
        (
            lambda x: mb.resize_nearest_neighbor(x=x, target_size_height=5, target_size_width=12),
            r"resize_nearest_neighbor \(a size that is no whole multiple\)",
        ),
        (
            lambda x: mb.conv_transpose(
                x=x, weight=np.ones((3, 1, 2, 2), np.float32), strides=[2, 2], pad_type="same"
            ),
            r"conv_transpose \(padding same\)",
        ),
        (
            lambda x: mb.upsample_bilinear(
                x=x, scale_factor_height=2, scale_factor_width=2,
                align_corners=True, half_pixel_centers=True,
            ),
            r"upsample_bilinear \(align_corners with half_pixel_centers\)",
        ),
        (
            lambda x: mb.slice_by_index(
                x=x, begin=[0, 0, 0, -1], end=[1, 3, 8, 0], stride=[1, 1, 1, -1],
                end_mask=[False, False, False, True],
            ),
            r"slice_by_index \(backwards\)",
        ),
    ],
    ids=["ceil_mode", "offset corners", "nearest", "same", "contradiction", "backwards"],
)  # fmt: skip
def test_a_use_that_can_t_be_written_exactly_is_named(
    tmp_path: Path, build: Build, use: Callable[[Any], Any], named: str
) -> None:
    package = build(tmp_path / "odd.mlpackage", lambda x: mb.sigmoid(x=use(x)))
    with pytest.raises(ModelError, match=named):
        translate(package)
