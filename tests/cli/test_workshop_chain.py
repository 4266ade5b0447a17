"""The workshop from photos to a model in use: train, stop, go on, convert, draw, segment, prove.

What each command of it reaches for is written down on the way: nobody is called, nothing is left.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from models.proof.reference_files import references_folder
from tests.cli.test_workshop import command as app_of
from tests.models.conftest import draw_pair
from tests.pipeline.conftest import wait_until
from tests.support.commands import NEVUS, Done, run
from tests.support.core_ai import NO_CORE_AI
from tests.support.small_networks import AS_A_PROGRAM, short_encoder
from tests.support.users import SITE
from tests.support.watched import SOURCE, WHY_NOT, Household, Seen, compiled
from tests.torture.victims import Running

pytest.importorskip("torch", reason="torch is not installed (pip install nevus[training])")
pytestmark = pytest.mark.slow

# Enough for maps with borders: of a network that has learnt nothing rounding moves the masks.
RECIPE = ("--epochs", "12", "--small-epochs", "0", "--size", "64", "--batch", "4")
RATE = ("--peak-rate", "4e-3", "--measure-every", "99")


ROOT = Path(__file__).parents[2]
WATCHED = ("settings", "train", "convert", "curves", "worst", "references", "coreai")


class Desk:
    """Where the work lies; commands run in processes of their own, watched where that can be."""

    def __init__(self, folder: Path, household: Household | None) -> None:
        self.folder, self.household = folder, household

    def run(self, name: str, *words: object) -> Done:
        """A command line; what it does is written down under the name."""
        watched = {} if self.household is None else self.household.environment(name)
        done = subprocess.run(
            list(map(str, words)),
            check=False,
            capture_output=True,
            text=True,
            env=watched or None,
            stdin=subprocess.DEVNULL,
            cwd=ROOT,
        )
        assert "coremltools" not in done.stderr
        return Done(done.returncode, done.stdout, done.stderr)

    def work(self, name: str, *words: object) -> str:
        """A command line that does its work; what it says."""
        done = self.run(name, *words)
        assert done.returncode == 0, done.stderr
        return done.stderr


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """An empty one."""
    folder = tmp_path_factory.mktemp("desk")
    if WHY_NOT:
        return Desk(folder, None)
    library = tmp_path_factory.mktemp("watch") / "watch.so"
    compiled(SOURCE, library, "-shared", "-fPIC", "-O1")
    return Desk(folder, Household(tmp_path_factory.mktemp("home"), library))


@pytest.fixture(scope="module", autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A cache and data of these tests' own; whoever trains has PyTorch in every process."""
    with pytest.MonkeyPatch.context() as patch:
        for kind in ("CACHE", "DATA", "STATE", "CONFIG"):
            patch.setenv(f"XDG_{kind}_HOME", str(tmp_path_factory.mktemp(kind)))
        patch.delenv("PYTHONPATH", raising=False)
        yield


@pytest.fixture(scope="module")
def pairs(desk: Desk) -> Path:
    """Twelve pairs to train on, two held out (by the hash of their names), two of dev."""
    folder, rows = desk.folder / "pairs", ["image,mask,split,kind"]
    for index in (*range(14), 24, 30):
        draw_pair(folder, f"p{index}", index)
        split = "dev" if index in (12, 13) else "train"
        kind = "phone" if index % 2 else "dermoscopy"
        rows.append(f"images/p{index}.png,masks/p{index}.png,{split},{kind}")
    (folder / "manifest.csv").write_text("\n".join(rows) + "\n")
    return folder


def command(name: str, *arguments: object) -> list[str]:
    return [sys.executable, "-m", f"tui.commands.workshop.{name}", *map(str, arguments)]


def short(name: str, *arguments: object) -> list[str]:
    """The same of a network with few layers: to convert more takes seconds and shows no more."""
    first, _, *rest = command(name, *arguments)
    return [first, "-c", AS_A_PROGRAM, *rest]


def workshop(name: str, *arguments: object) -> Done:
    """A command in this process: most of what another one would take is loading PyTorch."""
    found = CliRunner().invoke(app_of(name), list(map(str, arguments)), catch_exceptions=False)
    return Done(found.exit_code, found.stdout, found.stderr)


@pytest.fixture(scope="module")
def checkpoint(pairs: Path, desk: Desk) -> Path:
    """The checkpoint of a run that was killed after an epoch, and taken up again."""
    folder = desk.folder / "run"
    child = Running(short("train", pairs, folder, *RECIPE, *RATE), dict(os.environ))
    wait_until(lambda: child.ended or (folder / "log.jsonl").exists())
    child.kill()
    assert child.wait() == -signal.SIGKILL
    told = desk.work("train", *short("train", pairs, folder, *RECIPE, *RATE))
    assert "of them earlier). The weights are in" in told
    return folder / "checkpoint.pt"


@pytest.fixture(scope="module")
def package(checkpoint: Path, pairs: Path, desk: Desk) -> Path:
    target = desk.folder / "models" / "mine.mlpackage"
    told = desk.work("convert", *short("convert", checkpoint, target, "--data", pairs))
    assert f"{target} is ready" in told
    return target


def test_what_was_trained_outlines_photos(package: Path, pairs: Path, tmp_path: Path) -> None:
    done = run("segment", pairs / "images", "--db", tmp_path / "db", "--model", package, "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert (found["segmented"], found["set_aside"], found["model"]) == (16, 0, "mine")
    done = run("evaluate", pairs, "--where", "split=dev", "--model", package, "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["jaccard"] > 0.7


@pytest.fixture(scope="module")
def drawings(package: Path, pairs: Path, desk: Desk) -> Path:
    """A folder of what was measured, drawn."""
    folder = desk.folder / "drawings"
    desk.work("curves", *command("figures", "curves", package.with_suffix(".json"), folder))
    worst = ("worst", pairs, folder / "worst.png", "--model", package, "--kind", "phone")
    told = desk.work("worst", *command("figures", *worst))
    assert told.startswith("The worst of 1 photos are in")
    return folder


def test_what_was_measured_is_drawn(drawings: Path) -> None:
    drawn = sorted(drawings.iterdir())
    assert [path.name for path in drawn] == ["reliability.png", "risk.png", "worst.png"]
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in drawn)


@pytest.fixture(scope="module")
def watched(drawings: Path, package: Path, desk: Desk) -> Household:
    """Who has seen every command of the workshop, and `nevus settings`."""
    assert drawings.is_dir()
    if desk.household is None:
        pytest.skip(WHY_NOT)
    # It needs no PyTorch, which coremltools would load.
    desk.work("references", "env", f"PYTHONPATH={SITE}", *command("references", package))
    assert any(references_folder(package).iterdir())
    desk.work("settings", *NEVUS, "settings")
    if not NO_CORE_AI:
        # By a small model: Apple's runtime takes seconds for a photo with the one that ships.
        using = ("--model", package, "--backend", "coreai", "--db", desk.folder / "coreai.db")
        desk.work("coreai", "env", f"PYTHONPATH={SITE}", *NEVUS, "segment", photo(desk), *using)
    return desk.household


def photo(desk: Desk) -> Path:
    """A folder with one photo."""
    return draw_pair(desk.folder / "one", "mole", 1).parent


@pytest.mark.parametrize("name", WATCHED)
def test_a_command_calls_nobody_and_leaves_nothing(
    watched: Household, desk: Desk, name: str
) -> None:
    if name == "coreai" and NO_CORE_AI:
        pytest.skip(NO_CORE_AI)
    assert watched.seen(name, desk.folder) == Seen((), (), ())


def test_a_run_that_is_done_says_so_and_another_recipe_is_refused(
    checkpoint: Path, pairs: Path
) -> None:
    folder = checkpoint.parent
    with short_encoder():
        again = workshop("train", pairs, folder, *RECIPE, *RATE)
        other = workshop("train", pairs, folder, *RECIPE, *RATE, "--seed", "2")
    assert again.returncode == 0, again.stderr
    assert "Its 12 epochs were done already." in again.stderr
    assert other.returncode == 1
    assert "another recipe (seed 1)" in other.stderr


def test_what_is_no_checkpoint_is_a_sentence(pairs: Path, tmp_path: Path) -> None:
    (tmp_path / "log.jsonl").write_text("{}\n")
    target = tmp_path / "new.mlpackage"
    done = workshop("convert", tmp_path / "log.jsonl", target, "--data", pairs)
    assert done.returncode == 1
    assert done.stderr == f"nevus: {tmp_path / 'log.jsonl'} is no checkpoint, or it is damaged.\n"
    assert not target.exists()


def test_fewer_photos_than_a_batch_train_nothing(pairs: Path, tmp_path: Path) -> None:
    done = workshop("train", pairs, tmp_path / "run", "--size", "64", "--batch", "13")
    assert done.returncode == 1
    assert "has 12 pairs to train on, fewer than a batch of 13" in done.stderr
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("train", "PAIRS", "run", "--size", "50"), "multiple of 32"),
        (("train", "PAIRS", "run", "--encoder", "conv_large"), "efficientnet_lite0"),
        (("train", "PAIRS", "run", "--measure-every", "0"), "--measure-every"),
        (("train", "nowhere", "run"), "nowhere"),
        (("convert", "PAIRS/manifest.csv", "out", "--data", "PAIRS"), ".mlpackage"),
        (("figures", "worst", "PAIRS", "out.txt"), ".png"),
        (("figures", "curves", "PAIRS/manifest.csv", "out"), "JSON"),
        (("references", "PAIRS"), "not an .mlpackage"),
    ],
)
def test_wrong_usage_is_said_before_anything_is_done(
    arguments: tuple[str, ...],
    word: str,
    pairs: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(tmp_path)
    done = workshop(*(each.replace("PAIRS", str(pairs)) for each in arguments))
    assert done.returncode == 2, done.stderr
    assert word in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["train", "convert"])
def test_without_the_training_extra_it_says_what_to_install(
    name: str, pairs: Path, tmp_path: Path
) -> None:
    (tmp_path / "torch.py").write_text("raise ModuleNotFoundError('No torch', name='torch')\n")
    arguments = {
        "train": (pairs, tmp_path / "run"),
        "convert": (pairs / "manifest.csv", tmp_path / "new.mlpackage", "--data", pairs),
    }[name]
    done = subprocess.run(
        command(name, *arguments),
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
    )
    assert done.returncode == 2
    assert done.stderr.startswith("nevus: This needs torch, which is not installed: pip install")
