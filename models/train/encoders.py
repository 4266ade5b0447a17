"""The encoders that a recipe can name."""

from collections.abc import Callable

from models.train.efficientnet import EfficientNetLite
from models.train.network import CONV_MEDIUM_SHORT, Encoder, LesionNetwork, Pyramid

ENCODERS: dict[str, Callable[[], Pyramid]] = {
    "conv_small": Encoder,
    "conv_medium_short": lambda: Encoder(CONV_MEDIUM_SHORT),
    "efficientnet_lite0": EfficientNetLite,
}


def lesion_network(encoder: str, width: int) -> LesionNetwork:
    """The network of a recipe, with random weights."""
    return LesionNetwork(width, ENCODERS[encoder]())
