"""What is handed to a model and what is made of its answer, the same for every backend."""

import numpy as np
import numpy.typing as npt
from PIL import Image

from imaging.framing import Pixels, Probabilities
from models.package.interface import GREY, LOGIT
from models.package.onnx_file import BYTES, IMAGENET, OnnxInput

MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
"""ImageNet's, of values from 0 to 1, of red, green and blue."""


def to_picture(framed: Pixels, colour: str) -> Image.Image:
    """A framed photo, uint8 (gh, gw, 3), as Core ML takes it: it reorders RGB to BGR by itself."""
    rgb = Image.fromarray(framed)
    return rgb.convert("L") if colour == "GRAYSCALE" else rgb


def to_planes(framed: Pixels, colour: str) -> npt.NDArray[np.float32]:
    """A framed photo, uint8 (gh, gw, 3), as the program takes it: (1, channels, gh, gw), 0…255."""
    values = np.atleast_3d(np.asarray(to_picture(framed, colour)))
    ordered = values[..., ::-1] if colour == "BGR" else values
    return np.ascontiguousarray(ordered.transpose(2, 0, 1)[None], dtype=np.float32)


def to_tensor(framed: Pixels, colour: str, wanted: OnnxInput) -> npt.NDArray[np.generic]:
    """A framed photo, uint8 (gh, gw, 3), as an ONNX graph takes it; see `OnnxInput`."""
    planes = to_planes(framed, colour)
    if wanted.values != BYTES:
        planes /= 255
    if wanted.values == IMAGENET:
        mean, deviation = (
            np.array(each[: planes.shape[1]], np.float32)[None, :, None, None]
            for each in (_ordered(MEAN, colour), _ordered(DEVIATION, colour))
        )
        planes = (planes - mean) / deviation
    laid = planes.transpose(0, 2, 3, 1) if wanted.channels_last else planes
    return np.ascontiguousarray(laid, np.uint8 if wanted.as_bytes else np.float32)


def _ordered(values: tuple[float, ...], colour: str) -> tuple[float, ...]:
    """A value for each channel, in the order of a colour layout; for grey the mean of all."""
    if colour == "GRAYSCALE":
        return (sum(values) / len(values),)
    return values[::-1] if colour == "BGR" else values


def to_probabilities(values: npt.NDArray[np.float32], kind: str) -> Probabilities:
    """A map of a kind (see `models.package.interface`), as probabilities of the same shape."""
    if kind == LOGIT:
        # The sigmoid, written so that no logit overflows.
        return np.asarray(0.5 + 0.5 * np.tanh(values / 2), np.float32)
    if kind == GREY:
        return np.asarray((values / 255).clip(0, 1), np.float32)
    return values
