"""The commands of the workshop, and `nevus settings`, reach out to nobody and leave nothing."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from models.proof.reference_files import references_folder
from models.run.segmenter import shipped_model
from tests.models.conftest import draw_pair
from tests.support.watched import SOURCE, WHY_NOT, Household, Seen, compiled

pytest.importorskip("torch", reason="torch is not installed (pip install nevus[training])")
pytestmark = [pytest.mark.slow, pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT)]

ROOT = Path(__file__).parents[2]
NEVUS = Path(sys.executable).parent / "nevus"
COMMANDS = ("settings", "train", "convert", "curves", "worst", "references")


class Bench:
    """A workshop's data and models, and a household whose every command is watched by itself."""

    def __init__(self, household: Household, desk: Path) -> None:
        self.household, self.desk = household, desk
        self.package = desk / "mine.mlpackage"
        shutil.copytree(shipped_model(), self.package)
        rows = ["image,mask,split,kind"]
        # By the hash of their names, 24 and 30 are the ones held out.
        for index in (0, 1, 2, 3, 24, 30):
            draw_pair(desk / "pairs", f"p{index}", index)
            split = "dev" if index == 3 else "train"
            rows.append(f"images/p{index}.png,masks/p{index}.png,{split},dermoscopy")
        (desk / "pairs" / "manifest.csv").write_text("\n".join(rows) + "\n")

    def run(self, name: str, *words: object) -> "subprocess.CompletedProcess[str]":
        """A command line; what it does is written down under the name."""
        return subprocess.run(
            list(map(str, words)),
            check=False,
            capture_output=True,
            text=True,
            env=self.household.environment(name),
            stdin=subprocess.DEVNULL,
            cwd=ROOT,
        )

    def work(self, name: str, *words: object) -> str:
        """A command line that does its work; what it says, which no library has a part in."""
        done = self.run(name, *words)
        assert done.returncode == 0, done.stderr
        assert "coremltools" not in done.stderr
        return done.stdout + done.stderr


def workshop(command: str, *arguments: object) -> tuple[object, ...]:
    return (sys.executable, "-m", f"tui.commands.workshop.{command}", *arguments)


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Seen]:
    """What each command did."""
    library = tmp_path_factory.mktemp("watch") / "watch.so"
    compiled(SOURCE, library, "-shared", "-fPIC", "-O1")
    bench = Bench(
        Household(tmp_path_factory.mktemp("home"), library), tmp_path_factory.mktemp("desk")
    )
    desk, new = bench.desk, bench.desk / "new"
    pairs, card = desk / "pairs", shipped_model().with_suffix(".json")
    small = ("--epochs", 1, "--small-epochs", 0, "--size", 64, "--batch", 3)
    assert "reviewer" in bench.work("settings", NEVUS, "settings")
    bench.work("train", *workshop("train", pairs, desk / "run", *small))
    converting = workshop("convert", desk / "run" / "checkpoint.pt", new / "tiny.mlpackage")
    converted = bench.run("convert", *converting, "--data", pairs)
    # What has learnt next to nothing is converted, run, and then perhaps refused.
    assert "torch against the package" in converted.stderr
    bench.work("curves", *workshop("figures", "curves", card, new))
    bench.work("worst", *workshop("figures", "worst", pairs, new / "worst.png"))
    bench.work("references", *workshop("references", bench.package))
    assert any(references_folder(bench.package).iterdir())
    return {name: bench.household.seen(name, desk) for name in COMMANDS}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_calls_nobody_and_leaves_nothing(day: dict[str, Seen], command: str) -> None:
    assert day[command] == Seen((), (), ())
