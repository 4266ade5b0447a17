"""The encoders that a recipe can name."""

from collections.abc import Callable

from models.train.efficientnet import EfficientNetLite
from models.train.network import CONV_MEDIUM_SHORT, Encoder, LesionNetwork, Pyramid
from models.train.recipe import EncoderName

ENCODERS: dict[EncoderName, Callable[[], Pyramid]] = {
    "conv_small": Encoder,
    "conv_medium_short": lambda: Encoder(CONV_MEDIUM_SHORT),
    "efficientnet_lite0": EfficientNetLite,
}


def lesion_network(encoder: EncoderName, width: int) -> LesionNetwork:
    """The network of a recipe, with random weights."""
    return LesionNetwork(width, ENCODERS[encoder]())
