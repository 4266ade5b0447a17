"""What ships: normalisation before the networks, calibrated probabilities behind them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from models.ship.kinds import Calibration
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

    def __init__(self, networks: Sequence[LesionNetwork]) -> None:
        super().__init__()
        self.networks = nn.ModuleList(networks)
        self.calibration = Calibration()
        self.teller: nn.Conv2d | None = None
        self.register_buffer("mean", torch.tensor(MEAN)[:, None, None])
        self.register_buffer("deviation", torch.tensor(DEVIATION)[:, None, None])

    def calibrate(self, calibration: Calibration) -> None:
        """Scale the logits so from now on."""
        self.calibration, self.teller = calibration, None
        if calibration.teller is not None:
            weights = torch.from_numpy(calibration.teller.weights).float()
            self.teller = nn.Conv2d(len(weights), 1, 1)
            with torch.no_grad():
                self.teller.weight.copy_(weights[None, :, None, None])
                self.teller.bias.fill_(calibration.teller.bias)  # type: ignore[union-attr]

    def forward(self, x: Tensor) -> Tensor:
        """Values (1, 3, H, W) from 0 to 1 to probabilities (1, 1, H, W)."""
        logits, features = self.look(x)
        one, other = self.calibration.scaling, self.calibration.phone
        if self.teller is None or other is None:
            return (upsample(logits) * one.scale + one.bias).sigmoid()
        share = self.teller(features).sigmoid()
        scale = share * (other.scale - one.scale) + one.scale
        bias = share * (other.bias - one.bias) + one.bias
        return upsample(logits * scale + bias).sigmoid()

    def logits(self, x: Tensor) -> Tensor:
        """The mean of the networks' own logits (1, 1, H, W), before they are scaled."""
        return upsample(self.look(x)[0])

    def look(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Those logits at a quarter of the size, and features (1, C, 1, 1) of the whole picture.

        The features are the means of the first network's coarsest maps.
        """
        normal = (x - self.mean) / self.deviation
        # One network after the other: what takes up a package's weights counts on that order.
        (first, coarsest), *others = [_see(network, normal) for network in self.networks]
        total: Tensor = sum((logits for logits, _ in others), start=first)
        features = coarsest.mean((2, 3), keepdim=True)
        return (total / len(self.networks) if others else total), features


def _see(network: nn.Module, normal: Tensor) -> tuple[Tensor, Tensor]:
    """A lesion network's logits and coarsest maps."""
    assert isinstance(network, LesionNetwork)
    maps = network.encoder(normal)
    return network.head(network.rise(maps)[-1]), maps[-1]


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
