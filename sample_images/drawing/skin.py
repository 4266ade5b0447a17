"""Skin as its pigments and its relief, and the colour that they give.

Reflectance falls exponentially with melanin and blood, the idea behind Tsumura et al.,
"Image-based skin color and texture analysis/synthesis", 2003; the coefficients are by eye.
"""

from dataclasses import dataclass

import numpy as np

from sample_images.drawing.fields import Field, Plane, Random, cells, grain, octaves, smooth

DERMIS = np.array((0.90, 0.80, 0.72), np.float32)
"""Skin without any pigment, linear sRGB."""
MELANIN = np.array((0.52, 1.0, 1.32), np.float32)
BLOOD = np.array((0.10, 0.85, 0.66), np.float32)
VEIL = np.array((0.26, 0.29, 0.36), np.float32)
"""Pigment deep in the skin is seen blue-grey."""
CRUST = np.array((0.48, 0.37, 0.22), np.float32)


@dataclass(frozen=True)
class Skin:
    """A person's skin under this lens: `furrow` is the size of its cells in short sides."""

    melanin: float
    """0.1 for Fitzpatrick type I, 2.4 for type VI."""
    blood: float = 0.25
    mottle: float = 0.12
    furrow: float = 0.016
    relief: float = 0.5
    lines: float = 0.5
    freckles: float = 0.0
    angle: float = 0.4


@dataclass(frozen=True, eq=False)
class Tissue:
    """What the light meets: pigments, the surface's height in short sides, gloss and crust."""

    melanin: Field
    blood: Field
    veil: Field
    crust: Field
    height: Field
    gloss: Field


def bare(skin: Skin, plane: Plane, random: Random) -> Tissue:
    """Skin without a lesion."""
    uneven = octaves(random, plane, 0.5, 5, 0.6)
    flush = octaves(random, plane, 0.3, 6, 0.62)
    fine = octaves(random, plane, 0.012, 3, 0.7)
    melanin = skin.melanin * (1 + skin.mottle * uneven + 0.04 * fine)
    melanin = np.maximum(melanin + _freckles(skin, plane, random), np.float32(0.02))
    blood = np.maximum(skin.blood * (1 + 2.2 * skin.mottle * flush + 0.1 * fine), np.float32(0.02))
    height = _relief(skin, plane, random)
    empty = np.zeros_like(height)
    return Tissue(melanin.astype(np.float32), blood, empty, empty, height, empty + np.float32(1))


def reflectance(tissue: Tissue) -> Field:
    """The tissue's colour in even white light: linear sRGB, float32 (H, W, 3)."""
    absorbed = tissue.melanin[..., None] * MELANIN + tissue.blood[..., None] * BLOOD
    colour = DERMIS * np.exp(-absorbed)
    colour += tissue.veil[..., None] * (VEIL - colour)
    colour += tissue.crust[..., None] * (CRUST - colour)
    return np.asarray(colour, np.float32)


def _freckles(skin: Skin, plane: Plane, random: Random) -> Field:
    """Faint spots of many sizes, the melanin that they add."""
    total = np.zeros((plane.height, plane.width), np.float32)
    if not skin.freckles:
        return total
    bend = 0.01 * octaves(random, plane, 0.03, 3)
    for size in (0.05, 0.09, 0.16):
        spots = cells(random, plane.x + bend, plane.y - bend, size)
        chosen = smooth(0.55, 1, spots.tone)
        total += chosen * smooth(0.3, 0.08, spots.near)
    return skin.freckles * total


def _relief(skin: Skin, plane: Plane, random: Random) -> Field:
    """Furrows between small plateaus, lines across them, and pores."""
    bend = skin.furrow * 0.35 * octaves(random, plane, skin.furrow * 3, 2)
    along = plane.x * np.cos(skin.angle) + plane.y * np.sin(skin.angle) + bend
    across = plane.y * np.cos(skin.angle) - plane.x * np.sin(skin.angle) - bend
    plateaus = cells(random, along * 0.72, across, skin.furrow)
    depth = smooth(0.0, 0.35, plateaus.gap) + 0.35 * plateaus.tone
    depth += 0.3 * octaves(random, plane, skin.furrow, 3, 0.7)
    depth += skin.lines * grain(random, plane, skin.furrow * 14, skin.furrow * 1.1, skin.angle)
    pores = cells(random, plane.x, plane.y, skin.furrow * 2.6)
    depth -= 1.2 * smooth(0.14, 0.04, pores.near) * (pores.tone > 0.5)
    folds = octaves(random, plane, 0.6, 3)
    return np.asarray(skin.relief * 0.0011 * depth + 0.006 * folds, np.float32)
