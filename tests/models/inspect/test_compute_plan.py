"""A compute plan, asked for in a process of its own through coremltools' Python over the stand-in.

Which device Core ML would prefer is invented here; what is asked, and what becomes of the answers,
is not.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from coremltools.converters.mil import Builder as mb  # noqa: N813
from coremltools.models import compute_device

from models.inspect.compute_plan import NAMES, read_compute_plan
from models.inspect.program import read_program
from models.package.interface import OUTPUT_KEY, PROBABILITY
from models.package.package import ModelError
from tests.support.mac import Mac

Build = Callable[..., Path]
CPU, GPU = "on MLCPUComputeDevice", "on MLGPUComputeDevice"


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory, build: Build) -> Path:
    def program(x: Any) -> Any:
        for _ in range(3):
            x = mb.conv(x=x, weight=np.ones((3, 3, 1, 1), np.float32))
        return mb.sigmoid(x=mb.reduce_mean(x=mb.relu(x=x), axes=[1]))

    path = tmp_path_factory.mktemp("plan") / "p.mlpackage"
    return build(path, program, **{OUTPUT_KEY: PROBABILITY})


@pytest.fixture(scope="module")
def kinds(package: Path) -> list[str]:
    """Its operations but for constants."""
    found = [operation.kind for operation in read_program(package).operations]
    assert found.count("conv") == 3
    return found


def test_operations_and_costs_are_summed_by_preferred_device(
    mac: Mac, package: Path, kinds: list[str]
) -> None:
    mac.order(CPU, "relu reduce_mean")
    mac.order(GPU, "sigmoid")
    mac.order("without a cost", "sigmoid")
    rest, costly = len(kinds) - 3, len(kinds) - 1
    found = read_compute_plan(package)
    counts = [("Neural Engine", rest), ("CPU", 2), ("GPU", 1)]
    assert [(share.device, share.operations) for share in found] == counts
    costs = [rest / costly, 2 / costly, 0]
    assert [share.cost for share in found] == pytest.approx(costs)
    assert mac.journal == ["compile", "plan CPU_AND_NE"]


def test_the_compute_units_are_those_asked_for(mac: Mac, package: Path, kinds: list[str]) -> None:
    for units, device in (("CPU_ONLY", "CPU"), ("CPU_AND_GPU", "GPU"), ("ALL", "Neural Engine")):
        (share,) = read_compute_plan(package, units)
        assert (share.device, share.operations) == (device, len(kinds))
        assert mac.journal[-1] == f"plan {units}"
    assert mac.count("compile") == 1


def test_an_older_macos_gives_a_sentence(mac: Mac, package: Path) -> None:
    mac.install("14.3.1")
    with pytest.raises(ModelError, match=r"Core ML gives no plan .*only available on macOS >= 14"):
        read_compute_plan(package)
    mac.install("14.4")
    assert read_compute_plan(package)


@pytest.mark.parametrize("order", ["refuse to plan", "refuse to compile"])
def test_a_plan_that_fails_gives_one_line(mac: Mac, package: Path, order: str) -> None:
    mac.order(order)
    with pytest.raises(
        ModelError, match=r"Core ML gives no plan \(The \w+ can not be \w+\)\.$"
    ) as failure:
        read_compute_plan(package)
    assert "\n" not in str(failure.value)
    assert "Error:" not in str(failure.value)


@pytest.mark.skipif(sys.platform == "darwin", reason="tells what is said off a Mac")
def test_off_a_mac_there_is_no_plan(cache: Path, package: Path) -> None:
    with pytest.raises(ModelError, match="Core ML gives no plan"):
        read_compute_plan(package)


def test_the_devices_are_coremltools_own() -> None:
    for name in NAMES:
        assert issubclass(getattr(compute_device, name), compute_device.MLComputeDevice)
