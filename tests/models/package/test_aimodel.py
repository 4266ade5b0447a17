"""What of an .aimodel is refused before Apple's library sees it: it would end the process."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from models.package.aimodel import aimodel_beside, check_aimodel, read_aimodel, read_asset
from models.package.package import ModelError, package_hash
from models.package.shipped import shipped_model

SHIPPED = aimodel_beside(shipped_model())


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SHIPPED, tmp_path / "lesion.aimodel"))


def test_both_shipped_forms_have_one_hash() -> None:
    assert read_aimodel(SHIPPED).hash == package_hash(shipped_model())
    assert read_asset(SHIPPED).producer.startswith("coreai-core 1.0.0b3")


def cut(asset: Path) -> None:
    program = asset / "main.mlirb"
    program.write_bytes(program.read_bytes()[:1000])


def change(asset: Path) -> None:
    program = asset / "main.mlirb"
    program.write_bytes(program.read_bytes()[:-1] + b"!")


def newer(asset: Path) -> None:
    said = json.loads((asset / "metadata.json").read_text())
    (asset / "metadata.json").write_text(json.dumps({**said, "assetVersion": "3.0"}))


def unsaid(asset: Path) -> None:
    said = json.loads((asset / "metadata.json").read_text())
    del said["creatorDefinedMetadata"]
    (asset / "metadata.json").write_text(json.dumps(said))


def spill(asset: Path) -> None:
    (asset / "metadata.json").write_text("{")


BAD: dict[Callable[[Path], None], str] = {
    cut: "is damaged: its program is not the one",
    change: "is damaged: its program is not the one",
    lambda asset: (asset / "main.mlirb").unlink(): "is damaged: its program is not the one",
    lambda asset: (asset / "main.hash").unlink(): "is damaged: its program is not the one",
    lambda asset: (asset / "metadata.json").unlink(): "is not an .aimodel",
    spill: r"metadata\.json can't be read",
    newer: "was made for another version of Core AI",
    unsaid: "doesn't say what it takes",
    shutil.rmtree: "There is no ",
}


@pytest.mark.parametrize(("spoil", "sentence"), BAD.items())
def test_a_bad_one_is_refused_with_a_sentence(
    copy: Path, spoil: Callable[[Path], None], sentence: str
) -> None:
    check_aimodel(copy)
    spoil(copy)
    with pytest.raises(ModelError, match=sentence) as refused:
        read_aimodel(copy)
    assert str(copy) in str(refused.value)
