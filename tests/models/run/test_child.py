"""What happens in a process of its own harms nobody: real processes, killed and hung."""

import os
import signal
from pathlib import Path

import pytest

from models.package.package import ModelError, check_package
from models.run.child import in_child
from models.run.setup import ModelSetup
from models.run.trial import RUNS, try_out

pytestmark = pytest.mark.slow


def test_an_answer_comes_back_from_another_process() -> None:
    assert in_child(os.getpid) != os.getpid()
    assert in_child(os.path.join, "a", "b") == "a/b"


def test_an_error_comes_back_with_its_sentence(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="There is no model at"):
        in_child(check_package, tmp_path / "none.mlpackage")
    with pytest.raises(ModelError, match="FileNotFoundError"):
        in_child(os.stat, str(tmp_path / "none"))


def test_a_death_is_said() -> None:
    with pytest.raises(ModelError, match=r"died \(signal 6\)"):
        in_child(os.abort)
    with pytest.raises(ModelError, match=r"died \(exit status 3\)"):
        in_child(os._exit, 3)


def test_a_process_that_hangs_is_ended() -> None:
    with pytest.raises(ModelError, match="more than 1 seconds"):
        in_child(signal.pause, seconds=1)


def test_what_it_prints_is_dropped(capfd: pytest.CaptureFixture[str]) -> None:
    in_child(print, "hello")
    in_child(os.system, "echo hello; echo hello >&2")
    assert capfd.readouterr() == ("", "")


def test_the_shipped_package_is_tried(shipped: Path) -> None:
    trial = try_out(ModelSetup(shipped, "onnxruntime"))
    assert (trial.backend, trial.device, trial.runs) == ("onnxruntime", "CPU", RUNS)
    assert trial.milliseconds > 0
    assert trial.opening > 0
