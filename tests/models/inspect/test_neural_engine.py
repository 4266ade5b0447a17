"""Each thing that may keep a network off the Neural Engine is found, named, and nothing else is."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import coremltools as ct
import numpy as np
import pytest
from coremltools.converters.mil import Builder as mb  # noqa: N813

from models.inspect.inspection import inspect_package
from models.inspect.neural_engine import RULES, Concern

Build = Callable[..., Path]
SCALING = "the picture's scaling in 32-bit floats"
FLAT = (1, 3 * 128 * 128, 1, 1)


def kernel(side: int) -> Any:
    return np.ones((4, 3, side, side), np.float32)


def concerns_of(path: Path) -> dict[str, Concern]:
    """The concerns by title, but the one that every package of coremltools' has."""
    found = {concern.title: concern for concern in inspect_package(path).concerns}
    found.pop(SCALING, None)
    return found


@pytest.mark.parametrize(
    ("title", "kind", "program"),
    [
        (
            "dilated convolutions",
            "conv",
            lambda x: mb.conv(x=x, weight=kernel(3), dilations=[2, 2]),
        ),
        ("unusual strides", "conv", lambda x: mb.conv(x=x, weight=kernel(3), strides=[3, 3])),
        ("large convolution kernels", "conv", lambda x: mb.conv(x=x, weight=kernel(15))),
        ("operations that run elsewhere", "gather", lambda x: mb.gather(x=x, indices=[0], axis=1)),
        ("operations that run elsewhere", "topk", lambda x: mb.topk(x=x, k=1, axis=1)[0]),
        ("argmax in the graph", "reduce_argmax", lambda x: mb.reduce_argmax(x=x, axis=1)),
        ("operations that nobody here knows", "erf", lambda x: mb.erf(x=x)),
        (
            "more than four axes",
            "reshape",
            lambda x: mb.relu(x=mb.reshape(x=x, shape=[1, 3, 64, 2, 128])),
        ),
        (
            "very large tensors",
            "upsample_nearest_neighbor",
            lambda x: mb.upsample_nearest_neighbor(x=x, scale_factor_width=130),
        ),
        ("narrow last axes", "reshape", lambda x: mb.reshape(x=x, shape=FLAT)),
        (
            "resizing by a fraction",
            "resize_bilinear",
            lambda x: mb.resize_bilinear(x=x, target_size_height=192, target_size_width=192),
        ),
    ],
)
def test_an_offender_is_named(
    tmp_path: Path, build: Build, title: str, kind: str, program: Callable[[Any], Any]
) -> None:
    found = concerns_of(build(tmp_path / "m.mlpackage", program, (128, 128)))
    assert list(found) == [title]
    assert found[title].operations[0].split()[0] == kind
    assert found[title].source
    assert not found[title].certain


@pytest.mark.parametrize(
    "program",
    [
        lambda x: mb.conv(x=x, weight=kernel(13), strides=[2, 2]),
        lambda x: mb.resize_bilinear(x=x, target_size_height=256, target_size_width=256),
        lambda x: mb.sigmoid(x=mb.reduce_mean(x=x, axes=[2, 3], keep_dims=True)),
        lambda x: mb.upsample_nearest_neighbor(x=x, scale_factor_width=128),
    ],
    ids=["largest kernel", "whole factor", "small and narrow", "widest"],
)
def test_what_is_within_the_limits_raises_no_concern(
    tmp_path: Path, build: Build, program: Callable[[Any], Any]
) -> None:
    assert concerns_of(build(tmp_path / "m.mlpackage", program, (128, 128))) == {}


def test_the_shipped_package_has_its_scaling_alone(shipped: Path) -> None:
    (concern,) = inspect_package(shipped).concerns
    assert concern.title == SCALING
    assert concern.operations == ("mul photo__scaled__",)
    assert not concern.certain


def convert(path: Path, program: Any, precision: Any, shape: Any) -> Path:
    picture = ct.ImageType(
        name="photo", shape=shape, scale=1 / 255, color_layout=ct.colorlayout.RGB
    )
    ct.convert(
        program,
        inputs=[picture],
        convert_to="mlprogram",
        minimum_deployment_target=ct.target.iOS17,
        compute_precision=precision,
    ).save(str(path))
    return path


def test_full_precision_is_certain_and_named(tmp_path: Path) -> None:
    shape = (1, 3, 8, 8)

    @mb.program(input_specs=[mb.TensorSpec(shape=shape)], opset_version=ct.target.iOS17)  # type: ignore[untyped-decorator]
    def program(photo: Any) -> Any:
        return mb.sigmoid(x=mb.relu(x=photo))

    path = convert(tmp_path / "m.mlpackage", program, ct.precision.FLOAT32, shape)
    concern = concerns_of(path)["arithmetic in 32-bit floats"]
    assert concern.certain
    assert [name.split()[0] for name in concern.operations] == ["relu", "sigmoid"]


@pytest.mark.parametrize(
    ("shape", "title", "certain"),
    [
        (
            ct.Shape((1, 3, ct.RangeDim(16, 64, 32), ct.RangeDim(16, 64, 32))),
            "the input's size may vary in a range",
            True,
        ),
        (
            ct.EnumeratedShapes([(1, 3, 32, 32), (1, 3, 64, 64)], default=(1, 3, 32, 32)),
            "the input has several sizes",
            False,
        ),
    ],
    ids=["range", "listed"],
)
def test_an_input_of_varying_size_is_said_once(
    tmp_path: Path, shape: Any, title: str, certain: bool
) -> None:
    torch = pytest.importorskip("torch", reason="torch is not installed")
    network = torch.nn.Sequential(torch.nn.Conv2d(3, 1, 3, padding=1), torch.nn.ReLU()).eval()
    traced = torch.jit.trace(network, torch.rand(1, 3, 32, 32))
    path = convert(tmp_path / "m.mlpackage", traced, ct.precision.FLOAT16, shape)
    found = concerns_of(path)
    assert list(found) == [title]
    assert found[title].certain is certain
    assert found[title].operations == ("photo",)
    assert inspect_package(path).multiply_accumulates is None


def test_a_shape_that_depends_on_values_is_certain(tmp_path: Path, build: Build) -> None:
    path = build(tmp_path / "m.mlpackage", lambda x: mb.non_zero(x=x))
    found = concerns_of(path)
    assert found["shapes that are known only while it runs"].certain
    assert found["operations that run elsewhere"].operations[0].startswith("non_zero")


def test_certain_concerns_come_first(tmp_path: Path, build: Build) -> None:
    path = build(tmp_path / "m.mlpackage", lambda x: mb.non_zero(x=mb.erf(x=x)))
    certain = [concern.certain for concern in inspect_package(path).concerns]
    assert certain == sorted(certain, reverse=True)
    assert set(certain) == {True, False}


def test_each_rule_has_a_title_of_its_own_and_a_source() -> None:
    assert len({rule.title for rule in RULES}) == len(RULES)
    assert all(rule.source and rule.reason.endswith(".") for rule in RULES)
