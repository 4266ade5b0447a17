"""The network as it ships: normalisation before it, calibrated probabilities behind it."""

from pathlib import Path

import torch
from torch import Tensor, nn

from models.calibration import Scaling
from models.network import ENCODERS, LesionNetwork, upsample
from models.training import DEVIATION, MEAN, Recipe


class Exported(nn.Module):
    """Values from 0 to 1 in, exact normalisation, scaled and shifted logits, probabilities out.

    In: float (1, 3, H, W). Out: float (1, 1, H, W).
    """

    mean: Tensor
    deviation: Tensor

    def __init__(self, network: LesionNetwork, scaling: Scaling | None = None) -> None:
        super().__init__()
        self.network = network
        self.scaling = scaling or Scaling()
        self.register_buffer("mean", torch.tensor(MEAN)[:, None, None])
        self.register_buffer("deviation", torch.tensor(DEVIATION)[:, None, None])

    def forward(self, x: Tensor) -> Tensor:
        """Values (1, 3, H, W) from 0 to 1 to probabilities (1, 1, H, W)."""
        return (self.logits(x) * self.scaling.scale + self.scaling.bias).sigmoid()

    def logits(self, x: Tensor) -> Tensor:
        """The network's own logits (1, 1, H, W), before they are scaled."""
        return upsample(self.network((x - self.mean) / self.deviation))


def load_checkpoint(path: Path) -> tuple[Exported, Recipe, int]:
    """The averaged network of a checkpoint, not calibrated, with its recipe and finished epochs."""
    state = torch.load(path, weights_only=True)
    recipe = Recipe(**state["recipe"])
    network = LesionNetwork(recipe.width, ENCODERS[recipe.encoder])
    prefix = "module."
    network.load_state_dict(
        {
            name.removeprefix(prefix): value
            for name, value in state["averaged"].items()
            if name.startswith(prefix)
        }
    )
    return Exported(network).eval(), recipe, state["epoch"]
