"""The selftest fails in copies of nevus with one line changed: wrong framing, wrong colours."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.users import SITE

ROOT = Path(__file__).parents[3]
ROOMS = ("imaging", "models", "db", "pipeline", "tui")
RUN = "from tui.cli import main; main()"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the code; weights and samples, which are not changed, are linked.

    What is compiled already comes with it: by its times it is known to be of the same code.
    """
    left_out = shutil.ignore_patterns("weights")
    for room in ROOMS:
        shutil.copytree(ROOT / room, tmp_path / room, ignore=left_out)
    (tmp_path / "models" / "weights").symlink_to(ROOT / "models" / "weights")
    (tmp_path / "sample_images").symlink_to(ROOT / "sample_images")
    return tmp_path


def run_selftest(copy: Path) -> tuple[int, dict[str, Any]]:
    """The exit status, and what was found."""
    arguments = ["doctor", "--selftest", "--json", "--backend", "onnxruntime"]
    done = subprocess.run(
        [sys.executable, "-c", RUN, *arguments],
        cwd=copy,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(copy), str(SITE)])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)["selftest"]
    return done.returncode, found


def change(copy: Path, file: str, line: str, other: str) -> None:
    text = (copy / file).read_text(encoding="utf-8")
    assert text.count(line) == 1, f"{file} has no such line any more: {line}"
    (copy / file).write_text(text.replace(line, other), encoding="utf-8")


def test_an_unchanged_copy_passes(copy: Path) -> None:
    status, found = run_selftest(copy)
    assert (status, found["verdict"]) == (0, "passed")


@pytest.mark.parametrize(
    ("file", "line", "other", "fault", "least"),
    [
        pytest.param(
            "models/run/segmenter.py", "FRAMINGS[self.info.framing]", 'FRAMINGS["fill"]',
            "framing", 12, id="stretched",
        ),
        pytest.param(
            "imaging/framing.py", "        return canvas\n",
            "        return np.roll(canvas, 1, axis=1)\n",
            "picture", 13, id="one pixel to the right",
        ),
        pytest.param(
            "models/run/segmenter.py", "grid = self.predict_framed(framed)",
            "grid = np.roll(self.predict_framed(framed), 1, axis=0)",
            "numbers", 13, id="the map one pixel down",
        ),
        pytest.param(
            "imaging/decode/orientation.py",
            "value in range(1, 9)",
            "value in range(1, 2)", "framing", 1, id="EXIF orientation forgotten",
        ),
        pytest.param(
            "models/run/segmenter.py", "grid = self.predict_framed(framed)",
            "grid = self.predict_framed(framed[..., ::-1])",
            "numbers", 13, id="BGR for the model",
        ),
        pytest.param(
            "imaging/decode/photo.py", "pixels = plain(picture)",
            "pixels = Image.merge('RGB', plain(picture).convert('RGB').split()[::-1])",
            "picture", 12, id="BGR from the decoder",
        ),
    ],
)  # fmt: skip
def test_a_changed_line_fails_it(
    copy: Path, file: str, line: str, other: str, fault: str, least: int
) -> None:
    change(copy, file, line, other)
    status, found = run_selftest(copy)
    assert (status, found["verdict"]) == (1, "wrong numbers"), found["sentence"]
    faults = [photo["fault"] for photo in found["photos"]]
    assert faults.count(fault) >= least, faults
