"""`nevus model` as a person runs it."""

import json
import shutil
from pathlib import Path

import pytest
from PIL import Image
from typer.testing import CliRunner, Result

from models.evaluate.comparison import Comparison, Difference
from models.package.package import package_hash, program_file
from models.package.shipped import shipped_model
from models.registry import registry
from pipeline.settings import BadSettings, read_settings
from tui.commands.app import app


@pytest.fixture(autouse=True)
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("NEVUS_MODELS", str(tmp_path / "models"))
    return tmp_path / "models"


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """The shipped model at another threshold, under another licence: another model."""
    package = Path(shutil.copytree(shipped_model(), tmp_path / "Other.mlpackage"))
    program = program_file(package)
    said = program.read_bytes()
    # As long as before, so that the rest of the message holds.
    assert said.count(b"Apache-2.0") == 1
    program.write_bytes(said.replace(b"Apache-2.0", b"CC BY-NC 4"))
    return package


def nevus(*arguments: object) -> Result:
    return CliRunner().invoke(app, [*map(str, arguments)], env={"COLUMNS": "200"})


def test_a_model_is_added_listed_shown_used_and_removed(other: Path, models: Path) -> None:
    added = nevus("model", "add", other)
    assert added.exit_code == 0
    assert "nevus model compare other lesion PAIRS. Its licence is CC BY-NC 4" in added.stdout
    listed = nevus("model", "list").stdout.splitlines()
    assert listed[1].split()[:2] == ["▸", "lesion"]
    assert listed[2].split()[:2] == ["other", package_hash(other)[:12]]
    assert listed[2].endswith("CC BY-NC 4")
    assert f"hash     {package_hash(other)}" in nevus("model", "show", "other").stdout
    assert nevus("model", "use", "other", "--anyway").exit_code == 0
    assert json.loads(nevus("model", "list", "--json").stdout)["in_use"] == "other"
    rows = [line.split() for line in nevus("settings").stdout.splitlines()]
    path = str(models / "other" / "other.mlpackage")
    assert ["model", path, "nevus", "model", "use"] in rows
    assert read_settings({}).setup().package == Path(path)
    assert "other is in use" in nevus("model", "remove", "other").stderr
    assert nevus("model", "use", "lesion").exit_code == 0
    assert nevus("model", "remove", "other").exit_code == 0
    assert read_settings({}).setup().package == shipped_model()


def test_one_that_was_never_compared_or_found_worse_is_refused(other: Path) -> None:
    nevus("model", "add", other)
    refused = nevus("model", "use", "other")
    assert refused.exit_code == 1
    assert "was never compared with lesion" in refused.stderr
    lesion = package_hash(shipped_model())
    gain, loss = Difference(0.01, -0.02, 0.04), Difference(-0.05, -0.08, -0.01)
    registry().note("other", Comparison(lesion, "dev", 80, gain, {"phone": loss}))
    refused = nevus("model", "use", "other")
    assert "is worse than lesion, which is in use, on phone (Jaccard +0.010" in refused.stderr
    assert "beside" in nevus("model", "show", "other").stdout
    registry().note("other", Comparison(lesion, "dev", 80, gain))
    assert nevus("model", "use", "other").exit_code == 0


def test_a_name_is_as_good_as_a_path_in_every_place(
    other: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = registry().add(other, "other")
    assert read_settings({}, {"NEVUS_MODEL": "other"}).model == entry.path
    file = tmp_path / "settings.toml"
    file.write_text('model = "other"')
    assert read_settings({}, {"NEVUS_SETTINGS": str(file)}).model == entry.path
    file.write_text('model = "Other.mlpackage"')
    assert read_settings({}, {"NEVUS_SETTINGS": str(file)}).model == other
    file.write_text('model = "nix"')
    with pytest.raises(BadSettings, match=r"or a name of nevus model list, not 'nix'"):
        read_settings({}, {"NEVUS_SETTINGS": str(file)})
    asked = nevus("evaluate", tmp_path, "--model", "nix")
    assert asked.exit_code == 2
    assert "There is no model “nix”; there are: lesion" in asked.stderr


@pytest.mark.parametrize(
    ("arguments", "words", "code"),
    [
        (["show", "nix"], "There is no model “nix”; there are: lesion.", 1),
        (["use", "nix"], "There is no model “nix”", 1),
        (["remove", "lesion"], "lesion is shipped with nevus and stays.", 1),
        (["add", "{other}", "--name", "lesion"], "There is a model “lesion” already", 2),
        (["add", "{other}", "--name", "a/b"], "“a/b” is no name for a model", 2),
        (["add", "{folder}"], "is not an .mlpackage", 2),
    ],
)
def test_what_can_t_be_is_a_sentence(
    other: Path, tmp_path: Path, arguments: list[str], words: str, code: int
) -> None:
    told = [each.format(other=other, folder=tmp_path) for each in arguments]
    done = nevus("model", *told)
    assert words in done.stderr
    assert done.exit_code == code


def test_without_the_model_in_use_what_needs_none_goes_on(other: Path, models: Path) -> None:
    nevus("model", "add", other)
    nevus("model", "use", "other", "--anyway")
    shutil.rmtree(models / "other")
    done = nevus("segment", models)
    assert "The model in use, other, is not in" in done.stderr
    assert nevus("settings", "--example").exit_code == 0
    told = nevus("settings")
    assert (told.exit_code, "The model in use, other, is not in" in told.stdout) == (0, True)
    examined = nevus("doctor", models)
    assert examined.exit_code == 1
    assert "The model in use, other, is not in" in " ".join(examined.stdout.split())
    assert "Machine" in examined.stdout
    listed = nevus("model", "list")
    assert listed.exit_code == 0
    assert "The model in use, other, is not in" in listed.stderr
    assert nevus("model", "use", "lesion").exit_code == 0


def test_a_comparison_is_said_kept_and_gone_by(other: Path, tmp_path: Path) -> None:
    """The same network twice: it can't be told apart, which is no reason to refuse it."""
    for kind, colour in (("images", (90, 50, 40)), ("masks", (255, 255, 255))):
        (tmp_path / "pairs" / kind).mkdir(parents=True)
        for name in "ab":
            ground = (220, 180, 160) if kind == "images" else (0, 0, 0)
            picture = Image.new("RGB", (160, 120), ground)
            picture.paste(colour, (60, 40, 100, 80))
            picture.save(tmp_path / "pairs" / kind / f"{name}.png")
    nevus("model", "add", other)
    table, pictures = tmp_path / "photos.csv", tmp_path / "differ"
    asked = ["other", "lesion", tmp_path / "pairs", "--per-photo", table, "--pictures", pictures]
    done = nevus("model", "compare", *asked)
    assert done.exit_code == 0, done.stderr
    assert "Jaccard, difference" in done.stdout
    assert "which of other and lesion is better can't be told from these photos." in done.stdout
    assert len(table.read_text().splitlines()) == 3
    assert len(list(pictures.iterdir())) == 2
    assert nevus("model", "use", "other").exit_code == 0
    again = nevus("model", "compare", *asked)
    assert again.exit_code == 1
    assert "is there already" in again.stderr
    told = json.loads(
        nevus("model", "compare", "lesion", "other", tmp_path / "pairs", "--json").stdout
    )
    assert told["comparison"]["jaccard"]["mean"] == 0
    alone = tmp_path / "alone.csv"
    assert nevus("evaluate", tmp_path / "pairs", "--per-photo", alone).exit_code == 0
    assert "lesion probability" in alone.read_text()
