"""Hairs: tapered strands with a shadow beside them."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from sample_images.drawing.fields import Field, Plane, Random, blurred

Points = npt.NDArray[np.float64]
DARK = (0.022, 0.014, 0.010)
BROWN = (0.075, 0.042, 0.024)
FAIR = (0.52, 0.40, 0.26)
GREY = (0.62, 0.60, 0.57)
Layer = npt.NDArray[np.uint8]
_STEPS = 36
_FRACTION = 4


@dataclass(frozen=True)
class Hair:
    """How hairs grow: lengths and widths in short sides, `angle` and its `spread` in radians."""

    count: int
    length: float = 0.5
    width: float = 0.004
    angle: float = 0.6
    spread: float = 0.5
    curl: float = 0.6
    colour: tuple[float, float, float] = DARK
    shadow: float = 0.35
    strength: float = 0.92


def covered(light: Field, hair: Hair, plane: Plane, random: Random) -> Field:
    """The picture (linear, H, W, 3) with hairs over it."""
    layer = _strands(hair, plane, random)
    offset = max(1, round(hair.width * plane.unit * 1.2))
    fallen = np.roll(blurred(layer, plane, hair.width * 0.9), (offset, offset), (0, 1))
    light = light * (1 - hair.shadow * fallen[..., None])
    sheen = 0.6 + 0.9 * random.random((1, 1, 1), np.float32)
    colour = np.asarray(hair.colour, np.float32) * sheen
    opaque = hair.strength * layer[..., None]
    return np.asarray(light + opaque * (colour - light), np.float32)


def _strands(hair: Hair, plane: Plane, random: Random) -> Field:
    """How much of each pixel is hair, 0 to 1; drawn twice as large for thin strands."""
    zoom = 2 if plane.unit < 2000 else 1
    layer = np.zeros((plane.height * zoom, plane.width * zoom), np.uint8)
    for _ in range(hair.count):
        points = _strand(hair, plane, random) * zoom
        _draw(layer, points, hair.width * random.uniform(0.6, 1.25) * plane.unit * zoom)
    small = cv2.resize(layer, (plane.width, plane.height), interpolation=cv2.INTER_AREA)
    return np.asarray(small / 255, np.float32)


def _strand(hair: Hair, plane: Plane, random: Random) -> Points:
    """One hair's middle line in pixels: it starts anywhere and bends more and more."""
    length = hair.length * random.uniform(0.5, 1.3) * plane.unit
    start = random.uniform(-0.1, 1.1, 2) * (plane.width, plane.height)
    angle = hair.angle + random.normal(0, hair.spread)
    bend = random.normal(0, hair.curl) * np.linspace(0, 1, _STEPS) ** 1.4
    bend += random.normal(0, hair.curl * 0.4) * np.sin(np.linspace(0, random.uniform(2, 6), _STEPS))
    steps = np.stack((np.cos(angle + bend), np.sin(angle + bend)), 1) * length / _STEPS
    return np.asarray(start + np.cumsum(steps, 0))


def _draw(layer: Layer, points: Points, width: float) -> None:
    """A strand in short pieces that get thinner; below one pixel it gets fainter instead."""
    scaled = np.round(points * 2**_FRACTION).astype(np.int32)
    taper = width * np.minimum(1, np.linspace(2.2, 0.25, _STEPS))
    for index in range(_STEPS - 1):
        thick, faint = max(1, round(taper[index])), min(1.0, float(taper[index]))
        piece = scaled[index : index + 2].reshape(1, 2, 2)
        cv2.polylines(layer, [piece], False, 255 * faint, thick, cv2.LINE_AA, _FRACTION)
