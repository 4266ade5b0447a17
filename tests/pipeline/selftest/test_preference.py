"""What a selftest of Core AI leaves for `auto`, and what the doctor says of it afterwards."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import models.run.coreai_backend as coreai
import pipeline.doctor.model as doctor
from models.run import preferred
from models.run.preferred import Passed, passed, recall, remember
from models.run.setup import ModelSetup
from pipeline.doctor.findings import Finding
from pipeline.selftest.preference import told, weigh
from pipeline.selftest.verdict import Ending, Selftest
from tests.support.mac import Mac, reported

UNITS = "CPU_AND_NE"
PASSED = Selftest(Ending.PASSED, "", "lesion", "")
WRONG = Selftest(Ending.WRONG, "", "lesion", "")


@pytest.fixture
def mac(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mac]:
    """A Mac with macOS 27, where this process takes Core AI to be installed."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for module in (preferred, doctor):
        monkeypatch.setattr(module, "why_not", lambda: "")
    monkeypatch.setattr(preferred, "installed_version", lambda: coreai.PINNED)
    monkeypatch.setattr(preferred, "mac_ver", lambda: ("27.0", ("", "", ""), "arm64"))
    with reported(tmp_path / "mac") as mac:
        yield mac


def core_ai(model: Path) -> ModelSetup:
    return ModelSetup(model, "coreai", UNITS)


def said(model: Path) -> list[Finding]:
    return [each for each in doctor.model_findings(ModelSetup(model)) if each.subject == "Core AI"]


def test_off_a_mac_and_of_another_backend_there_is_nothing_to_say(model: Path) -> None:
    assert weigh(core_ai(model), PASSED) == ""


def test_of_another_backend_there_is_nothing_to_say(mac: Mac, model: Path) -> None:
    assert weigh(ModelSetup(model, "coreml", UNITS), PASSED) == ""


def test_one_that_fails_takes_back_what_was_passed(mac: Mac, model: Path) -> None:
    remember(passed(model, UNITS, 1.0, 2.0))
    assert "auto leaves it alone" in weigh(core_ai(model), WRONG)
    assert recall(model, UNITS) is None


def test_one_that_can_t_be_timed_leaves_auto_with_core_ml(mac: Mac, model: Path) -> None:
    # In its own process this Mac is older than Core AI.
    assert weigh(core_ai(model), PASSED).startswith("auto stays with Core ML. Core AI comes with")
    assert recall(model, UNITS) is None


def test_each_outcome_is_a_sentence() -> None:
    found = Passed("0" * 64, UNITS, "27.0", coreai.PINNED, 2.5, 4.0)
    begins = f"Core AI takes 2.5 ms a photo with {UNITS}, "
    assert told(found).startswith(f"{begins}Core ML 4.0 ms: auto takes Core AI from now on, until")
    assert told(replace(found, core_ml=2.0)) == f"{begins}Core ML 2.0 ms: auto stays with Core ML."
    assert told(replace(found, core_ml=None)).startswith(f"{begins}and Core ML can't run this")


def test_the_doctor_says_why_auto_takes_what(mac: Mac, model: Path) -> None:
    (untried,) = said(model)
    assert untried.advice.startswith("nevus doctor --selftest --backend coreai tries it")
    remember(passed(model, UNITS, 5.0, 4.0))
    (slower,) = said(model)
    assert slower.sentence.endswith("took 5.0 ms a photo; Core ML took 4.0 ms: auto takes Core ML.")
