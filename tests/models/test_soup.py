from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is not installed (pip install nevus[training])")

from models.exported import load_checkpoint  # noqa: E402
from models.network import LesionNetwork  # noqa: E402
from models.soup import main, mean_weights, settle, some_views  # noqa: E402
from models.training import Recipe, Run  # noqa: E402

TINY = Recipe(epochs=1, small_epochs=0, size=64, width=8, batch=4)


def saved(folder: Path, seed: int) -> Path:
    folder.mkdir()
    run = Run(replace(TINY, seed=seed), folder)
    run.save()
    return run.checkpoint


def test_the_mean_lies_halfway(tmp_path: Path) -> None:
    torch.manual_seed(0)
    one, two = LesionNetwork(8), LesionNetwork(8)
    expected = (one.head.weight + two.head.weight).detach() / 2
    made = mean_weights([one, two])
    torch.testing.assert_close(made.head.weight.detach(), expected)


def test_batch_norms_are_settled_by_what_reaches_them() -> None:
    torch.manual_seed(0)
    network = LesionNetwork(8)
    photos = torch.randint(0, 256, (96, 32, 32, 3), dtype=torch.uint8)
    settle(network, photos)
    convolution, norm = list(network.modules())[5:7]
    assert isinstance(norm, torch.nn.BatchNorm2d)
    seen = convolution(
        torch.stack([p.permute(2, 0, 1).float() / 255 for p in photos])
        .sub(torch.tensor((0.485, 0.456, 0.406))[:, None, None])
        .div(torch.tensor((0.229, 0.224, 0.225))[:, None, None])
    )
    torch.testing.assert_close(norm.running_mean, seen.mean((0, 2, 3)), atol=1e-4, rtol=1e-3)
    assert not network.training
    assert norm.momentum == 0.1


def test_a_checkpoint_is_written_that_names_its_parts(manifest: Path, tmp_path: Path) -> None:
    parts = [saved(tmp_path / name, seed) for name, seed in (("one", 1), ("two", 2))]
    main(manifest, tmp_path / "mean.pt", parts)
    exported, recipe, epoch = load_checkpoint(tmp_path / "mean.pt")
    assert [len(name) for name in recipe.mean_of.split(",")] == [12, 12]
    assert (recipe.size, epoch) == (64, 0)
    heads = [load_checkpoint(path)[0].network.head.weight for path in parts]
    torch.testing.assert_close(exported.network.head.weight, (heads[0] + heads[1]) / 2)
    again = tmp_path / "again.pt"
    main(manifest, again, parts)
    other = load_checkpoint(again)[0].network.state_dict()
    for name, value in exported.network.state_dict().items():
        assert torch.equal(value, other[name])


def test_the_views_that_settle_are_of_training_photos_alone(manifest: Path) -> None:
    views = some_views(manifest, {"split": "train"}, 32).numpy()
    assert views.shape == (480, 32, 32, 3)
    assert views.dtype == np.uint8
    assert views.std() > 5
