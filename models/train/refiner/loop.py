"""Train the refiner for so many seconds: simulated marks in rounds, and what comes of the last one.

As Sofiiuk et al. (arXiv:2102.06583) do: the network's own answers, without gradients, are the
outlines that the next marks are set on. What it has learnt is written every half a minute, so that
a run that is cut short loses little.
"""

import json
import math
import time
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from models.train.network import LesionNetwork
from models.train.refiner.answers import answer, mean_dice
from models.train.refiner.damage import starting_outlines
from models.train.refiner.marks import Marks, add_marks, add_needless
from models.train.refiner.views import Held, Views, look, random_grid

ROUNDS = (0.35, 0.27, 0.18, 0.12, 0.08)
"""How often a batch is learnt from after so many rounds, from none."""
FIRST_MARKS = (0.6, 0.2, 0.1, 0.1)
"""How often so many marks, from one, are set before the first of them."""
ENDING = 6.0
"""Seconds kept for the last look at dev."""
LEAST_BATCH = 8


@dataclass(frozen=True)
class Plan:
    """How a run trains: `seconds` in all from `begun`, by the monotonic clock."""

    seconds: float
    begun: float
    size: int = 256
    batch: int = 96
    encoder_rate: float = 6e-4
    rate: float = 1.5e-3
    weight_decay: float = 0.03
    averaging: float = 0.998
    save_every: float = 30.0

    @property
    def left(self) -> float:
        """Seconds until the end."""
        return self.begun + self.seconds - time.monotonic()


class Refining:
    """A refiner in training, and the average of its weights."""

    def __init__(self, network: LesionNetwork, held: Held, plan: Plan) -> None:
        self.network, self.held, self.plan = network, held, plan
        self.averaged = deepcopy(network).eval()
        encoder = list(network.encoder.parameters())
        own = {id(p) for p in encoder}
        others = [p for p in network.parameters() if id(p) not in own]
        self.optimiser = torch.optim.AdamW(
            [
                {"params": encoder, "rate": plan.encoder_rate},
                {"params": others, "rate": plan.rate},
            ],
            weight_decay=plan.weight_decay,
        )
        self.steps = 0
        self.chance = held.chances / held.chances.sum()

    def step(self, batch: int, share: float) -> Tensor:
        """One batch at a share of the run; returns its loss."""
        for group in self.optimiser.param_groups:
            group["lr"] = group["rate"] * rate(share)
        at = torch.multinomial(self.chance, batch, replacement=True)
        views = look(self.held, at, random_grid(self.held, at, self.plan.size), coloured=True)
        before, marks = self._rounds(views)
        logits = answer(self.network.train(), views, before, marks)
        value = refining_loss(logits, views.truth, marks)
        self.optimiser.zero_grad()
        value.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.network.parameters(), 3.0)
        self.optimiser.step()
        self._average()
        return value.detach()

    @torch.no_grad()
    def _rounds(self, views: Views) -> tuple[Tensor, Marks]:
        """The outline and marks that a batch is learnt from, after some rounds."""
        before = starting_outlines(views.truth, views.own)
        marks = Marks.none(len(before), self.plan.size, before.device)
        add_needless(marks, views.truth, 0.1)
        for _ in range(1 + _drawn(FIRST_MARKS)):
            add_marks(marks, (before >= 0.5).float(), views.truth, shake=0.3)
        self.network.eval()
        for _ in range(_drawn(ROUNDS)):
            before = answer(self.network, views, before, marks).sigmoid()
            add_marks(marks, (before >= 0.5).float(), views.truth, shake=0.3)
        return before, marks

    @torch.no_grad()
    def _average(self) -> None:
        self.steps += 1
        new = 1 - min(self.plan.averaging, self.steps / (10 + self.steps))
        torch._foreach_lerp_(_numbers(self.averaged), _numbers(self.network), new)


def _numbers(network: nn.Module) -> list[Tensor]:
    """Weights and statistics, all that is averaged."""
    return [value for value in network.state_dict().values() if value.is_floating_point()]


def _drawn(chances: tuple[float, ...]) -> int:
    return int(torch.multinomial(torch.tensor(chances), 1))


def refining_loss(logits: Tensor, truth: Tensor, marks: Marks) -> Tensor:
    """Binary cross-entropy, fivefold under marks, and soft Jaccard; all (N, 1, H, W)."""
    weight = 1 + 4 * marks.planes.amax(1, keepdim=True)
    entropy = F.binary_cross_entropy_with_logits(logits, truth, weight)
    probability = logits.sigmoid()
    both = (probability * truth).sum((1, 2, 3))
    either = (probability + truth).sum((1, 2, 3)) - both
    return entropy + (1 - (both + 1) / (either + 1)).mean()


def rate(share: float) -> float:
    """The learning rate's share of its peak: a short rise, then a cosine to nothing."""
    if share < 0.04:
        return 0.04 + share / 0.04 * 0.96
    return 0.5 * (1 + math.cos(math.pi * min(1.0, (share - 0.04) / 0.96)))


class Progress:
    """What a run writes in its folder: refiner.pt (averaged weights, float16) and log.json."""

    def __init__(self, run: Refining, dev: Held, folder: Path) -> None:
        self._run, self._dev, self._folder = run, dev, folder
        self._entries: list[dict[str, object]] = []

    def write(self, losses: list[Tensor]) -> str:
        """Write how it stands after steps of these losses; returns the log's new entry."""
        run, plan = self._run, self._run.plan
        entry: dict[str, object] = {
            "seconds": round(plan.seconds - plan.left, 1),
            "steps": run.steps,
            "loss": float(torch.stack(losses).mean()) if losses else None,
            "dev": mean_dice(run.averaged, self._dev, plan.size, 6),
        }
        self._entries.append(entry)
        self._folder.mkdir(parents=True, exist_ok=True)
        save(run.averaged, self._folder / "refiner.pt")
        (self._folder / "log.json").write_text(json.dumps(self._entries, indent=1) + "\n")
        return json.dumps(entry)


def train(run: Refining, progress: Progress, tell: Callable[[str], None]) -> None:
    """Train until the plan's time is up; `tell` hears each entry of the log.

    Where the device is short of memory, with smaller batches.
    """
    plan = run.plan
    whole, saved, batch = plan.left - ENDING, time.monotonic(), plan.batch
    losses: list[Tensor] = []
    while plan.left > ENDING:
        try:
            losses.append(run.step(batch, 1 - (plan.left - ENDING) / whole))
        except torch.OutOfMemoryError:
            if batch <= LEAST_BATCH:
                raise
            batch //= 2
            torch.cuda.empty_cache()
        if time.monotonic() - saved > plan.save_every:
            tell(progress.write(losses))
            losses, saved = [], time.monotonic()
    tell(progress.write(losses))


def save(network: nn.Module, path: Path) -> None:
    """Write a network's weights as float16 beside the old ones, then take their place."""
    half = {
        name: value.detach().cpu().half() if value.is_floating_point() else value.cpu()
        for name, value in network.state_dict().items()
    }
    part = path.with_suffix(".part")
    torch.save(half, part)
    part.replace(path)
