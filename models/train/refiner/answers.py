"""What a refiner answers, and how it does on dev while it is trained."""

from collections.abc import Iterator
from contextlib import nullcontext

import torch
from torch import Tensor, nn

from models.train.network import upsample
from models.train.refiner.marks import Marks, add_marks
from models.train.refiner.views import Held, Views, look, square_grid


def answer(network: nn.Module, views: Views, before: Tensor, marks: Marks) -> Tensor:
    """The network's logits (N, 1, H, W) for views, their outlines as they are, and marks."""
    seen = torch.cat([views.photo, before, marks.planes], 1)
    if network.get_parameter("encoder.stages.0.0.0.weight").is_contiguous(
        memory_format=torch.channels_last
    ):
        seen = seen.contiguous(memory_format=torch.channels_last)
    kind = seen.device.type
    with torch.autocast(kind, torch.bfloat16) if kind == "cuda" else nullcontext():
        logits: Tensor = network(seen)
    return upsample(logits.float())


@torch.no_grad()
def mean_dice(network: nn.Module, held: Held, size: int, rounds: int) -> dict[str, list[float]]:
    """Mean Dice in views around the lesion before and after each round of marks.

    From the model's own outline, and from nothing.
    """
    network.eval()
    found: dict[str, list[Tensor]] = {"own": [], "nothing": []}
    for at in _parts(held):
        views = look(held, at, square_grid(held, at, size, 1.5), coloured=False)
        for start, first in (("own", views.own), ("nothing", torch.zeros_like(views.own))):
            found[start].append(_dices(network, views, first, rounds))
    means = {start: torch.cat(dices).mean(0).tolist() for start, dices in found.items()}
    return {start: [round(value, 4) for value in values] for start, values in means.items()}


def _dices(network: nn.Module, views: Views, before: Tensor, rounds: int) -> Tensor:
    """Dice (N, 1 + rounds) of views at first and after each round."""
    marks = Marks.none(len(before), before.shape[-1], before.device)
    maps = [before]
    for _ in range(rounds):
        add_marks(marks, (maps[-1] >= 0.5).float(), views.truth, shake=0.0)
        maps.append(answer(network, views, maps[-1], marks).sigmoid())
    return torch.stack([_dice(each, views.truth) for each in maps], 1)


def _parts(held: Held) -> Iterator[Tensor]:
    for at in range(0, len(held.photos), 64):
        yield torch.arange(at, min(at + 64, len(held.photos)), device=held.device)


def _dice(maps: Tensor, truth: Tensor) -> Tensor:
    drawn = (maps >= 0.5).float()
    both = (drawn * truth).sum((1, 2, 3))
    return 2 * both / (drawn + truth).sum((1, 2, 3)).clamp_min(1)
