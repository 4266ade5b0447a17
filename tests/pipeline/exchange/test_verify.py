"""A dataset is read back before it has its name, and can be held against its manifest later."""

import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import cv2
import numpy as np
import pytest

from db.store import Store
from db.values import DecisionKind
from imaging.framing import Size
from pipeline.errors import LabelError
from pipeline.exchange.export import export
from pipeline.exchange.find import find_format, format_names
from pipeline.exchange.manifest import NAME
from pipeline.exchange.proof import Witness
from pipeline.exchange.verify import verify
from tests.pipeline.exchange.test_export import verdict
from tests.pipeline.exchange.test_round_trip import KINDS, dataset_photo


@pytest.fixture
def decided(
    store: Store, folder: Path, draw: Callable[..., Path], remember: Callable[..., int]
) -> Store:
    for number, name in enumerate(("a.jpg", "manifest.jpg", "sub/b.png")):
        photo = remember(store, draw(folder / name, at=(number * 9, 0)))
        store.decide(verdict(store, photo))
    return store


@pytest.fixture
def exported(decided: Store, folder: Path, tmp_path: Path) -> Callable[[str], Path]:
    def written(name: str) -> Path:
        return export(decided.path, tmp_path / name, folder, name, list(DecisionKind)).dest

    return written


@pytest.mark.parametrize("name", format_names())
def test_a_dataset_is_what_was_exported_until_a_byte_of_it_changes(
    name: str, exported: Callable[[str], Path]
) -> None:
    dest = exported(name)
    assert verify(dest).faults == ()
    said = json.loads((dest / NAME).read_text())
    assert {photo["nevus"]["decision"] for photo in said["photos"]} == {"accepted"}
    for path in said["files"]:
        before = (dest / path).read_bytes()
        (dest / path).write_bytes(before + b" ")
        assert f"{path} is not what was exported" in verify(dest).faults[0]
        (dest / path).unlink()
        assert f"{path} is not there any more." in verify(dest).faults[0]
        (dest / path).write_bytes(before)
    (dest / "more").touch()
    assert verify(dest).faults == ("more has come since.",)


def test_a_mask_that_was_drawn_over_is_found_though_its_hash_was_forged(
    exported: Callable[[str], Path],
) -> None:
    dest = exported("png")
    path = dest / "masks" / "a.png"
    pixels = np.array(cv2.imread(str(path), cv2.IMREAD_UNCHANGED))
    pixels[0, 0] = 255
    cv2.imwrite(str(path), pixels)
    said = json.loads((dest / NAME).read_text())
    said["files"]["masks/a.png"] = sha256(path.read_bytes()).hexdigest()
    (dest / NAME).write_text(json.dumps(said))
    assert verify(dest).faults == ("The mask of a is not the one that was decided.",)


@pytest.mark.parametrize("name", format_names())
def test_another_mask_a_missing_one_and_a_strange_one_are_each_found(
    name: str, tmp_path: Path
) -> None:
    chosen = find_format(name)
    first, second, third = (
        dataset_photo(number, [KINDS["one pixel"]], Size.of(KINDS["one pixel"]))
        for number in range(3)
    )
    other = dataset_photo(0, [KINDS["full"][:3, :4]], first.size)
    chosen.write(iter([other, third]), tmp_path)
    witness = Witness(chosen)
    list(witness.watch([first, second]))
    faults = " ".join(witness.faults(tmp_path))
    assert f"The mask of {chosen.key(second)} is not there." in faults
    assert f"{chosen.key(third)} has a mask, and no photo is called so." in faults
    assert f"The mask of {chosen.key(first)} is not the one that was decided." in faults


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"manifest": 1, "photos": 3}', "[" * 10**5])
def test_a_manifest_that_makes_no_sense_is_a_sentence(text: str, tmp_path: Path) -> None:
    with pytest.raises(LabelError, match="There is no manifest"):
        verify(tmp_path)
    (tmp_path / NAME).write_text(text)
    with pytest.raises(LabelError, match="is damaged"):
        verify(tmp_path)


def test_a_damaged_file_is_named_and_no_other_is_called_missing(
    exported: Callable[[str], Path],
) -> None:
    dest = exported("png")
    path = dest / "masks" / "a.png"
    path.write_bytes(path.read_bytes()[:50])
    assert verify(dest).faults == (
        "masks/a.png is not what was exported: its bytes have changed.",
        "a.png is damaged, or no grey picture that could be a mask.",
    )
