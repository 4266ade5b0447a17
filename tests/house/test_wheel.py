"""The built wheel holds exactly the packages, and works in an environment of its own."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from importlib.metadata import Distribution
from pathlib import Path

import pytest

from models.package.package import OWN_LICENCE, read_spec
from tests.support.environments import with_dependencies

ROOT = Path(__file__).parents[2]
PACKAGES = {"imaging", "models", "db", "pipeline", "tui"}
PICTURES = {".jpg", ".png", ".heic"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    for name in listed:
        if (ROOT / name).is_file():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, source / name)
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--outdir", str(folder), str(source)],
        check=True,
        capture_output=True,
    )
    (built,) = folder.glob("nevus-*.whl")
    return built


def test_the_wheel_holds_the_packages_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names if ".dist-info" not in name.split("/")[0]}
    assert tops == {*PACKAGES, "sample_images"}
    sources = {
        str(path.relative_to(ROOT))
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
    }
    assert sources <= set(names)
    assert "tui/nevus.tcss" in names
    assert "models/weights/lesion.mlpackage/Manifest.json" in names
    assert "models/weights/lesion.mlpackage/Data/com.apple.CoreML/weights/weight.bin" in names
    assert "models/weights/lesion.aimodel/main.mlirb" in names
    assert "models/weights/refine.mlpackage/Data/com.apple.CoreML/weights/weight.bin" in names


def test_the_wheel_holds_only_models_that_anybody_may_use(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    packages = {part for name in names for part in name.split("/") if ".mlpackage" in part}
    assert packages == {"lesion.mlpackage", "refine.mlpackage"}
    assert not [name for name in names if name.endswith(".pt") or "noncommercial" in name]
    for package in packages:
        held = read_spec(ROOT / "models" / "weights" / package).description.metadata.license
        assert held == OWN_LICENCE


def test_the_wheel_holds_the_sample_photos_without_their_scripts(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    photos = {p.name for p in (ROOT / "sample_images").iterdir() if p.suffix.lower() in PICTURES}
    held = {name for name in names if name.startswith("sample_images/")}
    assert held == {f"sample_images/{name}" for name in {*photos, "__init__.py"}}
    references = {p.name for p in (ROOT / "models/weights/lesion.references").iterdir()}
    assert len(references) == 2 * len(photos) + 1
    assert {f"models/weights/lesion.references/{name}" for name in references} <= set(names)


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment with the wheel and what it says it needs; the `nevus` in it."""
    unpacked = tmp_path_factory.mktemp("unpacked")
    zipfile.ZipFile(wheel).extractall(unpacked)
    (information,) = unpacked.glob("*.dist-info")
    asking = Distribution.at(information)
    programs = with_dependencies(tmp_path_factory.mktemp("environment"), asking)
    pip = [sys.executable, "-m", "pip", "--python", str(programs / "python")]
    # Without a source of packages, what is not there already would be missed.
    subprocess.run(
        [*pip, "install", "-q", "--no-index", "--no-compile", str(wheel)],
        check=True,
        capture_output=True,
    )
    return programs / "nevus"


def test_the_wheel_says_its_version(installed: Path) -> None:
    said = subprocess.run([installed, "--version"], capture_output=True, text=True, check=True)
    assert said.stdout.startswith("nevus 0.")


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """With a cache where nothing is yet: what the model is made ready with must be there too."""
    return {**os.environ, "XDG_CACHE_HOME": str(tmp_path_factory.mktemp("cache"))}


def test_the_wheel_segments_a_folder(
    installed: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    photos = tmp_path / "photos"
    photos.mkdir()
    for path in sorted((ROOT / "sample_images").glob("*.png"))[:2]:
        shutil.copy(path, photos)
    database = tmp_path / "nevus.db"
    run = subprocess.run(
        [installed, "segment", str(photos), "--db", str(database), "--json"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=environment,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    totals = json.loads(run.stdout)
    assert totals["segmented"] == totals["files"] >= 1


def test_the_wheel_tests_itself(
    installed: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    run = subprocess.run(
        [installed, "doctor", "--selftest", "--json", "--backend", "onnxruntime"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=environment,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert json.loads(run.stdout)["selftest"]["verdict"] == "passed"
