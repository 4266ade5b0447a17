"""Everything that decides a training run."""

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Recipe:
    """Everything that decides a training run."""

    seed: int = 1
    epochs: int = 80
    small_epochs: int = 50
    small_size: int = 192
    size: int = 256
    encoder: str = "conv_small"
    width: int = 64
    kind: str = ""
    """Train on this kind of photo alone; empty for all."""
    drop: float = 0.0
    """The chance to skip the deepest block (stochastic depth)."""
    coarse_share: float = 0.0
    """How much the losses at strides 16 and 8 count beside the last map's (deep supervision)."""
    boundary_share: float = 0.0
    """How much the boundary loss counts."""
    bfloat16: bool = False
    batch: int = 24
    peak_rate: float = 2e-3
    weight_decay: float = 0.03
    averaging: float = 0.998
    threads: int = 1
    start: str = ""
    """The hash of the package whose weights it begins with; empty for random ones."""
    start_member: int = 1
    """Which of the package's networks."""

    @property
    def where(self) -> dict[str, str]:
        """Which rows of a manifest it trains on."""
        return {"split": "train"} | ({"kind": self.kind} if self.kind else {})

    def size_in(self, epoch: int) -> int:
        """The view's size: small first, which is faster, then what the model ships with."""
        return self.small_size if epoch < self.small_epochs else self.size

    def rate(self, progress: float) -> float:
        """The learning rate at a share of the run: a short rise, then a cosine to nothing."""
        rise = 0.05
        if progress < rise:
            return self.peak_rate * (0.04 + 0.96 * progress / rise)
        return self.peak_rate * 0.5 * (1 + math.cos(math.pi * (progress - rise) / (1 - rise)))
