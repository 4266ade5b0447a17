"""Train the lesion network: seeded, resumable, with checkpoints every epoch.

A run reads pairs (see `models.evaluate.pairs`) and writes RUN/checkpoint.pt and RUN/log.jsonl; run
again with the same arguments it goes on where it stopped. It begins with random weights, or with
those of a package.
"""

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.optim.swa_utils import AveragedModel
from torch.utils.data import DataLoader

from imaging.framing import Size, fit
from imaging.mask.agreement import agreement
from imaging.mask.outline import draw_mask
from models.evaluate.pairs import Pair, held_out, read_pairs
from models.train.efficientnet import EfficientNetLite, take_imagenet
from models.train.encoders import lesion_network
from models.train.losses import boundary_loss, loss
from models.train.network import drop_blocks, upsample
from models.train.normalisation import DEVIATION, MEAN
from models.train.recipe import Recipe, UnfitRun, fixed
from models.train.views import Views, read_pair
from models.train.warm_start import take_weights

SETTLING_VIEWS = 48


class Run:
    """A network in training with all of its state."""

    def __init__(self, recipe: Recipe, folder: Path) -> None:
        self.recipe, self.folder = recipe, folder
        torch.manual_seed(recipe.seed)
        torch.set_num_threads(recipe.threads)
        self.network = lesion_network(recipe.encoder, recipe.width)
        if isinstance(self.network.encoder, EfficientNetLite):
            take_imagenet(self.network.encoder)
        drop_blocks(self.network, recipe.drop)
        self.coarse_heads = nn.ModuleList(nn.Conv2d(recipe.width, 1, 1) for _ in range(2))
        self.network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        average = moving_average(recipe.averaging)
        self.averaged = AveragedModel(self.network, multi_avg_fn=average, use_buffers=True)
        self.optimiser = torch.optim.AdamW(self._groups(), lr=recipe.peak_rate)
        self.epoch = 0

    def _groups(self) -> list[dict[str, Any]]:
        """Parameters by rate (the encoder's share, or 1) and decay (none for norms and biases)."""
        encoder = list(self.network.encoder.parameters())
        own = {id(p) for p in encoder}
        others = [p for p in self.network.parameters() if id(p) not in own]
        others += self.coarse_heads.parameters()
        decay = self.recipe.weight_decay
        groups: list[dict[str, Any]] = []
        for those, share in ((encoder, self.recipe.encoder_rate), (others, 1.0)):
            decayed = [p for p in those if p.ndim > 1]
            plain = [p for p in those if p.ndim <= 1]
            groups.append({"params": decayed, "share": share, "weight_decay": decay})
            groups.append({"params": plain, "share": share, "weight_decay": 0.0})
        return groups

    def begin_epoch(self) -> None:
        """Make ready for training: all but the frozen stages, which stay as they infer."""
        torch.manual_seed(self.recipe.seed * 10_000 + self.epoch)
        self.network.train()
        for stage in self.network.encoder.stages[: self.recipe.frozen_stages]:
            stage.eval().requires_grad_(requires_grad=False)

    @property
    def checkpoint(self) -> Path:
        """Where the run's state lies."""
        return self.folder / "checkpoint.pt"

    def save(self) -> None:
        """Write the state beside the old one, then take its place."""
        state = {
            "recipe": asdict(self.recipe),
            "epoch": self.epoch,
            "network": self.network.state_dict(),
            "coarse_heads": self.coarse_heads.state_dict(),
            "averaged": self.averaged.state_dict(),
            "optimiser": self.optimiser.state_dict(),
        }
        part = self.checkpoint.with_suffix(".part")
        torch.save(state, part)
        part.replace(self.checkpoint)

    def resume(self) -> None:
        """Take up the saved state, if there is one; raises UnfitRun if its recipe differs."""
        if not self.checkpoint.is_file():
            return
        state = read_checkpoint(self.checkpoint)
        theirs, ours = fixed(state["recipe"]), fixed(asdict(self.recipe))
        if theirs != ours:
            others = [
                f"{name} {theirs.get(name)}" for name in ours if theirs.get(name) != ours[name]
            ]
            raise UnfitRun(
                f"{self.checkpoint} was made with another recipe ({', '.join(others)}). "
                "Say the same to go on with it, or name another folder to begin anew."
            )
        self.network.load_state_dict(state["network"])
        self.coarse_heads.load_state_dict(state["coarse_heads"])
        self.averaged.load_state_dict(state["averaged"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.epoch = state["epoch"]

    def step(self, photos: Tensor, masks: Tensor, weights: Tensor, progress: float) -> float:
        """One batch; returns its loss."""
        for group in self.optimiser.param_groups:
            group["lr"] = self.recipe.rate(progress) * group["share"]
        value = self._loss(photos, masks[:, None].float() / 255, weights)
        self.optimiser.zero_grad()
        value.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.network.parameters(), 5.0)
        self.optimiser.step()
        self.averaged.update_parameters(self.network)
        return float(value.detach())

    def _loss(self, photos: Tensor, truth: Tensor, weights: Tensor) -> Tensor:
        with torch.autocast("cpu", torch.bfloat16, enabled=self.recipe.bfloat16):
            *coarse, last = self.network.decode(normalise(photos))
            coarse_logits = [head(y) for head, y in zip(self.coarse_heads, coarse, strict=True)]
            logits = self.network.head(last)
        value = loss(upsample(logits.float()), truth, weights)
        if self.recipe.boundary_share:
            value = value + self.recipe.boundary_share * boundary_loss(logits, truth, weights)
        for rough in coarse_logits:
            smaller = F.adaptive_avg_pool2d(truth, rough.shape[-2:])
            value = value + self.recipe.coarse_share * loss(rough.float(), smaller, weights)
        return value


def read_checkpoint(path: Path) -> dict[str, Any]:
    """The state that a run saved. Raises UnfitRun where the file holds none."""
    try:
        state: dict[str, Any] = torch.load(path, weights_only=True)
    except OSError as error:
        raise UnfitRun(f"{path} can't be read ({error.strerror}).") from error
    except Exception as error:  # PyTorch raises errors of many kinds for what is none of its files.
        raise UnfitRun(f"{path} is no checkpoint, or it is damaged.") from error
    if not isinstance(state, dict) or not state.keys() >= {"recipe", "epoch", "averaged"}:
        raise UnfitRun(f"{path} is no checkpoint of the lesion network.")
    return state


def moving_average(
    decay: float,
) -> Callable[[Sequence[Tensor], Sequence[Tensor], Tensor | int], None]:
    """The exponential average of weights, over fewer steps at first: it forgets the beginning."""

    def average(averaged: Sequence[Tensor], current: Sequence[Tensor], steps: Tensor | int) -> None:
        done = int(steps)
        new = 1 - min(decay, (1 + done) / (10 + done))
        for mean, value in zip(averaged, current, strict=True):
            if mean.is_floating_point():
                mean.lerp_(value, new)
            else:
                mean.copy_(value)

    return average


def normalise(photos: Tensor) -> Tensor:
    """uint8 (N, H, W, 3) to normalised float (N, 3, H, W), channels last in memory."""
    scaled = photos.permute(0, 3, 1, 2).float() / 255
    mean = torch.tensor(MEAN)[:, None, None]
    return (scaled - mean) / torch.tensor(DEVIATION)[:, None, None]


def predict_maps(network: nn.Module, photos: list[np.ndarray[Any, Any]]) -> Tensor:
    """The network's maps (N, H, W) of framed uint8 photos (H, W, 3), without gradients."""
    network.eval()
    with torch.no_grad():
        logits: Tensor = upsample(network(normalise(torch.from_numpy(np.stack(photos)))))
    return logits.sigmoid()[:, 0]


def evaluate_network(network: nn.Module, pairs: list[Pair], size: int) -> dict[str, float]:
    """Mean Jaccard of each kind, per photo at its own size, at threshold 0.5."""
    by_kind: dict[str, list[float]] = {}
    for pair in pairs:
        photo, mask = read_pair(pair)
        framing = fit(Size.of(photo), Size(size, size))
        grid = predict_maps(network, [framing.picture_to_grid(photo)])[0].numpy()
        value = agreement(draw_mask(grid, framing, 0.5), mask > 0).jaccard
        by_kind.setdefault(pair.row.get("kind", "all"), []).append(value)
    found = {kind: float(np.mean(values)) for kind, values in sorted(by_kind.items())}
    found |= {f"{k}_below_065": float(np.mean(np.array(v) < 0.65)) for k, v in by_kind.items()}
    return found


def batches(views: Views, recipe: Recipe) -> DataLoader[tuple[Tensor, Tensor, Tensor]]:
    """An epoch's batches, drawn in a process beside the training."""
    order = views.even_order() if recipe.even else views.order()
    return DataLoader(views, recipe.batch, sampler=order, num_workers=1, drop_last=True)


def begin_with(run: Run, package: Path, views: Views) -> None:
    """Take up a package's weights, its batch norms settled on some views. Raises ModelError."""
    views.epoch, views.size = 0, run.recipe.size_in(0)
    some = views.order()[:SETTLING_VIEWS]
    photos = normalise(torch.stack([views[index][0] for index in some]))
    take_weights(run.network, package, photos, run.recipe.start_member)


@dataclass(frozen=True)
class Telling:
    """What a run tells of itself on its way.

    Each `measure_every` epochs it is measured on dev; after each step `done` hears what share of
    the run is done, from 0 to 1.
    """

    measure_every: int = 5
    done: Callable[[float], None] = lambda _share: None


def train(
    recipe: Recipe, data: Path, folder: Path, telling: Telling, start: Path | None = None
) -> int:
    """Run a recipe to its end, saving each epoch; `start` is the package of `recipe.start`.

    How many epochs the run had before. Raises PairsError, ModelError where `start` doesn't fit, and
    UnfitRun where there are fewer pairs than a batch or the folder holds another run.
    """
    chosen = [p for p in read_pairs(data, recipe.where) if not held_out(p)]
    dev = read_pairs(data, {"split": "dev"})
    views = Views(chosen, recipe.seed)
    if len(batches(views, recipe)) == 0:
        raise UnfitRun(
            f"{data} has {len(chosen)} pairs to train on, fewer than a batch of {recipe.batch} "
            "takes: make the batch smaller."
        )
    folder.mkdir(parents=True, exist_ok=True)
    run = Run(recipe, folder)
    run.resume()
    before = run.epoch
    telling.done(before / recipe.epochs)
    if start is not None and run.epoch == 0:
        begin_with(run, start, views)
    steps = len(batches(views, recipe))
    while run.epoch < recipe.epochs:
        started = time.monotonic()
        views.epoch, views.size = run.epoch, recipe.size_in(run.epoch)
        run.begin_epoch()
        losses = []
        for index, (photos, masks, weights) in enumerate(batches(views, recipe)):
            share = (run.epoch + index / steps) / recipe.epochs
            losses.append(run.step(photos, masks, weights, share))
            telling.done((run.epoch + (index + 1) / steps) / recipe.epochs)
        run.epoch += 1
        run.save()
        entry: dict[str, float] = {"epoch": run.epoch, "loss": float(np.mean(losses))}
        entry["seconds"] = round(time.monotonic() - started, 1)
        if run.epoch % telling.measure_every == 0 or run.epoch == recipe.epochs:
            entry |= evaluate_network(run.averaged.module, dev, recipe.size_in(run.epoch - 1))
        with (folder / "log.jsonl").open("a") as log:
            log.write(json.dumps(entry) + "\n")
    return before
