"""What the doctor finds of the shipped package on a Mac: real processes over the stand-in.

The milliseconds are ONNX Runtime's and the plan is invented; that each compute unit is tried, that
a plan is asked for, and what is said when either fails, is not.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from models.run.setup import COMPUTE_UNITS
from pipeline.doctor.findings import Finding, Grade
from pipeline.doctor.package import PackageReport, package_report, package_sections
from tests.support.mac import Mac, in_workers

ADVICE = "nevus goes on with the CPU by itself"


@pytest.fixture(scope="module")
def mac(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mac]:
    """Worker processes on a Mac with a cache of their own; this process says that it is on one."""
    home = tmp_path_factory.mktemp("home")
    with in_workers(home / "mac") as mac, pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(home))
        patch.setenv("XDG_CACHE_HOME", str(home / "cache"))
        patch.setattr(sys, "platform", "darwin")
        yield mac


@pytest.fixture(scope="module")
def report(mac: Mac, model: Path) -> PackageReport:
    """With convolutions that prefer the Neural Engine, and additions that prefer the CPU."""
    mac.order("on MLCPUComputeDevice", "add")
    return package_report(model)


@pytest.fixture(scope="module")
def failed(report: PackageReport, mac: Mac, model: Path) -> PackageReport:
    """Of a Mac too old for a plan, whose Neural Engine ends a process."""
    mac.order("die on CPU_AND_NE", "all")
    mac.install("14.3")
    return package_report(model)


def findings(report: PackageReport, section: int) -> dict[str, Finding]:
    return {each.subject: each for each in package_sections(report)[section].findings}


def test_each_compute_unit_is_timed_once_and_in_words(report: PackageReport, mac: Mac) -> None:
    assert [(timing.backend, timing.device) for timing in report.timings] == [
        *(("coreml", units) for units in COMPUTE_UNITS),
        ("coreai", "CPU_AND_NE"),
    ]
    here = findings(report, 3)
    *core_ml, core_ai = report.timings
    # The stand-in's macOS is older than Core AI.
    assert core_ai.failure.startswith("Core AI comes with macOS 27")
    assert here["Core AI"].sentence == core_ai.failure
    for timing in core_ml:
        assert timing.milliseconds is not None
        assert timing.milliseconds > 0
        assert here[timing.device].state is Grade.OK
        words = f" ms a picture when warm with compute units {timing.device}, opened in "
        assert words in here[timing.device].sentence
        assert f"load {timing.device}" in mac.journal
    assert "On a Mac" not in here


def test_the_plan_is_told_by_shares_of_all_operations(report: PackageReport) -> None:
    counts = {kind.name: kind.count for kind in report.inspection.operations}
    added, total = counts["add"], sum(counts.values())
    neural, cpu = report.plan
    assert (neural.device, neural.operations) == ("Neural Engine", total - added)
    assert (cpu.device, cpu.operations) == ("CPU", added)
    assert neural.cost + cpu.cost == pytest.approx(1)
    plan = findings(report, 2)["Plan"]
    assert plan.state is Grade.OK
    assert f"Core ML prefers {total - added} on the Neural Engine (" in plan.sentence
    assert f", {added} on the CPU (" in plan.sentence


def test_the_compute_unit_that_dies_fails_alone_and_with_advice(failed: PackageReport) -> None:
    here = findings(failed, 3)
    states = {units: here[units].state for units in COMPUTE_UNITS}
    assert states == dict.fromkeys(COMPUTE_UNITS, Grade.OK) | {"CPU_AND_NE": Grade.NOTE}
    assert "died (signal 9)" in here["CPU_AND_NE"].sentence
    assert "--compute-units CPU_ONLY" in here["CPU_AND_NE"].advice
    assert ADVICE in here["CPU_AND_NE"].advice
    assert failed.works


def test_an_older_macos_is_a_note_with_what_a_plan_needs(failed: PackageReport) -> None:
    plan = findings(failed, 2)["Plan"]
    assert plan.state is Grade.NOTE
    assert plan.sentence.startswith("Core ML gives no plan (")
    assert "Error:" not in plan.sentence
    assert "macOS 14.4 or later" in plan.advice
    assert failed.plan == ()
