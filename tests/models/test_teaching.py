from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is not installed (pip install nevus[training])")

from models.exported import Exported, load_checkpoint  # noqa: E402
from models.pairs import held_out, read_pairs  # noqa: E402
from models.teaching import main, taught  # noqa: E402
from models.training import Recipe, Run, train  # noqa: E402
from models.training_data import Views, mixed, read_pair, target_file  # noqa: E402

TINY = Recipe(epochs=1, small_epochs=0, size=64, width=8, batch=4)


@pytest.fixture
def checkpoint(tmp_path: Path) -> Path:
    (tmp_path / "teacher").mkdir()
    run = Run(TINY, tmp_path / "teacher")
    run.save()
    return run.checkpoint


@pytest.fixture
def teacher(checkpoint: Path) -> Exported:
    return load_checkpoint(checkpoint)[0]


def test_a_mirrored_photo_is_taught_the_mirrored_map(teacher: Exported) -> None:
    photo = np.random.default_rng(0).integers(0, 256, (120, 160, 3)).astype(np.uint8)
    plain = taught([teacher], photo)
    mirrored = taught([teacher], np.ascontiguousarray(photo[:, ::-1]))
    assert plain.shape == (120, 160)
    assert 0 <= plain.min() < plain.max() <= 1
    np.testing.assert_allclose(mirrored, plain[:, ::-1], atol=1e-5)


def test_two_teachers_are_heard_alike(checkpoint: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = Run(replace(TINY, seed=2), tmp_path / "other")
    other.save()
    teachers = [load_checkpoint(path)[0] for path in (checkpoint, other.checkpoint)]
    photo = np.random.default_rng(0).integers(0, 256, (64, 64, 3)).astype(np.uint8)
    one, two = (taught([teacher], photo) for teacher in teachers)
    np.testing.assert_allclose(taught(teachers, photo), (one + two) / 2, atol=1e-6)
    assert np.abs(one - two).max() > 1e-3


def test_the_photos_of_training_alone_are_taught_and_what_is_there_stays(
    manifest: Path, checkpoint: Path, tmp_path: Path
) -> None:
    targets = tmp_path / "targets"
    main(manifest, targets, [checkpoint])
    trained = [p for p in read_pairs(manifest, {"split": "train"}) if not held_out(p)]
    files = {target_file(targets, pair) for pair in trained}
    assert set(targets.glob("*.png")) == files
    assert len(files) == len(trained)
    for pair in trained:
        grey = cv2.imread(str(target_file(targets, pair)), cv2.IMREAD_GRAYSCALE)
        assert grey is not None
        assert grey.shape == read_pair(pair)[1].shape
    first, second = sorted(files)[:2]
    first.unlink()
    kept = second.stat().st_mtime_ns
    main(manifest, targets, [checkpoint])
    assert first.exists()
    assert second.stat().st_mtime_ns == kept


def test_targets_are_learnt_from_beside_the_masks(
    manifest: Path, checkpoint: Path, tmp_path: Path
) -> None:
    targets = tmp_path / "targets"
    main(manifest, targets, [checkpoint])
    said = (targets / "teachers.txt").read_text()
    train(TINY, manifest, tmp_path / "plain", measure_every=9)
    train(
        replace(TINY, targets=said), manifest, tmp_path / "taught", measure_every=9, targets=targets
    )
    plain, taught_ = (
        torch.load(tmp_path / name / "checkpoint.pt", weights_only=True)["network"]["head.weight"]
        for name in ("plain", "taught")
    )
    assert not torch.equal(plain, taught_)
    with pytest.raises(ValueError, match="another recipe"):
        train(TINY, manifest, tmp_path / "taught", measure_every=9)


def test_a_target_that_is_missing_says_how_to_make_it(manifest: Path, tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"models\.teaching"):
        Views(read_pairs(manifest, {"split": "train"}), 1, tmp_path, 0.5)


def test_a_map_counts_by_its_share() -> None:
    mask, target = (np.full((2, 2), value, np.uint8) for value in (255, 55))
    assert mixed(mask, target, 0.25)[0, 0] == 205
