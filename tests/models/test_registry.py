"""The registry: models by name, whole or not there, whoever is killed and whatever is wrong."""

import json
import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import pytest

from models.evaluate.comparison import Comparison, Difference
from models.package.package import ModelError, package_hash, read_package
from models.registry import VARIABLE, NameTaken, Registry, UnknownModel, registry
from models.run.segmenter import open_segmenter
from tests.torture.victims import Running

GAIN = Difference(0.05, 0.02, 0.08)


@pytest.fixture
def models(tmp_path: Path) -> Registry:
    return Registry(tmp_path / "models")


def test_without_any_there_is_the_shipped_one_and_nothing_is_made(
    models: Registry, tmp_path: Path, shipped: Path
) -> None:
    [only] = models.entries()
    assert (only.name, only.path, only.shipped) == ("lesion", shipped, True)
    assert models.in_use() == models.find("lesion") == only
    assert models.used_path() is None
    assert not (tmp_path / "models").exists()


def test_a_model_that_was_added_opens_under_its_name(
    models: Registry, shipped: Path, cache: Path
) -> None:
    entry = models.add(shipped, "better.v2", {"photos": 150})
    assert (entry.hash, entry.card) == (package_hash(shipped), {"photos": 150})
    assert entry.path.name == "better.v2.mlpackage"
    assert read_package(entry.path).name == "better.v2"
    # What lay beside it came along, by its new name.
    assert entry.path.with_suffix(".aimodel").is_dir()
    assert entry.path.with_suffix(".references").is_dir()
    assert [each.name for each in models.entries()] == ["lesion", "better.v2"]
    assert open_segmenter(entry.path).info.hash == entry.hash


def test_the_one_in_use_is_remembered_and_stays(models: Registry, shipped: Path) -> None:
    entry = models.add(shipped, "better")
    assert models.use("better") == entry
    assert models.in_use() == entry
    assert models.used_path() == entry.path
    with pytest.raises(ModelError, match="better is in use"):
        models.remove("better")
    models.use("lesion")
    assert models.in_use().shipped
    models.remove("better")
    assert [each.name for each in models.entries()] == ["lesion"]


@pytest.mark.parametrize(
    "name", ["", "Better", "a/b", "..", ".a", "-a", "a b", "ä", "x" * 61, "lesion", "taken"]
)
def test_a_name_that_can_t_be_given_is_a_sentence(
    models: Registry, shipped: Path, name: str
) -> None:
    models.add(shipped, "taken")
    before = models.entries()
    with pytest.raises(NameTaken):
        models.add(shipped, name)
    assert models.entries() == before


def test_an_unknown_name_says_which_there_are(models: Registry, shipped: Path) -> None:
    models.add(shipped, "better")
    for ask in (models.find, models.use, models.remove):
        with pytest.raises(UnknownModel, match="there are: lesion, better"):
            ask("best")
    with pytest.raises(ModelError, match="is shipped with nevus and stays"):
        models.remove("lesion")


def test_what_is_no_model_is_not_added(models: Registry, tmp_path: Path, shipped: Path) -> None:
    (tmp_path / "no.mlpackage").mkdir()
    broken = Path(shutil.copytree(shipped, tmp_path / "broken.mlpackage"))
    (broken / "Data/com.apple.CoreML/model.mlmodel").write_bytes(b"\xff" * 99)
    for source in (tmp_path / "no.mlpackage", broken, tmp_path / "nowhere.mlpackage"):
        with pytest.raises(ModelError):
            models.add(source, "new")
    assert [each.name for each in models.entries()] == ["lesion"]
    assert [each.name for each in (tmp_path / "models").iterdir()] == [".lock"]


Damage = Callable[[Path], object]


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda folder: (folder / "card.json").write_text("{"), "The card of better is damaged"),
        (lambda folder: (folder / "card.json").write_text("[]"), "The card of better is damaged"),
        (lambda folder: (folder / "card.json").write_text("{}"), "The card of better is damaged"),
        (lambda folder: shutil.rmtree(folder / "better.mlpackage"), "holds no model any more"),
        (
            lambda folder: next(folder.rglob("weight.bin")).write_bytes(b"other"),
            "is not what was added: it has changed",
        ),
    ],
)
def test_a_damaged_one_is_listed_with_the_reason_and_not_used(
    models: Registry, tmp_path: Path, shipped: Path, damage: Damage, said: str
) -> None:
    models.add(shipped, "better")
    damage(tmp_path / "models" / "better")
    _, entry = models.entries()
    assert said in entry.problem
    with pytest.raises(ModelError, match=said):
        models.use("better")
    models.remove("better")
    assert len(models.entries()) == 1


def test_a_model_in_use_that_is_gone_is_a_sentence(
    models: Registry, tmp_path: Path, shipped: Path
) -> None:
    models.add(shipped, "better")
    models.use("better")
    shutil.rmtree(tmp_path / "models" / "better")
    with pytest.raises(ModelError, match="The model in use, better, is not in"):
        models.used_path()
    (tmp_path / "models" / "in-use").write_text("{")
    with pytest.raises(ModelError, match="in-use is damaged"):
        models.used_path()
    models.use("lesion")
    assert models.in_use().shipped


def test_comparisons_are_kept_the_last_one_of_each_kind(models: Registry, shipped: Path) -> None:
    models.add(shipped, "better")
    worse = Difference(-0.04, -0.06, -0.01)
    first = Comparison("0" * 64, "dev", 90, GAIN, {"phone": worse})
    for compared in (
        first,
        Comparison("0" * 64, "dev", 100, GAIN),
        Comparison("1" * 64, "dev", 9, GAIN),
    ):
        models.note("better", compared)
    kept = models.find("better").compared
    assert [(each.other[0], each.photos) for each in kept] == [("0", 100), ("1", 9)]
    assert first.worse_on == ["phone"]
    turned = first.of_the_other("2" * 64)
    assert (turned.other, turned.jaccard) == ("2" * 64, Difference(-0.05, -0.08, -0.02))
    assert turned.worse_on == [""]
    assert asdict(kept[1])["jaccard"] == asdict(GAIN)


ADD = """
import os, sys
from pathlib import Path
import models.registry as registry
if sys.argv[3] == "killed":
    registry._flush_all = lambda _folder: os._exit(9)
try:
    registry.Registry(Path(sys.argv[1])).add(Path(sys.argv[2]), "new")
    print("added")
except registry.NameTaken:
    print("taken")
"""


def test_what_a_kill_left_is_cleared_and_of_two_at_once_one_wins(
    tmp_path: Path, shipped: Path
) -> None:
    folder = tmp_path / "models"
    command = [sys.executable, "-c", ADD, str(folder), str(shipped)]
    assert Running([*command, "killed"], dict(os.environ)).wait() == 9
    assert len(list(folder.glob(".adding-*"))) == 1
    both = [Running([*command, "whole"], dict(os.environ)) for _ in range(2)]
    assert [each.wait() for each in both] == [0, 0]
    # coremltools may complain before.
    assert sorted(each.printed.split()[-1] for each in both) == ["added", "taken"]
    assert sorted(each.name for each in folder.iterdir()) == [".lock", "new"]
    assert Registry(folder).find("new").hash == package_hash(shipped)


def test_a_folder_that_can_t_be_written_is_a_sentence(
    models: Registry, tmp_path: Path, shipped: Path
) -> None:
    (tmp_path / "models").write_text("a file lies where the folder should")
    with pytest.raises(ModelError, match="can't be changed"):
        models.add(shipped, "new")


def test_it_lies_where_the_variable_says(
    tmp_path: Path, shipped: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "shared"))
    registry().add(shipped, "new")
    assert json.loads((tmp_path / "shared" / "new" / "card.json").read_text())["card"] == {}
