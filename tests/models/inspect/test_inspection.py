"""What is said of a package agrees with torch, with arithmetic by hand, and with coremltools."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import coremltools as ct
import numpy as np
import pytest
from coremltools.converters.mil import Builder as mb  # noqa: N813

from models.inspect.inspection import SYSTEMS, Kind, Port, inspect_package
from models.package.package import FRAMING_KEY, THRESHOLD_KEY, ModelError, package_hash

Build = Callable[..., Path]


def test_the_shipped_package_is_what_its_card_says(shipped: Path) -> None:
    found = inspect_package(shipped)
    assert found.inputs == (Port("photo", "256×256 RGB picture"),)
    assert found.outputs == (Port("probability", "1×1×256×256 numbers (float32)"),)
    assert (found.framing, found.threshold) == ("fit", "0.38")
    assert found.hash == package_hash(shipped)
    assert found.bytes == sum(f.stat().st_size for f in shipped.rglob("*") if f.is_file())
    assert (found.specification, found.systems) == (8, "iOS 17, macOS 14")
    assert Kind("conv", 123) in found.operations
    assert (found.untranslated, found.refusal, found.not_counted) == ((), "", ())


def test_the_shipped_package_counts_as_its_network_does(shipped: Path) -> None:
    """Conversion turns each batch norm (scale and shift) into the bias of the convolution before
    it: one value a channel instead of two. The normalisation's means and the inverse of its
    deviations, three values each, are constants here and no parameters in torch. The package holds
    two networks of different kinds, and what tells phone photos from others by the first one's
    coarsest maps.
    """
    torch = pytest.importorskip("torch", reason="torch is not installed")
    from models.ship.calibration import Scaling
    from models.ship.exported import ShippedNetwork
    from models.ship.kinds import Calibration, Teller
    from models.train.efficientnet import EfficientNetLite
    from models.train.network import LesionNetwork, multiply_accumulates, parameters

    two = ShippedNetwork([LesionNetwork(64, EfficientNetLite()), LesionNetwork(64)]).eval()
    two.calibrate(Calibration(Scaling(), Scaling(), Teller(np.zeros(320), 0.0)))
    norms = [m for m in two.modules() if isinstance(m, torch.nn.BatchNorm2d)]
    folded = sum(norm.num_features for norm in norms)
    found = inspect_package(shipped)
    assert found.multiply_accumulates == multiply_accumulates(two, 256)
    assert found.multiply_accumulates == 927_676_736
    # EfficientNet-Lite0 wants other means: four values a channel, as a norm of its own.
    assert found.parameters == parameters(two) - folded + 3 + 3 + 4 * 3


def weights(*shape: int) -> Any:
    return np.ones(shape, np.float32)


def rows(x: Any) -> Any:
    """The 3×8×8 picture as a matrix of 8 rows with 24 values."""
    return mb.reshape(x=x, shape=[8, 24])


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        (lambda x: mb.conv(x=x, weight=weights(5, 3, 3, 3)), 5 * 6 * 6 * 3 * 9),
        (
            lambda x: mb.conv(x=x, weight=weights(6, 1, 3, 3), groups=3, strides=[2, 2]),
            6 * 3 * 3 * 9,
        ),
        (lambda x: mb.conv_transpose(x=x, weight=weights(3, 5, 2, 2)), 3 * 8 * 8 * 5 * 4),
        (lambda x: mb.linear(x=rows(x), weight=weights(7, 24)), 8 * 24 * 7),
        (lambda x: mb.matmul(x=rows(x), y=weights(24, 4)), 8 * 24 * 4),
        (lambda x: mb.matmul(x=rows(x), y=weights(8, 4), transpose_x=True), 24 * 8 * 4),
        (
            lambda x: mb.einsum(
                values=(x, mb.transpose(x=x, perm=[0, 3, 2, 1])), equation="nchw,nwhu->nchu"
            ),
            3 * 8 * 8 * 3,
        ),
        (lambda x: mb.relu(x=mb.add(x=x, y=weights(3, 1, 1))), 0),
    ],
    ids=["conv", "grouped", "transposed", "linear", "matmul", "turned", "einsum", "none"],
)
def test_multiply_accumulates_by_hand(
    tmp_path: Path, build: Build, program: Callable[[Any], Any], expected: int
) -> None:
    assert (
        inspect_package(build(tmp_path / "m.mlpackage", program)).multiply_accumulates == expected
    )


def test_what_is_not_counted_is_named(tmp_path: Path, build: Build) -> None:
    def recurrent(x: Any) -> Any:
        sequence = mb.reshape(x=x, shape=[8, 1, 24])
        start = np.zeros((1, 2), np.float32)
        return mb.gru(
            x=sequence, initial_h=start, weight_ih=weights(6, 24), weight_hh=weights(6, 2)
        )[0]

    found = inspect_package(build(tmp_path / "m.mlpackage", recurrent))
    assert found.not_counted == ("gru",)
    assert "gru" in found.untranslated


def test_parameters_are_the_weights_alone(tmp_path: Path, build: Build) -> None:
    path = build(
        tmp_path / "m.mlpackage",
        lambda x: mb.conv(x=x, weight=weights(5, 3, 3, 3), bias=weights(5), strides=[2, 2]),
    )
    assert inspect_package(path).parameters == 5 * 3 * 9 + 5


def test_compressed_weights_count_as_what_they_unpack_to(tmp_path: Path, build: Build) -> None:
    from coremltools.optimize.coreml import (
        OpLinearQuantizerConfig,
        OptimizationConfig,
        linear_quantize_weights,
    )

    kernel = np.random.default_rng(0).normal(size=(64, 3, 8, 8)).astype(np.float32)
    path = build(tmp_path / "m.mlpackage", lambda x: mb.conv(x=x, weight=kernel))
    small = linear_quantize_weights(
        ct.models.MLModel(str(path), skip_model_load=True),
        OptimizationConfig(global_config=OpLinearQuantizerConfig(weight_threshold=1)),
    )
    small.save(str(tmp_path / "small.mlpackage"))
    assert (
        inspect_package(tmp_path / "small.mlpackage").parameters == inspect_package(path).parameters
    )
    assert inspect_package(path).parameters == 64 * 3 * 64


def test_metadata_are_said_even_where_nevus_refuses_them(tmp_path: Path, build: Build) -> None:
    path = build(
        tmp_path / "m.mlpackage", lambda x: mb.relu(x=x),
        **{THRESHOLD_KEY: "1.5", FRAMING_KEY: "crop"},
    )  # fmt: skip
    found = inspect_package(path)
    assert (found.framing, found.threshold) == ("crop", "1.5")
    assert "m.mlpackage" in found.refusal


def test_operations_without_a_translation_are_named(tmp_path: Path, build: Build) -> None:
    found = inspect_package(build(tmp_path / "m.mlpackage", lambda x: mb.cos(x=mb.sign(x=x))))
    assert found.untranslated == ("cos", "sign")


def test_the_systems_are_those_that_coremltools_counts() -> None:
    for version, systems in SYSTEMS.items():
        number = systems.split(",")[0].removeprefix("iOS ")
        assert getattr(ct, f"_SPECIFICATION_VERSION_IOS_{number}") == version


def test_what_is_no_package_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="There is no model at"):
        inspect_package(tmp_path / "none.mlpackage")
