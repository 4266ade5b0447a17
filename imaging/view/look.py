"""What is done to a photo's colours on the screen: more contrast, and the model's probabilities."""

import cv2
import numpy as np
import numpy.typing as npt

from imaging.framing import Framing, Pixels, Probabilities

DARKEST, LIGHTEST = 2.0, 98.0
"""Percentiles of a channel that become black and white: hairs and shine don't count."""
HEAT = 0.6
"""How much of the colour is the probability's, from 0 to 1."""
_VIRIDIS = cv2.applyColorMap(np.arange(256, dtype=np.uint8), cv2.COLORMAP_VIRIDIS).reshape(256, 3)[
    :, ::-1
]
"""From dark blue to yellow, told apart by lightness alone (256, 3)."""


def stretch_contrast(pixels: Pixels) -> Pixels:
    """The pixels (H, W, 3) with each channel spread over all values, as far as they are seen."""
    low, high = np.percentile(pixels.reshape(-1, 3), (DARKEST, LIGHTEST), axis=0)
    scale = 255 / np.maximum(high - low, 1)
    return np.asarray(np.clip((pixels - low) * scale, 0, 255), np.uint8)


def map_to_screen(grid: Probabilities, model: Framing, screen: Framing) -> Probabilities:
    """Probabilities on the model's grid as the screen shows them, float32 (gh, gw); bilinear.

    0 where the model saw nothing of the photo, and beside the photo.
    """
    rows, columns = screen.inside
    y = _places(rows, screen.top, screen.height, model.top, model.height)
    x = _places(columns, screen.left, screen.width, model.left, model.width)
    map_x, map_y = (np.ascontiguousarray(each) for each in np.broadcast_arrays(x, y[:, None]))
    seen = np.zeros((screen.grid.height, screen.grid.width), np.float32)
    seen[screen.inside] = cv2.remap(grid, map_x, map_y, cv2.INTER_LINEAR)
    return seen


def _places(
    line: slice, start: int, length: int, model_start: int, model_length: int
) -> npt.NDArray[np.float32]:
    """Where the middles of screen pixels lie among the model's, whose first one's middle is 0."""
    share = (np.arange(line.start, line.stop) + 0.5 - start) / length
    return (model_start + share * model_length - 0.5).astype(np.float32)


def draw_heat(pixels: Pixels, probabilities: Probabilities) -> Pixels:
    """The pixels (H, W, 3) under the colours of the probabilities (H, W), 0 to 1."""
    colours = _VIRIDIS[np.rint(probabilities * 255).astype(np.uint8)]
    mixed = cv2.addWeighted(np.ascontiguousarray(colours), HEAT, pixels, 1 - HEAT, 0)
    return np.asarray(mixed, np.uint8)
