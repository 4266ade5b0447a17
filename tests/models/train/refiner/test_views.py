from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is not installed (pip install nevus[training])")

from models.train.recipe import UnfitRun  # noqa: E402
from models.train.refiner.photos import Sample, hold  # noqa: E402
from models.train.refiner.views import Held, look, random_grid, square_grid  # noqa: E402
from tests.models.conftest import draw_pair  # noqa: E402

CPU = torch.device("cpu")


def sample(folder: Path, seed: int, kind: str, lesion: int) -> Sample:
    image = draw_pair(folder, f"p{seed}", seed)
    own = np.full((32, 32), lesion, np.uint8)
    return Sample(image, folder / "masks" / image.name, kind, own)


@pytest.fixture
def held(tmp_path: Path) -> Held:
    return hold([sample(tmp_path, seed, "phone", 0) for seed in range(3)], 96, CPU, 2)


def test_photos_are_laid_as_fit_lays_them(held: Held) -> None:
    assert held.photos.shape == (3, 3, 96, 96)
    assert not held.photos[:, :, :12].any()
    assert held.photos[:, :, 12:84].all()
    assert set(held.masks.flatten().tolist()) == {0, 255}


def test_kinds_are_drawn_alike_often_and_bad_outlines_more(tmp_path: Path) -> None:
    kinds = ["phone", "dermoscopy", "dermoscopy"]
    samples = [sample(tmp_path, seed, kind, 0) for seed, kind in enumerate(kinds)]
    good = hold([samples[1]], 96, CPU, 1).masks[0, 0, ::3, ::3].numpy()
    samples[1] = Sample(samples[1].image, samples[1].mask, samples[1].kind, good)
    phone, right, wrong = hold(samples, 96, CPU, 1).chances.tolist()
    assert wrong == pytest.approx(3 * right)
    assert phone == pytest.approx(2 * wrong)


def test_a_photo_that_can_t_be_read_is_named(tmp_path: Path) -> None:
    one = sample(tmp_path, 1, "phone", 0)
    one.mask.write_bytes(b"none")
    with pytest.raises(UnfitRun, match=r"p1\.png"):
        hold([one], 96, CPU, 1)
    with pytest.raises(UnfitRun, match="no photos"):
        hold([], 96, CPU, 1)


def test_a_view_shows_photo_and_mask_in_the_same_place(held: Held) -> None:
    torch.manual_seed(1)
    at = torch.arange(3).repeat(8)
    views = look(held, at, random_grid(held, at, 64), coloured=False)
    red = views.photo[:, :1]
    brown = (red > -1.2) & (red < 0.6)
    assert (views.truth.amax((1, 2, 3)) == 1).all()
    assert brown[views.truth == 1].float().mean() > 0.95
    assert brown[views.truth == 0].float().mean() < 0.05


def test_colours_change_and_masks_stay(held: Held) -> None:
    torch.manual_seed(1)
    at = torch.arange(3)
    grid = square_grid(held, at, 64, 1.5)
    plain, coloured = (look(held, at, grid, coloured=each) for each in (False, True))
    assert (plain.truth == coloured.truth).all()
    assert (plain.photo - coloured.photo).abs().mean() > 0.02


def test_square_views_hold_the_whole_lesion_with_room(held: Held) -> None:
    views = look(held, torch.arange(3), square_grid(held, torch.arange(3), 64, 1.5), coloured=False)
    share = views.truth.mean((1, 2, 3))
    assert (share > 0.25).all()
    border = torch.cat([views.truth[..., :2], views.truth[..., -2:]], 3)
    assert not border.any()
