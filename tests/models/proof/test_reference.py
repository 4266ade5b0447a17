"""Reference maps: they belong to the shipped package, and their tolerances to what was measured."""

import shutil
import sys
from importlib.machinery import BuiltinImporter
from pathlib import Path

import cv2
import numpy as np
import pytest

from imaging.mask.outline import SMALLEST_PART, sure_above
from imaging.photo import PhotoError
from models.package.interface import OUTPUT_KEY, PROBABILITY
from models.package.package import ModelError, package_hash, read_package
from models.proof.make_references import make_references, replace_references
from models.proof.reference import (
    ACTIVATION,
    ROUNDINGS,
    Difference,
    References,
    Tolerance,
    tolerances,
)
from models.proof.reference_files import read_references, references_folder, write_references
from models.proof.samples import photos_of, sample_folder
from tests.models.conftest import Build
from tests.support.programs import darkness

ANEW = "The references are of another package. Run: python -m tui.commands.workshop.references"


@pytest.fixture(scope="module")
def references(shipped: Path) -> References:
    return read_references(shipped)


def test_no_part_of_a_sample_is_near_to_being_left_out(references: References) -> None:
    """Another machine's last bits must not decide whether a part of a mask is kept."""
    for reference in references.photos:
        seen = reference.map[reference.framing.inside]
        count, labels = cv2.connectedComponents((seen >= references.threshold).astype(np.uint8))
        parts = np.bincount(labels.ravel(), weights=seen.ravel())[1:]
        assert count > 1
        shares = parts / parts.max()
        peaks = np.array([seen[labels == part].max() for part in range(1, count)])
        sure = sure_above(references.threshold)
        assert not ((abs(shares - SMALLEST_PART) < 0.1) & (peaks < sure + 0.03)).any()
        assert not ((abs(peaks - sure) < 0.03) & (shares < SMALLEST_PART + 0.1)).any()


@pytest.fixture
def left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """An installation without the samples: nothing outside Python itself can be found by name."""
    monkeypatch.setattr(sys, "meta_path", [BuiltinImporter])
    monkeypatch.delitem(sys.modules, "sample_images", raising=False)


def test_the_references_are_of_the_shipped_package(references: References, shipped: Path) -> None:
    assert references.package_sha256 == package_hash(shipped), ANEW
    assert references.threshold == read_package(shipped).threshold


def test_there_is_a_reference_for_every_sample_and_no_other(references: References) -> None:
    names = [path.name for path in photos_of(sample_folder())]
    assert [photo.name for photo in references.photos] == names


def test_made_again_they_are_the_committed_ones(references: References, shipped: Path) -> None:
    chosen = tuple(path for path in photos_of(sample_folder()) if path.suffix == ".png")
    made = make_references(shipped, chosen)
    known = {photo.name: photo for photo in references.photos}
    for photo in made.photos:
        before = known[photo.name]
        assert (photo.file_sha256, photo.framing) == (before.file_sha256, before.framing)
        # Another processor may round a resize or a sum otherwise.
        small = photo.small_picture.astype(int) - before.small_picture
        assert np.abs(small).max() <= 1
        assert np.abs(photo.map - before.map).max() < 0.01
    assert made.decoded_side == references.decoded_side


def test_what_is_written_is_read_again(references: References, tmp_path: Path) -> None:
    package = tmp_path / "other.mlpackage"
    references_folder(package).mkdir()
    write_references(references, references_folder(package))
    again = read_references(package)
    assert again.tolerances == references.tolerances
    for photo, before in zip(again.photos, references.photos, strict=True):
        assert photo.framing == before.framing
        np.testing.assert_array_equal(photo.small_picture, before.small_picture)
        np.testing.assert_allclose(photo.map, before.map, atol=1e-5)


def test_making_them_replaces_the_old_ones(build: Build, tmp_path: Path) -> None:
    package = build(tmp_path / "small.mlpackage", darkness, (64, 64), **{OUTPUT_KEY: PROBABILITY})
    stale = references_folder(package) / "gone.jpg.map.png"
    stale.parent.mkdir()
    stale.touch()
    assert replace_references(package) == stale.parent
    assert not stale.exists()
    made = read_references(package)
    assert made.package_sha256 == package_hash(package)
    assert [photo.name for photo in made.photos] == [p.name for p in photos_of(sample_folder())]
    assert {path.name for path in tmp_path.iterdir()} == {package.name, stale.parent.name}


def test_a_package_without_references_says_so(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"mine\.mlpackage has no references .*workshop"):
        read_references(tmp_path / "mine.mlpackage")


@pytest.mark.parametrize("name", ["references.json", "hairy.jpg.map.png"])
def test_damaged_references_say_so(shipped: Path, tmp_path: Path, name: str) -> None:
    package = tmp_path / "mine.mlpackage"
    shutil.copytree(references_folder(shipped), references_folder(package))
    (references_folder(package) / name).write_bytes(b"{")
    with pytest.raises(ModelError, match=r"references of mine\.mlpackage are damaged"):
        read_references(package)


def test_tolerances_follow_from_what_was_measured() -> None:
    half, noise = Difference(0.01, 0.0002, 0.999), Difference(0.05, 0.001, 0.99)
    made = tolerances(half, noise)
    same, near = made.same_picture, made.near_picture
    assert same.largest == pytest.approx(ROUNDINGS * 0.01 + ACTIVATION)
    assert same.mean == pytest.approx(ROUNDINGS * 0.0002 + ACTIVATION)
    assert same.jaccard == pytest.approx(1 - ROUNDINGS * 0.001 - ACTIVATION)
    assert near.largest == pytest.approx(same.largest + 0.05)
    assert near.mean == pytest.approx(same.mean + 0.001)
    assert near.jaccard == pytest.approx(same.jaccard - 0.01)


def test_the_shipped_tolerances_are_tight_and_as_measured(references: References) -> None:
    allowed = references.tolerances
    assert tolerances(allowed.half_precision, allowed.noise) == allowed
    assert 0 < allowed.half_precision.largest < allowed.same_picture.largest < 0.06
    assert allowed.near_picture.largest < 0.2
    assert allowed.same_picture.jaccard > 0.985


@pytest.mark.parametrize(
    ("found", "admitted"),
    [
        (Difference(0.02, 0.001, 0.99), True),
        (Difference(0.021, 0.001, 0.99), False),
        (Difference(0.02, 0.0011, 0.99), False),
        (Difference(0.02, 0.001, 0.989), False),
        (Difference(float("nan"), 0.0, 1.0), False),
    ],
)
def test_a_tolerance_admits_what_is_within_all_three(found: Difference, admitted: bool) -> None:
    assert Tolerance(0.02, 0.001, 0.99).admits(found) is admitted


def test_samples_that_are_not_installed_are_missed_in_a_sentence(left_out: None) -> None:
    with pytest.raises(PhotoError, match=r"sample photos .* not there\. Install nevus again"):
        sample_folder()
