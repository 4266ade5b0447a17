"""What else lies in such photos: rulers, stickers, pen marks, bubbles in the gel."""

from dataclasses import dataclass

import numpy as np

from sample_images.drawing.fields import Field, Plane, Random, blurred, octaves, smooth
from sample_images.drawing.page import Page

PAPER = (0.80, 0.80, 0.76)
INK = (0.018, 0.018, 0.022)
VIOLET = (0.07, 0.05, 0.26)


@dataclass(frozen=True)
class Scale:
    """A printed scale without paper, as dermatoscopes lay it into the picture."""

    x: float
    y: float
    length: float = 0.6
    turn: float = 0.0
    ticks: int = 20


@dataclass(frozen=True)
class Ruler:
    """A paper ruler: its middle, its length and width in short sides, a millimetre's length."""

    x: float
    y: float
    length: float = 1.2
    width: float = 0.17
    turn: float = 0.0
    millimetre: float = 0.03


@dataclass(frozen=True)
class Sticker:
    """A round coloured sticker."""

    x: float
    y: float
    radius: float
    colour: tuple[float, float, float] = (0.01, 0.25, 0.60)


@dataclass(frozen=True)
class Pen:
    """A dashed pen circle around a spot."""

    x: float
    y: float
    radius: float
    colour: tuple[float, float, float] = VIOLET


@dataclass(frozen=True)
class Bubbles:
    """Air in the immersion gel."""

    count: int


Thing = Scale | Ruler | Sticker | Pen | Bubbles


def laid(light: Field, thing: Thing, plane: Plane, random: Random) -> Field:
    """The picture (linear, H, W, 3) with a thing in it."""
    match thing:
        case Scale():
            return _inked(light, _scale_marks(thing, plane), INK, 0.8)
        case Ruler():
            return _ruler(light, thing, plane, random)
        case Sticker():
            return _sticker(light, thing, plane, random)
        case Pen():
            return _pen(light, thing, plane, random)
        case Bubbles():
            return _bubbles(light, thing, plane, random)


def _scale_marks(scale: Scale, plane: Plane) -> Field:
    page = Page(plane, scale.x, scale.y, scale.turn)
    step, thick = scale.length / scale.ticks, 0.003
    page.line((-scale.length / 2, 0), (scale.length / 2, 0), thick)
    for tick in range(scale.ticks + 1):
        at = -scale.length / 2 + tick * step
        page.line((at, 0), (at, -0.026 if tick % 5 else -0.045), thick)
    page.text("mm", (-scale.length / 2, 0.05), 0.04)
    return page.ink


def _ruler(light: Field, ruler: Ruler, plane: Plane, random: Random) -> Field:
    half = np.array((ruler.length, ruler.width)) / 2
    page = Page(plane, ruler.x, ruler.y, ruler.turn)
    page.area([(-half[0], -half[1]), (half[0], -half[1]), tuple(half), (-half[0], half[1])])
    paper = page.ink
    shade = np.roll(blurred(paper, plane, 0.012), (plane.unit // 90, plane.unit // 140), (0, 1))
    light = light * (1 - 0.45 * shade[..., None])
    grain = 1 + 0.015 * octaves(random, plane, 0.01, 3) + 0.03 * octaves(random, plane, 0.5, 2)
    light = light + paper[..., None] * (np.array(PAPER, np.float32) * grain[..., None] - light)
    return _inked(light, _ruler_marks(ruler, plane), INK, 0.9)


def _ruler_marks(ruler: Ruler, plane: Plane) -> Field:
    page = Page(plane, ruler.x, ruler.y, ruler.turn)
    top, count = -ruler.width / 2, int(ruler.length / ruler.millimetre)
    for tick in range(1, count):
        at = -ruler.length / 2 + tick * ruler.millimetre
        long = 0.5 if tick % 10 == 5 else 0.34 if tick % 5 else 0.62
        page.line((at, top), (at, top + ruler.width * long * 0.6), 0.0028 if tick % 5 else 0.004)
        if tick % 10 == 0:
            page.text(str(tick // 10), (at - 0.014, ruler.width * 0.34), ruler.width * 0.28)
    return page.ink


def _sticker(light: Field, sticker: Sticker, plane: Plane, random: Random) -> Field:
    away = np.hypot(plane.x - sticker.x, plane.y - sticker.y)
    shape = smooth(sticker.radius + 0.002, sticker.radius - 0.002, away)
    shadow = smooth(sticker.radius + 0.03, sticker.radius - 0.01, away) * (1 - shape)
    weave = 1 + 0.08 * octaves(random, plane, 0.006, 2) + 0.05 * octaves(random, plane, 0.3, 3)
    light = light * (1 - 0.3 * shadow[..., None])
    colour = np.array(sticker.colour, np.float32) * weave[..., None]
    return np.asarray(light + shape[..., None] * (colour - light), np.float32)


def _pen(light: Field, pen: Pen, plane: Plane, random: Random) -> Field:
    wobble = 0.05 * pen.radius * octaves(random, plane, pen.radius, 3)
    x, y = plane.x - pen.x, plane.y - pen.y
    away = np.abs(np.hypot(x, y) + wobble - pen.radius)
    dashes = smooth(-0.25, 0.05, np.sin(np.arctan2(y, x) * 7 + 1))
    worn = np.clip(0.75 + 0.3 * octaves(random, plane, 0.015, 3), 0.2, 1)
    return _inked(light, smooth(0.013, 0.007, away) * dashes * worn, pen.colour, 0.75)


def _bubbles(light: Field, bubbles: Bubbles, plane: Plane, random: Random) -> Field:
    rim = np.zeros(plane.x.shape, np.float32)
    for _ in range(bubbles.count):
        x, y = random.uniform(-0.5, 0.5, 2) * (plane.width, plane.height) / plane.unit
        radius = random.lognormal(-4.6, 0.5)
        away = np.hypot(plane.x - x, plane.y - y) / radius
        ring = np.exp(-(((away - 1) / 0.16) ** 2))
        lit = 0.5 + 0.5 * np.cos(np.arctan2(plane.y - y, plane.x - x) + 2.3)
        rim = np.maximum(rim, ring * (0.25 + 0.75 * lit))
        light = light * (1 - 0.25 * (np.exp(-(((away - 1.25) / 0.2) ** 2)))[..., None])
    return np.asarray(light + 0.3 * rim[..., None] * (1 - light), np.float32)


def _inked(light: Field, ink: Field, colour: tuple[float, float, float], strength: float) -> Field:
    opaque = strength * ink[..., None]
    return np.asarray(light + opaque * (np.asarray(colour, np.float32) - light), np.float32)
