"""Everything that decides a training run."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

EncoderName = Literal["conv_small", "conv_medium_short", "efficientnet_lite0"]
CHANGEABLE = (
    "epochs",
    "patience",
    "seconds",
    "frozen_stages",
    "bfloat16",
    "threads",
    "drawers",
    "device",
)
"""What may differ from the checkpoint that a run takes up: how long, and on what machine."""


class UnfitRun(ValueError):
    """A recipe, a checkpoint or a run's data that can't be used; the message says what to do."""


@dataclass(frozen=True)
class Recipe:
    """Everything that decides a training run."""

    seed: int = 1
    epochs: int = 80
    seconds: int = 0
    """How long the run takes, whatever its epochs; 0: as long as they do."""
    patience: int = 0
    """Stop once so many epochs brought nothing on dev, and keep the best; 0: go on to the end."""
    small_epochs: int = 50
    small_size: int = 192
    size: int = 256
    encoder: EncoderName = "conv_small"
    width: int = 64
    frozen_stages: int = 0
    """How many stages of the encoder, from the first, keep the weights they begin with."""
    kind: str = ""
    """Train on this kind of photo alone; empty for all."""
    even: bool = False
    """Show as many photos of each kind in an epoch."""
    drop: float = 0.0
    """The chance to skip the deepest block (stochastic depth)."""
    coarse_share: float = 0.0
    """How much the losses at strides 16 and 8 count beside the last map's (deep supervision)."""
    boundary_share: float = 0.0
    """How much the boundary loss counts."""
    bfloat16: bool = False
    batch: int = 24
    peak_rate: float = 2e-3
    encoder_rate: float = 1.0
    """The encoder's learning rate, as a share of the decoder's."""
    rise: float = 0.05
    """The share of the run, at its beginning, in which the learning rate rises."""
    tail: float = 0.95
    """The share of the run, at its end, in which the learning rate falls."""
    weight_decay: float = 0.03
    averaging: float = 0.998
    threads: int = 1
    drawers: int = 1
    """How many processes draw views."""
    device: str = "cpu"
    """Where it trains, by PyTorch's name."""
    start: str = ""
    """The hash of the package or checkpoint it begins with; empty for random weights."""
    start_member: int = 1
    """Which of the package's networks with that encoder."""
    start_share: float = 0.0
    """The share of its first weights in those that it gives, the trained ones being the rest
    (Wortsman et al. 2022): it forgets less of what it could before."""
    paste_chance: float = 0.08
    """How often a view gets another photo's lesion beside its own. The official masks of dermoscopy
    leave a second lesion out."""
    teacher: str = ""
    """The hash of the checkpoint whose maps it learns from beside the true ones; empty for none."""
    teacher_share: float = 0.5
    """How much those maps count; the true ones the rest."""
    own_share: float = 0.0
    """How much the maps of what it began with count, in place of a teacher's (Li and Hoiem,
    "Learning without Forgetting", 2016)."""

    @property
    def where(self) -> dict[str, str]:
        """Which rows of a manifest it trains on."""
        return {"split": "train"} | ({"kind": self.kind} if self.kind else {})

    def size_in(self, epoch: int) -> int:
        """The view's size: small first, which is faster, then what the model ships with."""
        return self.small_size if epoch < self.small_epochs else self.size

    def rate(self, progress: float) -> float:
        """The learning rate at a share of the run: a short rise, level, a cosine to nothing."""
        if progress < self.rise:
            return self.peak_rate * (0.04 + 0.96 * progress / self.rise)
        fallen = max(0.0, progress - (1 - self.tail)) / self.tail
        return self.peak_rate * 0.5 * (1 + math.cos(math.pi * fallen))


def fixed(recipe: Mapping[str, Any]) -> dict[str, Any]:
    """What of a recipe has to stay the same from its first epoch to its last."""
    return {name: value for name, value in recipe.items() if name not in CHANGEABLE}
