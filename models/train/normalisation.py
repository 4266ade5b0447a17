"""How a photo's values are scaled before the network sees them, as for ImageNet."""

from torch import Tensor

from models.run.tensors import DEVIATION, MEAN

__all__ = ["DEVIATION", "MEAN", "normalise"]


def normalise(photos: Tensor) -> Tensor:
    """uint8 (N, H, W, 3) to normalised float (N, 3, H, W), channels last in memory."""
    scaled = photos.permute(0, 3, 1, 2).float() / 255
    mean, deviation = (scaled.new_tensor(values)[:, None, None] for values in (MEAN, DEVIATION))
    return (scaled - mean) / deviation
