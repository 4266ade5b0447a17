"""The model's findings: real packages, run in real processes."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from platformdirs import user_cache_path

from models.inspect.neural_engine import Concern
from models.package.package import package_hash, program_file
from models.run.setup import ModelSetup
from models.run.trial import Trial
from pipeline.doctor.findings import Finding, Grade
from pipeline.doctor.model import (
    backend_finding,
    cache_finding,
    licence_findings,
    model_findings,
)
from pipeline.doctor.package import (
    PackageReport,
    Timing,
    concern_finding,
    package_report,
    package_sections,
)
from tests.support.mac import reported


@pytest.fixture(scope="module", autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """One cache for all tests: the model is translated and compiled once."""
    folder = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(folder))
        patch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
        yield


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of the test's own."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return user_cache_path("nevus")


@pytest.fixture(scope="module")
def report(model: Path) -> PackageReport:
    return package_report(model)


def by_subject(findings: tuple[Finding, ...]) -> dict[str, Finding]:
    return {finding.subject: finding for finding in findings}


def test_the_shipped_model_runs_and_is_timed(model: Path) -> None:
    found = by_subject(model_findings(ModelSetup(model)))
    assert {finding.state for finding in found.values()} == {Grade.OK}
    assert package_hash(model)[:12] in found["Package"].sentence
    assert " ms a photo" in found["Speed"].sentence


def test_a_missing_model_is_one_problem(tmp_path: Path) -> None:
    (finding,) = model_findings(ModelSetup(tmp_path / "none.mlpackage"))
    assert finding.state is Grade.PROBLEM
    assert "There is no model at" in finding.sentence


def test_a_damaged_model_is_a_problem_and_the_rest_is_said(model: Path, tmp_path: Path) -> None:
    copy = tmp_path / "damaged.mlpackage"
    shutil.copytree(model, copy)
    program_file(copy).write_bytes(b"\xff" * 100)
    found = by_subject(model_findings(ModelSetup(copy)))
    assert found["Run"].state is Grade.PROBLEM
    assert "is damaged" in found["Run"].sentence
    assert "Cache" in found


def test_a_cache_that_cannot_be_written_is_noted(cache: Path) -> None:
    assert cache_finding().state is Grade.OK
    cache.parent.parent.mkdir(parents=True, exist_ok=True)
    cache.parent.touch()
    finding = cache_finding()
    assert finding.state is Grade.NOTE
    assert str(cache) in finding.sentence


def test_a_package_s_own_licence_is_said() -> None:
    assert licence_findings("Apache-2.0") == ()
    (said,) = licence_findings("CC BY-NC 4.0")
    assert (said.state, said.sentence) == (Grade.NOTE, "CC BY-NC 4.0.")


def test_core_ml_is_named_with_its_compute_units() -> None:
    finding = backend_finding(Trial("coreml", "CPU_AND_NE", 1.0, 1.0, 10))
    assert finding.sentence == "Core ML runs it (CPU_AND_NE)."


def test_the_shipped_package_is_fit_in_all_sections(report: PackageReport) -> None:
    sections = package_sections(report)
    found = [finding for section in sections for finding in section.findings]
    assert Grade.PROBLEM not in {finding.state for finding in found}
    assert "927,676,736" in by_subject(sections[1].findings)["Arithmetic"].sentence
    assert report.works


def test_a_licence_of_another_s_package_stands_in_its_sections(report: PackageReport) -> None:
    other = replace(report.inspection, licence="CC BY-NC 4.0")
    ours, theirs = (
        by_subject(package_sections(replace(report, inspection=found))[0].findings)
        for found in (report.inspection, other)
    )
    assert "Licence" not in ours
    assert theirs["Licence"].sentence == "CC BY-NC 4.0."


@pytest.mark.skipif(os.uname().sysname == "Darwin", reason="tells what is said off a Mac")
def test_off_a_mac_it_says_what_can_t_be_had(report: PackageReport) -> None:
    here = by_subject(package_sections(report)[3].findings)
    assert "can be had on a Mac alone" in here["On a Mac"].sentence
    assert " ms a picture when warm on the CPU" in here["ONNX Runtime"].sentence
    assert report.plan == ()
    plan = by_subject(package_sections(report)[2].findings)["Plan"]
    assert plan.state is Grade.OK
    assert "on a Mac alone" in plan.sentence


def test_a_long_list_of_offenders_is_shortened_and_counted() -> None:
    names = tuple(f"erf op_{number}" for number in range(9))
    sentence = concern_finding(Concern("Odd", "why.", "us", False, names)).sentence
    assert "erf op_5" in sentence
    assert "erf op_6" not in sentence
    assert "and 3 more" in sentence


def test_a_compute_unit_that_died_is_a_note_while_another_runs(report: PackageReport) -> None:
    died = Timing("coreml", "CPU_AND_NE", None, None, "The process that ran it died (signal 11).")
    ran = Timing("coreml", "CPU_ONLY", 9.0, 1.0, "")
    for timings, works in (((died, ran), True), ((died,), False)):
        sections = package_sections(PackageReport(works, report.inspection, timings, (), ""))
        here = by_subject(sections[3].findings)
        assert here["CPU_AND_NE"].state is Grade.NOTE
        assert "signal 11" in here["CPU_AND_NE"].sentence
        assert "--compute-units CPU_ONLY" in here["CPU_AND_NE"].advice
        use = by_subject(sections[0].findings)["Use"]
        assert (use.state is Grade.OK) == works


def test_a_mac_whose_neural_engine_ends_the_process_works_on_the_cpu_and_says_so(
    model: Path, tmp_path: Path
) -> None:
    with reported(tmp_path / "mac") as mac:
        mac.order("die on CPU_AND_NE", "all")
        found = by_subject(model_findings(ModelSetup(model)))
        assert found["Run"].state is Grade.NOTE
        assert "goes on on the CPU by itself" in found["Run"].sentence
        assert "CPU_ONLY" in found["Run"].advice
        assert found["Backend"].sentence == "Core ML runs it (CPU_ONLY)."
        assert "Run" not in by_subject(model_findings(ModelSetup(model, "coreml", "CPU_ONLY")))
        mac.order("die on CPU_ONLY", "all")
        found = by_subject(model_findings(ModelSetup(model)))
    assert found["Run"].state is Grade.PROBLEM
    assert found["Run"].advice


@pytest.mark.slow
def test_a_classifier_is_refused_and_the_rest_is_said(tmp_path: Path) -> None:
    import coremltools as ct

    torch = pytest.importorskip("torch", reason="torch is not installed")
    network = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(192, 2), torch.nn.Softmax(1))
    path = tmp_path / "classifier.mlpackage"
    ct.convert(
        torch.jit.trace(network.eval(), torch.zeros(1, 3, 8, 8)),
        inputs=[ct.ImageType(name="x", shape=(1, 3, 8, 8))],
        classifier_config=ct.ClassifierConfig(["a", "b"]),
        minimum_deployment_target=ct.target.iOS17,
    ).save(str(path))
    report = package_report(path)
    assert not report.works
    assert "gives 2 outputs" in report.inspection.refusal
    sections = package_sections(report)
    found = [finding for section in sections for finding in section.findings]
    assert [f.subject for f in found if f.state is Grade.PROBLEM] == ["Use"]
