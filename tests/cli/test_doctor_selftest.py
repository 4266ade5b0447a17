"""`nevus doctor --selftest` as a person runs it: what it prints, and that it names nobody."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from models.package.package import package_hash
from models.package.shipped import shipped_model
from models.proof.reference_files import references_folder
from tests.support.ready import completed

NEVUS = str(Path(sys.executable).parent / "nevus")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the user's name in it, where the package lies with its references."""
    home = tmp_path_factory.mktemp("users") / "ada-lovelace"
    package = home / "models" / "lesion.mlpackage"
    shutil.copytree(shipped_model(), package)
    shutil.copytree(references_folder(shipped_model()), references_folder(package))
    return home


def run(home: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    given = [NEVUS, "doctor", "--selftest", "--backend", "onnxruntime", *map(str, arguments)]
    names = {"USER": home.name, "LOGNAME": home.name}
    places = {"HOME": str(home), "XDG_CACHE_HOME": str(home / "cache")}
    return completed(given, {**os.environ, **names, **places}, home)


def test_one_block_says_what_a_bug_report_needs_and_names_nobody(home: Path) -> None:
    done = run(home, "--model", home / "models" / "lesion.mlpackage")
    assert done.returncode == 0, done.stdout + done.stderr
    names = [line.split("  ")[0] for line in done.stdout.splitlines()]
    for name in ("nevus", "machine", "system", "python", "model", "run by", "milliseconds"):
        assert name in names
    assert package_hash(shipped_model()) in done.stdout
    assert "hairy.jpg" in done.stdout
    assert "verdict       PASSED. This machine gives the maps" in done.stdout
    assert "\x1b" not in done.stdout
    assert "ada" not in done.stdout
    assert str(home) not in done.stdout


def test_a_model_that_does_not_open_fails_with_a_block_that_names_nobody(home: Path) -> None:
    broken = home / "broken" / "lesion.mlpackage"
    shutil.copytree(home / "models", broken.parent)
    (broken / "Data/com.apple.CoreML/model.mlmodel").write_bytes(b"\xff" * 99)
    done = run(home, "--model", broken)
    assert done.returncode == 1
    assert "verdict       NOT RUN. The model can't be opened here. lesion.mlpackage" in done.stdout
    assert "ada" not in done.stdout
    told = json.loads(run(home, "--model", broken, "--json").stdout)
    assert (told["passed"], told["selftest"]["verdict"]) == (False, "not run")
    assert "ada" not in json.dumps(told)
    assert {"model", "chip", "memory_gib", "system"} <= told["machine"].keys()


def test_a_package_without_references_is_refused_with_a_sentence(home: Path) -> None:
    alone = home / "alone" / "lesion.mlpackage"
    shutil.copytree(home / "models" / "lesion.mlpackage", alone)
    with (alone / "Data/com.apple.CoreML/weights/weight.bin").open("ab") as file:
        file.write(b"!")
    done = run(home, "--model", alone)
    assert (done.returncode, done.stdout) == (1, "")
    assert "lesion.mlpackage has no references" in done.stderr
