from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="torch is not installed (pip install nevus[training])")

from models.network import LesionNetwork, upsample  # noqa: E402
from models.teaching import Hints, Teacher  # noqa: E402
from models.training import Recipe, Run, normalise, train  # noqa: E402

TINY = Recipe(epochs=2, small_epochs=1, small_size=32, size=64, width=8, batch=4)


@pytest.fixture
def teacher() -> Teacher:
    torch.manual_seed(5)
    return Teacher([LesionNetwork(8)])


def test_a_teacher_says_its_stages_and_its_map(teacher: Teacher) -> None:
    photos = torch.rand(2, 3, 64, 64)
    stages, said = teacher.say(photos)
    assert [tuple(s.shape[1:]) for s in stages] == [(64, 8, 8), (96, 4, 4), (128, 2, 2)]
    torch.testing.assert_close(said, upsample(teacher.networks[0](photos)).sigmoid())
    assert not said.requires_grad


def test_hints_are_far_from_noise_and_near_to_what_they_were_fitted_to(teacher: Teacher) -> None:
    stages, _ = teacher.say(torch.rand(4, 3, 64, 64))
    hints = Hints([0, 0, 64, 96, 128], teacher.channels)
    for projection, stage in zip(hints.projections, stages, strict=True):
        assert isinstance(projection, torch.nn.Conv2d)
        assert projection.bias is not None
        variance, mean = torch.var_mean(stage, dim=(0, 2, 3), correction=0)
        deviation = (variance + 1e-5).sqrt()
        with torch.no_grad():
            projection.weight.copy_(torch.diag(1 / deviation)[:, :, None, None])
            projection.bias.copy_(-mean / deviation)
    noise = [torch.randn_like(stage) for stage in stages]
    with torch.no_grad():
        assert float(hints(stages, stages)) == pytest.approx(0, abs=1e-3)
        assert float(hints(noise, stages)) > 0.5


def test_a_step_counts_the_teacher_s_map_and_hints_as_the_recipe_says(
    teacher: Teacher, tmp_path: Path
) -> None:
    photos = torch.randint(0, 255, (4, 64, 64, 3), dtype=torch.uint8)
    _, said = teacher.say(normalise(photos))
    masks = torch.zeros(4, 64, 64)

    def loss(masks: Any, taught: float, hints: float, one: Teacher | None) -> float:
        run = Run(replace(TINY, taught=taught, hints=hints), tmp_path, one)
        return run.step(photos, masks, torch.ones(4), progress=0.5)

    alone = loss(masks, 0.0, 0.0, None)
    assert loss(masks, 0.0, 0.0, teacher) == pytest.approx(alone, rel=1e-4)
    assert loss(masks, 0.0, 1.0, teacher) > alone + 0.3
    only_taught = loss(masks, 1.0, 0.0, teacher)
    assert only_taught == pytest.approx(loss(said[:, 0] * 255, 0.0, 0.0, None), rel=1e-4)
    assert only_taught != pytest.approx(alone, rel=1e-2)


def test_the_teacher_stays_as_it_was(teacher: Teacher, tmp_path: Path) -> None:
    before = {name: value.clone() for name, value in teacher.networks[0].state_dict().items()}
    photos = torch.randint(0, 255, (4, 64, 64, 3), dtype=torch.uint8)
    run = Run(TINY, tmp_path, teacher)
    run.network.train()
    run.step(photos, torch.zeros(4, 64, 64), torch.ones(4), progress=0.5)
    assert all(
        torch.equal(value, before[n]) for n, value in teacher.networks[0].state_dict().items()
    )


def test_a_run_learns_from_another_run_s_checkpoint(manifest: Path, tmp_path: Path) -> None:
    train(TINY, manifest, tmp_path / "first", measure_every=100)
    checkpoint = tmp_path / "first" / "checkpoint.pt"
    loaded = Teacher.load([checkpoint])
    stored = torch.load(checkpoint, weights_only=True)["averaged"]
    weights = loaded.networks[0].state_dict()
    assert all(torch.equal(value, stored[f"module.{name}"]) for name, value in weights.items())
    recipe = replace(TINY, seed=2, teachers=sha256(checkpoint.read_bytes()).hexdigest())
    train(recipe, manifest, tmp_path / "second", measure_every=100, teachers=[checkpoint])
    resumed = Run(recipe, tmp_path / "second", loaded)
    fresh = resumed.hints.state_dict()
    resumed.resume()
    assert resumed.epoch == 2
    learnt = torch.load(resumed.checkpoint, weights_only=True)["hints"]
    assert all(torch.equal(value, learnt[n]) for n, value in resumed.hints.state_dict().items())
    assert fresh.keys() == learnt.keys()
