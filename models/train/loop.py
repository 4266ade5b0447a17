"""Train the lesion network: seeded, resumable, with checkpoints every epoch.

A run reads pairs (see `models.evaluate.pairs`) and writes RUN/checkpoint.pt and RUN/log.jsonl; run
again with the same arguments it goes on where it stopped. It begins with random weights, or with
those of a package.
"""

import json
import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
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
from models.train.beginning import begin
from models.train.checkpoint import Weights, given, read_checkpoint, read_trained
from models.train.encoders import lesion_network
from models.train.losses import boundary_loss, loss, one_lesion
from models.train.network import LesionNetwork, drop_blocks, upsample
from models.train.normalisation import normalise
from models.train.recipe import Recipe, UnfitRun, fixed
from models.train.stopping import BEST, best_epoch, is_over, read_log
from models.train.views import Epochs, Views, read_pair

LAYOUT: torch.memory_format = torch.channels_last
"""How maps lie in memory while training."""
SAVE_SECONDS = 20.0
"""So much of a run may be lost with its process, if an epoch is shorter."""
Batch = tuple[Tensor, Tensor, Tensor]
"""Photos uint8 (N, H, W, 3), masks uint8 (N, H, W) and weights (N,)."""


class Run:
    """A network in training with all of its state."""

    def __init__(self, recipe: Recipe, folder: Path) -> None:
        self.recipe, self.folder = recipe, folder
        torch.manual_seed(recipe.seed)
        torch.set_num_threads(recipe.threads)
        torch.backends.cudnn.benchmark = True
        self.device = torch.device(recipe.device)
        self.network = lesion_network(recipe.encoder, recipe.width)
        drop_blocks(self.network, recipe.drop)
        self.coarse_heads = nn.ModuleList(nn.Conv2d(recipe.width, 1, 1) for _ in range(2))
        self.coarse_heads.to(self.device)
        self.network.to(self.device, memory_format=LAYOUT)  # type: ignore[call-overload]
        average = moving_average(recipe.averaging)
        self.averaged = AveragedModel(self.network, multi_avg_fn=average, use_buffers=True)
        self.optimiser = torch.optim.AdamW(self._groups(), lr=recipe.peak_rate)
        self.begun: Weights | None = None
        """What it began with, where its recipe keeps a share of that."""
        self.teacher: LesionNetwork | None = None
        self._taught_share = 0.0
        self.epoch = 0
        self._clock = time.monotonic()

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

    def save(self, target: Path | None = None) -> None:
        """Write the state beside the old one, or what lies at `target`, then take its place."""
        state = {
            "recipe": asdict(self.recipe),
            "epoch": self.epoch,
            "seconds": self.seconds,
            "network": self.network.state_dict(),
            "coarse_heads": self.coarse_heads.state_dict(),
            "averaged": self.averaged.state_dict(),
            "optimiser": self.optimiser.state_dict(),
        }
        if self.begun:
            state["begun"] = self.begun
        place = target or self.checkpoint
        part = place.with_suffix(".part")
        torch.save(state, part)
        part.replace(place)

    def resume(self) -> None:
        """Take up the saved state, if there is one; raises UnfitRun if its recipe differs."""
        if not self.checkpoint.is_file():
            return
        state = read_checkpoint(self.checkpoint)
        theirs, ours = (fixed(asdict(r)) for r in (Recipe(**state["recipe"]), self.recipe))
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
        self.begun = state.get("begun")
        self.optimiser.load_state_dict(state["optimiser"])
        self.epoch = state["epoch"]
        self.start_clock(state.get("seconds", 0.0))

    def outcome(self) -> LesionNetwork:
        """The network that it gives as it stands."""
        network = lesion_network(self.recipe.encoder, self.recipe.width)
        averaged = self.averaged.module.state_dict()
        network.load_state_dict(given(self.recipe, averaged, self.begun))
        network.to(self.device, memory_format=LAYOUT)  # type: ignore[call-overload]
        return network

    @property
    def seconds(self) -> float:
        """How long the run has taken, earlier runs to the same checkpoint counted in."""
        return time.monotonic() - self._clock

    def start_clock(self, seconds: float) -> None:
        """Count on from so many seconds."""
        self._clock = time.monotonic() - seconds

    def share(self, within: float) -> float:
        """How much of the run is done, of its time or epochs, `within` this epoch a share of it."""
        if self.recipe.seconds:
            return min(1.0, self.seconds / self.recipe.seconds)
        return (self.epoch + within) / self.recipe.epochs

    def learn_from(self, teacher: LesionNetwork, share: float) -> None:
        """Let a network's maps count beside the true ones, so much of the whole."""
        teacher.to(self.device, memory_format=LAYOUT)  # type: ignore[call-overload]
        self.teacher, self._taught_share = teacher.eval(), share

    def learn_from_itself(self) -> None:
        """Let the maps of what it began with count, as its recipe says."""
        earlier = lesion_network(self.recipe.encoder, self.recipe.width)
        earlier.load_state_dict(self.begun or {})
        self.learn_from(earlier, self.recipe.own_share)

    def step(self, batch: Batch, progress: float) -> Tensor:
        """One batch; returns its loss, which may still be on its way."""
        photos, masks, weights = (part.to(self.device, non_blocking=True) for part in batch)
        for group in self.optimiser.param_groups:
            group["lr"] = self.recipe.rate(progress) * group["share"]
        value = self._loss(photos, masks[:, None].float() / 255, weights)
        self.optimiser.zero_grad()
        value.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.network.parameters(), 5.0)
        self.optimiser.step()
        self.averaged.update_parameters(self.network)
        return value.detach()

    def _loss(self, photos: Tensor, truth: Tensor, weights: Tensor) -> Tensor:
        with self._precision():
            *coarse, last = self.network.decode(normalise(photos))
            coarse_logits = [head(y) for head, y in zip(self.coarse_heads, coarse, strict=True)]
            logits = self.network.head(last)
        full = upsample(logits.float())
        value = loss(full, truth, weights)
        if self.teacher is not None:
            maps = self._taught(self.teacher, photos)
            # A teacher may have seen neither plain skin nor two lesions, and outlines one.
            maps = torch.where(one_lesion(truth)[:, None, None, None], maps, truth)
            taught = loss(full, maps, torch.ones_like(weights))
            value = value + self._taught_share * (taught - value)
        if self.recipe.boundary_share:
            value = value + self.recipe.boundary_share * boundary_loss(logits, truth, weights)
        for rough in coarse_logits:
            smaller = F.adaptive_avg_pool2d(truth, rough.shape[-2:])
            value = value + self.recipe.coarse_share * loss(rough.float(), smaller, weights)
        return value

    def _precision(self) -> torch.autocast:
        return torch.autocast(self.device.type, torch.bfloat16, enabled=self.recipe.bfloat16)

    def _taught(self, teacher: LesionNetwork, photos: Tensor) -> Tensor:
        with torch.no_grad(), self._precision():
            logits: Tensor = teacher(normalise(photos))
        return upsample(logits.float()).sigmoid()


def moving_average(
    decay: float,
) -> Callable[[Sequence[Tensor], Sequence[Tensor], Tensor | int], None]:
    """The exponential average of weights, over fewer steps at first: it forgets the beginning."""

    def average(averaged: Sequence[Tensor], current: Sequence[Tensor], steps: Tensor | int) -> None:
        done = int(steps)
        new = 1 - min(decay, (1 + done) / (10 + done))
        if averaged[0].is_floating_point():
            torch._foreach_lerp_(list(averaged), list(current), new)
        else:
            torch._foreach_copy_(list(averaged), list(current))

    return average


def predict_maps(network: nn.Module, photos: list[np.ndarray[Any, Any]]) -> Tensor:
    """The network's maps (N, H, W) of framed uint8 photos (H, W, 3), without gradients."""
    network.eval()
    device = next(network.parameters()).device
    with torch.no_grad():
        stacked = torch.from_numpy(np.stack(photos)).to(device)
        logits: Tensor = upsample(network(normalise(stacked)))
    return logits.sigmoid()[:, 0].cpu()


def jaccards_of(network: nn.Module, pairs: Sequence[Pair], size: int) -> list[float]:
    """Each photo's Jaccard at its own size, at threshold 0.5."""
    found = []
    for pair in pairs:
        photo, mask = read_pair(pair)
        framing = fit(Size.of(photo), Size(size, size))
        grid = predict_maps(network, [framing.picture_to_grid(photo)])[0].numpy()
        found.append(agreement(draw_mask(grid, framing, 0.5), mask > 0).jaccard)
    return found


def evaluate_network(network: nn.Module, pairs: Sequence[Pair], size: int) -> dict[str, float]:
    """Mean Jaccard of each kind, and the share of its photos below 0.65; see `jaccards_of`."""
    by_kind: dict[str, list[float]] = {}
    for pair, value in zip(pairs, jaccards_of(network, pairs, size), strict=True):
        by_kind.setdefault(pair.row.get("kind", "all"), []).append(value)
    found = {kind: float(np.mean(values)) for kind, values in sorted(by_kind.items())}
    found |= {f"{k}_below_065": float(np.mean(np.array(v) < 0.65)) for k, v in by_kind.items()}
    return found


def batches(views: Views, recipe: Recipe, first: int) -> Iterator[Batch]:
    """Batches from a run's `first` epoch on, without end, drawn in processes of their own."""
    loader: DataLoader[Batch] = DataLoader(
        views,
        batch_sampler=Epochs(views, recipe, first),
        num_workers=recipe.drawers,
        pin_memory=recipe.device != "cpu",
    )
    return iter(loader)


@dataclass(frozen=True)
class Sources:
    """The package or checkpoint that a run begins with, and the checkpoint it learns from.

    The recipe names them by their hashes.
    """

    start: Path | None = None
    teacher: Path | None = None


@dataclass(frozen=True)
class Telling:
    """What a run tells of itself on its way.

    Each `measure_every` epochs it is measured on dev; after each step `done` hears what share of
    the run is done, from 0 to 1.
    """

    measure_every: int = 5
    done: Callable[[float], None] = lambda _share: None
    told: Callable[[Mapping[str, float]], None] = lambda _entry: None
    """Hears what is written down of each epoch."""


NO_SOURCES = Sources()


def train(
    recipe: Recipe, data: Path, folder: Path, telling: Telling, sources: Sources = NO_SOURCES
) -> int:
    """Run a recipe to its end, saving on the way.

    How many epochs the run had before. Raises PairsError, ModelError where the start doesn't fit,
    and UnfitRun where there are fewer pairs than a batch or the folder holds another run.
    """
    chosen = [p for p in read_pairs(data, recipe.where) if not held_out(p)]
    dev = read_pairs(data, {"split": "dev"})
    views = Views(chosen, recipe.seed, recipe.paste_chance)
    if (recipe.start_share or recipe.own_share) and sources.start is None:
        raise UnfitRun("Only a run that begins with a package or checkpoint can keep some of it.")
    if recipe.own_share and sources.teacher:
        raise UnfitRun("A run learns from one teacher: from another network, or from itself.")
    if Epochs(views, recipe).steps == 0:
        raise UnfitRun(
            f"{data} has {len(chosen)} pairs to train on, fewer than a batch of {recipe.batch} "
            "takes: make the batch smaller."
        )
    folder.mkdir(parents=True, exist_ok=True)
    run = Run(recipe, folder)
    run.resume()
    if run.epoch == 0:
        begin(run.network, recipe, sources.start, views)
        if recipe.start_share or recipe.own_share:
            run.begun = {n: value.clone() for n, value in run.network.state_dict().items()}
    if sources.teacher is not None:
        run.learn_from(read_trained(sources.teacher).network, recipe.teacher_share)
    elif recipe.own_share:
        run.learn_from_itself()
    before = run.epoch
    telling.done(run.share(0))
    _train(run, views, dev, telling)
    return before


def _train(run: Run, views: Views, dev: list[Pair], telling: Telling) -> None:
    steps = Epochs(views, run.recipe).steps
    stream = batches(views, run.recipe, run.epoch)
    saved = -math.inf
    patience = run.recipe.patience
    if patience and run.epoch == 0:
        # What it begins with may be the best of all.
        run.averaged.module.load_state_dict(run.network.state_dict())
        _note(run, {"epoch": 0} | evaluate_network(run.network, dev, run.recipe.size), telling)
    while run.share(0) < 1 and not is_over(read_log(run.folder), run.epoch, patience):
        started = time.monotonic()
        losses = _epoch(run, stream, steps, telling)
        entry: dict[str, float] = {"epoch": run.epoch, "loss": float(torch.stack(losses).mean())}
        entry["seconds"] = round(time.monotonic() - started, 1)
        over = run.share(0) >= 1
        if over or patience or time.monotonic() - saved > SAVE_SECONDS:
            run.save()
            saved = time.monotonic()
        if over or run.epoch % telling.measure_every == 0:
            size = run.recipe.size_in(run.epoch - 1)
            entry |= evaluate_network(run.outcome(), dev, size)
        _note(run, entry, telling)


def _note(run: Run, entry: dict[str, float], telling: Telling) -> None:
    """Write down what was measured, and keep the weights where they are the best so far."""
    with (run.folder / "log.jsonl").open("a") as log:
        log.write(json.dumps(entry) + "\n")
    if run.recipe.patience and best_epoch(read_log(run.folder)) == run.epoch:
        run.save(run.folder / BEST)
    telling.told(entry)


def _epoch(run: Run, stream: Iterator[Batch], steps: int, telling: Telling) -> list[Tensor]:
    """Train an epoch, or what of it the run's time allows: at least a step."""
    run.begin_epoch()
    losses = []
    for index in range(steps):
        losses.append(run.step(next(stream), run.share(index / steps)))
        telling.done(run.share((index + 1) / steps))
        if run.recipe.seconds and run.share(0) >= 1:
            break
    run.epoch += 1
    return losses
