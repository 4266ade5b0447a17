"""Lesions: an outline that is never quite round, and what lies inside it."""

from dataclasses import dataclass, replace

import numpy as np

from imaging.framing import Mask
from sample_images.drawing.fields import Field, Plane, Random, cells, octaves, smooth
from sample_images.drawing.skin import Tissue


@dataclass(frozen=True)
class Lesion:
    """Where a lesion lies, how it is bounded, and what it adds to the skin.

    Lengths are in short sides, `soft` and the structures' sizes in radii; `turn` is in radians.
    """

    x: float = 0.0
    y: float = 0.0
    radius: float = 0.2
    stretch: float = 1.25
    turn: float = 0.5
    ragged: float = 0.08
    warp: float = 0.09
    soft: float = 0.12
    melanin: float = 1.1
    blood: float = 0.1
    variegation: float = 0.25
    network: float = 0.0
    globules: float = 0.0
    structure: float = 0.07
    blotch: float = 0.0
    veil: float = 0.0
    crust: float = 0.0
    halo: float = 0.0
    raised: float = 0.0
    rough: float = 0.0
    gloss: float = 1.0


@dataclass(frozen=True, eq=False)
class Body:
    """A lesion laid out: how far inside each pixel is (0 on the border, 1 at the centre)."""

    depth: Field
    u: Field
    v: Field


def outlined(lesion: Lesion, plane: Plane, random: Random) -> Body:
    """The lesion's outline: an ellipse with low harmonics, warped by noise."""
    bend = [
        lesion.warp * lesion.radius * octaves(random, plane, lesion.radius * 0.8, 5, 0.5)
        for _ in "uv"
    ]
    x, y = plane.x - lesion.x, plane.y - lesion.y
    u = (x * np.cos(lesion.turn) + y * np.sin(lesion.turn) + bend[0]) / np.sqrt(lesion.stretch)
    v = (y * np.cos(lesion.turn) - x * np.sin(lesion.turn) + bend[1]) * np.sqrt(lesion.stretch)
    reach = lesion.radius * _harmonics(np.arctan2(v, u), lesion.ragged, random)
    return Body(np.asarray(1 - np.hypot(u, v) / reach, np.float32), u, v)


def inside(lesion: Lesion, body: Body) -> Mask:
    """The lesion's true mask, bool (H, W): up to where its pigment fades into the skin."""
    return np.asarray(body.depth > -0.35 * lesion.soft, np.bool_)


def grown(tissue: Tissue, lesion: Lesion, body: Body, plane: Plane, random: Random) -> Tissue:
    """The tissue with the lesion in it."""
    fray = 0.5 * lesion.soft * octaves(random, plane, lesion.radius * 0.12, 4, 0.7)
    edge = smooth(-lesion.soft, lesion.soft * 1.2, body.depth + fray)
    patchy = octaves(random, plane, lesion.radius * 0.7, 5, 0.6)
    amount = edge * np.clip(0.85 + lesion.variegation * patchy, 0.12, None)
    amount = amount * (1 + _structures(lesion, body, plane, random))
    amount += edge * lesion.blotch * _blotch(lesion, body, plane, random)
    redder = np.clip(1 + 0.5 * octaves(random, plane, lesion.radius * 0.5, 5, 0.6), 0.1, None)
    ring = lesion.halo * smooth(-0.7, 0.1, body.depth + fray)
    return replace(
        tissue,
        melanin=tissue.melanin + lesion.melanin * amount,
        blood=tissue.blood + lesion.blood * edge * redder + ring,
        veil=np.maximum(tissue.veil, lesion.veil * edge * _patch(lesion, plane, random)),
        crust=np.maximum(tissue.crust, lesion.crust * edge * _crust(lesion, body, plane, random)),
        height=tissue.height * (1 - 0.5 * edge) + _rise(lesion, body, plane, random),
        gloss=tissue.gloss + edge * (lesion.gloss - 1),
    )


def _harmonics(angle: Field, height: float, random: Random) -> Field:
    total = np.ones_like(angle)
    for wave in range(2, 8):
        total += height * random.normal() / (wave - 1) * np.cos(wave * angle + random.uniform(0, 7))
    return np.clip(total, 0.45, 1.6)


def _structures(lesion: Lesion, body: Body, plane: Plane, random: Random) -> Field:
    """What pigment network and globules add to the amount of pigment, about 0 on average."""
    total = np.zeros_like(body.depth)
    size = lesion.structure * lesion.radius
    bend = 0.5 * size * octaves(random, plane, size * 3, 3)
    if lesion.network:
        mesh = cells(random, body.u + bend, body.v - bend, size)
        lines = smooth(0.32, 0.04, mesh.gap) * (0.6 + 0.8 * mesh.tone)
        where = np.clip(0.9 + 0.6 * octaves(random, plane, lesion.radius * 0.5, 3), 0.1, 1.6)
        total += lesion.network * where * (lines - 0.35)
    if lesion.globules:
        dots = cells(random, body.u + bend, body.v - bend, size * 1.5)
        round_ones = smooth(0.55, 0.2, dots.near) * smooth(0.15, 0.6, dots.tone)
        total += lesion.globules * (round_ones - 0.3)
    return total


def _blotch(lesion: Lesion, body: Body, plane: Plane, random: Random) -> Field:
    """A darker part off the centre."""
    angle = random.uniform(0, 2 * np.pi)
    u, v = (0.35 * lesion.radius * f(angle) for f in (np.cos, np.sin))
    away = np.hypot(body.u - u, body.v - v) / lesion.radius
    away += 0.16 * octaves(random, plane, lesion.radius * 0.5, 5, 0.6)
    return smooth(0.75, 0.1, away)


def _patch(lesion: Lesion, plane: Plane, random: Random) -> Field:
    return smooth(-0.2, 1.2, octaves(random, plane, lesion.radius * 0.9, 4))


def _crust(lesion: Lesion, body: Body, plane: Plane, random: Random) -> Field:
    flakes = octaves(random, plane, lesion.radius * 0.35, 5, 0.65) + 1.6 * body.depth
    return smooth(0.9, 1.5, flakes)


def _rise(lesion: Lesion, body: Body, plane: Plane, random: Random) -> Field:
    """The lesion's own height: a dome, cobbled where it is rough."""
    dome = np.sqrt(np.clip(body.depth + 0.04, 0, 1)) * lesion.radius * 0.4
    if not lesion.rough:
        return np.asarray(lesion.raised * dome, np.float32)
    cobbles = cells(random, body.u, body.v, lesion.radius * 0.17)
    bumps = smooth(0.9, 0.1, cobbles.near) * smooth(0, 0.2, body.depth)
    bumps += 0.3 * octaves(random, plane, lesion.radius * 0.1, 3) * smooth(0, 0.2, body.depth)
    return np.asarray(
        lesion.raised * dome + lesion.rough * lesion.radius * 0.05 * bumps, np.float32
    )
