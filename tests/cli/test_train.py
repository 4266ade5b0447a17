"""`nevus train` as a person runs it: to the end, killed and taken up, and refused."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw
from typer.testing import CliRunner

from db.brought import Brought, BroughtDecision
from db.store import Store
from db.values import DecisionKind
from imaging.framing import Size
from imaging.mask import rle
from imaging.mask.measure import measure
from models.package.shipped import shipped_model
from models.registry import Registry
from models.run.segmenter import open_segmenter
from pipeline.exchange.export import export
from tests.pipeline.conftest import remember_photo, wait_until
from tests.support.databases import new_store
from tests.support.ready import completed
from tests.support.sparing import spare_coremltools
from tests.torture.victims import Running
from tui.commands.app import app

NEVUS = str(Path(sys.executable).parent / "nevus")
SHORT = """
import signal, sys
from tests.support.small_networks import short_encoder
from tui.cli import main
signal.signal(signal.SIGINT, signal.default_int_handler)
with short_encoder():
    sys.exit(main())
"""
"""nevus with networks of few layers: to convert more takes seconds and shows no more.

Whoever is started in the background inherits that interrupts are ignored: it hears them.
"""
PHOTOS = 48
SIZE = 64
EPOCHS = 6
"""So many that a network is not done while it is killed."""
REVIEWER = "Ada Lovelace"


def draw(folder: Path, number: int) -> tuple[Path, np.ndarray[tuple[int, int], np.dtype[np.bool_]]]:
    """A dark ellipse on skin, and its mask."""
    random = np.random.default_rng(number)
    box = (*random.integers(10, 30, 2), *random.integers(50, 70, 2))
    photo, mask = Image.new("RGB", (96, 80), (224, 180, 155 - number)), Image.new("1", (96, 80))
    ImageDraw.Draw(photo).ellipse([int(edge) for edge in box], fill=(92, 52, 40))
    ImageDraw.Draw(mask).ellipse([int(edge) for edge in box], fill=1)
    path = folder / f"mole-{number:02}.png"
    photo.save(path)
    return path, np.asarray(mask)


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of decided photos, its database beside."""
    place = tmp_path_factory.mktemp("clinic").resolve()
    (place / "photos").mkdir()
    with closing(new_store(place / "nevus.db")) as store:
        for number in range(PHOTOS):
            path, mask = draw(place / "photos", number)
            photo = remember_photo(store, path)
            said = BroughtDecision(DecisionKind.CORRECTED, REVIEWER)
            store.bring([Brought(photo, rle.encode(mask), measure(mask), REVIEWER, (), said)])
    return place


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Whose models and trainings are of this test alone; who trains has PyTorch."""
    monkeypatch.setenv("NEVUS_MODELS", str(tmp_path / "models"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.delenv("PYTHONPATH")
    return tmp_path


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A package like the shipped one, of two networks that know nothing, both narrow and small."""
    import torch

    from models.ship.conversion import convert
    from models.ship.exported import ShippedNetwork
    from models.train.encoders import lesion_network
    from models.train.recipe import Recipe
    from tests.support.small_networks import short_encoder

    spare_coremltools()
    recipe = Recipe(size=SIZE, width=8)
    torch.manual_seed(1)
    with short_encoder():
        networks = [lesion_network(recipe.encoder, recipe.width) for _ in range(2)]
    package = tmp_path_factory.mktemp("base") / "small.mlpackage"
    convert(ShippedNetwork(networks).eval(), Size(SIZE, SIZE), package, {})
    members = [{"recipe": asdict(recipe)}] * len(networks)
    said = {"fitted": {"scaling": {}, "phone": None}, "origin": {"members": members}}
    package.with_suffix(".json").write_text(json.dumps(said))
    return package


def arguments(clinic: Path, *more: object) -> list[str]:
    given = ["train", "--from", clinic / "photos", "--db", clinic / "nevus.db", "--name", "taught"]
    return [str(each) for each in (*given, *more)]


def test_a_training_that_is_stopped_goes_on_and_ends_with_a_model_that_opens(
    clinic: Path, home: Path, small: Path
) -> None:
    models = Registry(home / "models")
    base = models.add(small, "small").hash
    asked, environment = arguments(clinic, "--base", "small"), dict(os.environ)
    training = home / "data" / "nevus" / "training" / "taught"
    first, second = (training / f"network-{number}" / "log.jsonl" for number in (1, 2))
    command = [sys.executable, "-c", SHORT, *asked]
    interrupted = Running([*command, *until(10**6)], environment)
    # An epoch is written down when it is saved: one more than are asked for from here on.
    wait_until(lambda: epochs(first) > EPOCHS, 120)
    os.kill(interrupted.pid, signal.SIGINT)
    assert interrupted.wait() == 130
    assert "Stopped. The same command goes on at the last epoch." in interrupted.printed
    command += until(EPOCHS)
    killed = Running(command, environment)
    wait_until(second.exists, 120)
    killed.kill()
    assert killed.wait() == -signal.SIGKILL
    done = first.read_text()
    code, told = refused(*asked, "--seed", "2")
    assert code == 2
    assert "A training of taught with other options was stopped and lies in" in told
    assert first.read_text() == done
    again = completed(command, environment)
    assert again.returncode == 0, again.stderr
    assert "Going on with what was laid out" in again.stderr
    assert "network 1 of 2, epoch" not in again.stderr
    assert f"network 2 of 2, epoch {EPOCHS}: loss" in again.stderr
    assert "taught is there now: " in again.stdout
    assert not training.exists()
    entry = models.find("taught")
    assert entry.card["base"] == {"name": "small", "hash": base}
    assert sum(entry.card["taught"]["photos"].values()) == PHOTOS
    assert entry.card["taught"]["reviewers"] == [PHOTOS]
    assert REVIEWER not in json.dumps(entry.card)
    [compared] = entry.compared
    assert compared.other == base
    assert compared.photos == entry.card["photos"]["test"]
    assert open_segmenter(entry.path, "onnxruntime").info.hash == entry.hash != base


def until(last: int) -> tuple[str, ...]:
    """So many epochs, whatever they bring."""
    return ("--epochs", str(last), "--patience", str(last))


def epochs(log: Path) -> int:
    return len(log.read_text().splitlines()) if log.exists() else 0


@pytest.fixture
def few(tmp_path: Path) -> Iterator[Store]:
    with closing(new_store(tmp_path / "few.db")) as store:
        (tmp_path / "few").mkdir()
        for number in range(3):
            path, mask = draw(tmp_path / "few", number)
            photo = remember_photo(store, path)
            said = BroughtDecision(DecisionKind.CORRECTED, REVIEWER)
            store.bring([Brought(photo, rle.encode(mask), measure(mask), REVIEWER, (), said)])
        yield store


def refused(*given: object) -> tuple[int, str]:
    done = CliRunner().invoke(app, [str(each) for each in given], env={"COLUMNS": "400"})
    return done.exit_code, done.output


def test_what_can_t_be_trained_is_a_sentence_before_anything_is_begun(
    clinic: Path, home: Path, few: Store
) -> None:
    folder = few.path.with_name("few")
    beside = ("--db", few.path, "--name", "taught")
    code, said = refused("train", "--from", folder, *beside)
    assert (code, "3 decided photos are too few to learn from" in said) == (1, True)
    code, said = refused(*arguments(clinic, "--name", "lesion"))
    assert "There is a model “lesion” already" in said
    code, said = refused(*arguments(clinic, "--base", "nix"))
    assert (code, "There is no model “nix”" in said) == (2, True)
    code, said = refused(*arguments(clinic, "--grouped-by", "(mole)"))
    assert (code, "Say how patients are told apart with --grouped-by" in said) == (1, True)
    dataset = export(
        clinic / "nevus.db", home / "set", clinic / "photos", "coco", list(DecisionKind)
    )
    code, said = refused("train", "--from", dataset.dest, "--name", "taught")
    assert (code, "what is learnt from are upright png masks" in said) == (2, True)
    alone = Path(shutil.copytree(shipped_model(), home / "alone.mlpackage"))
    code, said = refused(*arguments(clinic, "--base", alone))
    assert (code, "which says what alone.mlpackage is made of, can't be read" in said) == (1, True)
    code, said = refused("train", "--from", few.path, "--name", "taught")
    assert (code, "3 decided photos are too few to learn from" in said) == (1, True)
    assert not (home / "data" / "nevus" / "training" / "taught").exists()
    assert [each.name for each in Registry(home / "models").entries()] == ["lesion"]


def test_without_pytorch_a_sentence_says_how_to_get_it(clinic: Path, home: Path) -> None:
    site = Path(__file__).parents[1] / "support" / "user_site"
    done = subprocess.run(
        [NEVUS, *arguments(clinic)],
        env={**os.environ, "PYTHONPATH": str(site)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "torch, which is not installed: pip install 'nevus[training]'" in done.stderr
    assert not (home / "data").exists()
