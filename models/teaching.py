"""Learning from trained networks beside the annotators' masks: from their maps and features.

The maps after Hinton et al., "Distilling the Knowledge in a Neural Network" (2015,
arXiv:1503.02531), the features after Romero et al., "FitNets: Hints for Thin Deep Nets" (2014,
arXiv:1412.6550). The teachers see the very view that the student sees.
"""

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from models.encoders import lesion_network
from models.network import LesionNetwork, upsample

HINTED = 2
"""The first stage whose features are hints: stride 8; those before see edges and no lesion."""


class Teacher:
    """Trained networks that are only asked: features of the first, the mean map of all."""

    def __init__(self, networks: Sequence[LesionNetwork]) -> None:
        self.networks = [network.eval().requires_grad_(requires_grad=False) for network in networks]
        for network in self.networks:
            network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    @classmethod
    def load(cls, checkpoints: Sequence[Path]) -> "Teacher":
        """The averaged networks of runs' checkpoints."""
        return cls([_averaged(path) for path in checkpoints])

    @property
    def channels(self) -> list[int]:
        """How many channels each stage of the first has."""
        return self.networks[0].encoder.channels

    def say(self, photos: Tensor) -> tuple[list[Tensor], Tensor]:
        """What they make of normalised photos (N, 3, H, W): stages and a map (N, 1, H, W)."""
        with torch.no_grad():
            seen = [network.encoder(photos) for network in self.networks]
            logits = [
                network.head(network.decode(stages)[-1]).float()
                for network, stages in zip(self.networks, seen, strict=True)
            ]
            return seen[0][HINTED:], upsample(torch.stack(logits).mean(dim=0)).sigmoid()


def _averaged(checkpoint: Path) -> LesionNetwork:
    state = torch.load(checkpoint, weights_only=True)
    recipe = state["recipe"]
    network = lesion_network(recipe["encoder"], recipe["width"])
    weights = {key: value for key, value in state["averaged"].items() if key != "n_averaged"}
    nn.ModuleDict({"module": network}).load_state_dict(weights)
    return network


class Hints(nn.Module):
    """How far a student's features are from a teacher's, each stage through a 1×1 convolution."""

    def __init__(self, own: Sequence[int], theirs: Sequence[int]) -> None:
        super().__init__()
        pairs = zip(own[HINTED:], theirs[HINTED:], strict=True)
        self.projections = nn.ModuleList(nn.Conv2d(a, b, 1) for a, b in pairs)

    def forward(self, own: Sequence[Tensor], theirs: Sequence[Tensor]) -> Tensor:
        """Mean squared error over stages (N, C, h, w), the teacher's channels standardised."""
        total = own[0].new_zeros((), dtype=torch.float32)
        for project, ours, hint in zip(self.projections, own, theirs, strict=True):
            wanted = F.batch_norm(hint.float(), None, None, training=True)
            total = total + F.mse_loss(project(ours).float(), wanted)
        return total / len(self.projections)
