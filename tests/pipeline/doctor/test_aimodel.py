"""What doctor says of an .aimodel, read by Apple's own library where it is installed."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from models.inspect.asset import AssetInspection, Function, inspect_asset
from models.package.aimodel import aimodel_beside
from models.package.package import ModelError, package_hash
from models.package.shipped import shipped_model
from models.run.trial import Trial
from pipeline.doctor.aimodel import AssetReport, asset_report, asset_sections
from pipeline.doctor.findings import Finding, Grade
from pipeline.doctor.package import Timing, faster
from tests.support.core_ai import needs_core_ai

SHIPPED = aimodel_beside(shipped_model())
PLAIN = AssetInspection(
    name="lesion.aimodel",
    hash="ab" * 32,
    program_sha256="cd" * 32,
    bytes=8_600_000,
    version="2.0",
    producer="coreai-core 1.0.0b3",
    licence="Apache-2.0",
    functions=(Function("main", ("photo: NDArray",), ("probability: NDArray",)),),
    operations=100,
    values=("4,000 Float16",),
    system="27.0",
    computed_by="the runtime in the wheel, on the CPU",
    unread="",
    refusal="",
)
TRIAL = Trial("coreai", "CPU", 1.0, 650.0, 3)


def by_subject(report: AssetReport) -> dict[str, Finding]:
    return {found.subject: found for part in asset_sections(report) for found in part.findings}


@needs_core_ai
def test_what_can_be_known_of_the_shipped_one() -> None:
    found = inspect_asset(SHIPPED)
    assert found.hash == package_hash(shipped_model())
    assert [function.name for function in found.functions] == ["main"]
    assert "1 × 3 × 256 × 256" in found.functions[0].inputs[0]
    assert (found.version, found.system, found.refusal) == ("2.0", "27.0", "")
    assert found.values[0].endswith("Float16")


def test_one_that_runs_is_said_to_run_and_by_what() -> None:
    found = by_subject(AssetReport(True, PLAIN, TRIAL, ""))
    assert "the runtime in the wheel" in found["Use"].sentence
    assert "main: photo: NDArray in" in found["Function"].sentence
    assert "this is for proof" in found["Backend"].sentence
    assert "650.0 ms" in found["Speed"].sentence


def test_one_that_does_not_run_stops_work_with_the_reason() -> None:
    found = by_subject(AssetReport(False, PLAIN, None, "Core AI comes with macOS 27."))
    assert found["Use"].state is Grade.PROBLEM
    unread = replace(PLAIN, unread="Core AI needs the package coreai-core.")
    found = by_subject(AssetReport(False, unread, None, unread.unread))
    assert "They can't be read here. Core AI needs" in found["Functions"].sentence


@pytest.mark.slow
def test_one_of_a_newer_version_is_refused_before_apple_s_library_sees_it(tmp_path: Path) -> None:
    asset = Path(shutil.copytree(SHIPPED, tmp_path / "x.aimodel"))
    said = json.loads((asset / "metadata.json").read_text())
    (asset / "metadata.json").write_text(json.dumps({**said, "assetVersion": "3.0"}))
    with pytest.raises(ModelError, match="another version of Core AI"):
        asset_report(asset, "CPU_AND_NE")


@pytest.mark.parametrize(("core_ai", "name"), [(1.5, "Core AI"), (4.5, "Core ML")])
def test_on_a_mac_it_is_said_which_isfaster(core_ai: float, name: str) -> None:
    timings = (
        Timing("coreml", "CPU_AND_NE", 2.5, 1.0, ""),
        Timing("coreml", "CPU_ONLY", 0.5, 1.0, ""),
        Timing("coreai", "CPU_AND_NE", core_ai, 1.0, ""),
    )
    [found] = faster(timings)
    assert found.sentence.startswith(f"{name} is faster here")
    assert list(faster(timings[:2])) == []
