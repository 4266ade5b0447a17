"""Core AI's backend, by Apple's own runtime where it is installed."""

import json
import shutil
import tempfile
from pathlib import Path

import numpy as np
import pytest

import models.run.coreai_backend as coreai
from imaging.decode.photo import read_photo
from models.package.aimodel import aimodel_beside
from models.package.carried import INFO_KEY
from models.package.package import ModelError, package_hash
from models.proof.samples import sample_folder
from models.run.coreai_backend import CoreAIBackend
from models.run.segmenter import open_segmenter
from models.run.setup import ModelSetup
from tests.support.core_ai import needs_core_ai


@needs_core_ai
def test_apple_s_runtime_gives_the_package_s_map_and_leaves_nothing(
    cache: Path, shipped: Path
) -> None:
    before = tempfile.tempdir
    segmenter = open_segmenter(shipped, "coreai")
    photo = read_photo(sample_folder() / "small-spot-and-pen.jpg", segmenter.decoded_side)
    found = segmenter.predict(photo)
    exact = open_segmenter(shipped, "onnxruntime").predict(photo)
    assert float(np.abs(found.grid - exact.grid).max()) < 0.02
    receipt = found.receipt
    assert (receipt.backend, receipt.device) == ("coreai", "CPU")
    assert receipt.model_hash == package_hash(shipped)
    assert tempfile.tempdir == before
    assert list((cache / "cache" / "nevus" / "coreai").iterdir()) == []


def test_without_the_aimodel_it_is_said_how_to_make_one(tmp_path: Path, shipped: Path) -> None:
    alone = shutil.copytree(shipped, tmp_path / "lesion.mlpackage")
    with pytest.raises(ModelError, match=r"lesion\.aimodel\. Make it with"):
        CoreAIBackend(Path(alone), "CPU_AND_NE")


def test_the_aimodel_of_another_package_is_refused(tmp_path: Path, shipped: Path) -> None:
    other = Path(shutil.copytree(shipped.with_name("refine.mlpackage"), tmp_path / "x.mlpackage"))
    shutil.copytree(aimodel_beside(shipped), tmp_path / "x.aimodel")
    with pytest.raises(ModelError, match="was made with another package than"):
        CoreAIBackend(other, "CPU_AND_NE")


@needs_core_ai
def test_one_that_takes_otherwise_than_it_says_is_refused(tmp_path: Path, shipped: Path) -> None:
    asset = Path(shutil.copytree(aimodel_beside(shipped), tmp_path / "x.aimodel"))
    said = json.loads((asset / "metadata.json").read_text())
    info = json.loads(said["creatorDefinedMetadata"][INFO_KEY])
    said["creatorDefinedMetadata"][INFO_KEY] = json.dumps({**info, "input_name": "picture"})
    (asset / "metadata.json").write_text(json.dumps(said))
    with pytest.raises(ModelError, match="takes photo and gives probability, where it says"):
        CoreAIBackend(asset, "CPU_AND_NE")


def test_an_aimodel_is_run_by_core_ai_alone(shipped: Path) -> None:
    with pytest.raises(ModelError, match="is run by Core AI alone"):
        ModelSetup(aimodel_beside(shipped), "onnxruntime").open()


@pytest.mark.parametrize(
    ("found", "sentence"),
    [(None, "which is not installed: pip install"), ("1.0.0", "nevus was tried with coreai-core")],
)
def test_no_extra_or_another_version_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, found: str | None, sentence: str
) -> None:
    monkeypatch.setattr(coreai, "installed_version", lambda: found)
    assert sentence in coreai.why_not()


def test_an_older_macos_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coreai, "platform", "darwin")
    monkeypatch.setattr(coreai, "mac_ver", lambda: ("26.1", ("", "", ""), "arm64"))
    assert coreai.why_not().startswith("Core AI comes with macOS 27; this Mac has 26.1.")
