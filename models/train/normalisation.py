"""How a photo's values are scaled before the network sees them, as for ImageNet."""

from models.run.tensors import DEVIATION, MEAN

__all__ = ["DEVIATION", "MEAN"]
