"""What ships: normalisation before the networks, calibrated probabilities behind them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from models.ship.calibration import Scaling
from models.train.checkpoint import read_trained
from models.train.network import LesionNetwork, upsample
from models.train.normalisation import DEVIATION, MEAN
from models.train.recipe import Recipe


class ShippedNetwork(nn.Module):
    """Values from 0 to 1 in, exact normalisation, scaled and shifted logits, probabilities out.

    Of several networks the mean of their logits counts (a deep ensemble: Lakshminarayanan et al.,
    "Simple and Scalable Predictive Uncertainty Estimation using Deep Ensembles", 2017).

    In: float (1, 3, H, W). Out: float (1, 1, H, W).
    """

    mean: Tensor
    deviation: Tensor

    def __init__(self, networks: Sequence[LesionNetwork], scaling: Scaling | None = None) -> None:
        super().__init__()
        self.networks = nn.ModuleList(networks)
        self.scaling = scaling or Scaling()
        self.register_buffer("mean", torch.tensor(MEAN)[:, None, None])
        self.register_buffer("deviation", torch.tensor(DEVIATION)[:, None, None])

    def forward(self, x: Tensor) -> Tensor:
        """Values (1, 3, H, W) from 0 to 1 to probabilities (1, 1, H, W)."""
        return (self.logits(x) * self.scaling.scale + self.scaling.bias).sigmoid()

    def logits(self, x: Tensor) -> Tensor:
        """The mean of the networks' own logits (1, 1, H, W), before they are scaled."""
        normal = (x - self.mean) / self.deviation
        first, *others = [network(normal) for network in self.networks]
        total: Tensor = sum(others, start=first)
        return upsample(total / len(self.networks) if others else total)


@dataclass(frozen=True)
class Member:
    """One of a package's networks: how it was trained, and for how many epochs."""

    recipe: Recipe
    epoch: int


def load_checkpoints(paths: Sequence[Path]) -> tuple[ShippedNetwork, list[Member]]:
    """The averaged networks of checkpoints, not calibrated, and how they were trained.

    Raises UnfitRun where a file is no checkpoint.
    """
    trained = [read_trained(path) for path in paths]
    members = [Member(one.recipe, one.epoch) for one in trained]
    return ShippedNetwork([one.network for one in trained]).eval(), members
