"""Light, lens and sensor: from tissue to the picture that a camera would have stored."""

from dataclasses import dataclass

import numpy as np

from imaging.framing import Pixels
from sample_images.drawing.fields import Field, Plane, Random, blurred, octaves, slope, smooth
from sample_images.drawing.skin import Tissue, reflectance

TO_P3 = np.array(((0.8225, 0.1774, 0.0), (0.0332, 0.9669, 0.0), (0.0171, 0.0724, 0.9108)))
"""Linear sRGB to linear Display P3 (both D65)."""


@dataclass(frozen=True)
class Camera:
    """How a photo is lit and taken; lengths in short sides, angles in radians."""

    exposure: float = 1.0
    warmth: float = 0.0
    """Above 0 yellow, below 0 blue."""
    light: float = 0.8
    """Where the light comes from."""
    uneven: float = 0.15
    shading: float = 1.0
    """How much relief is seen: 1 in light from the side, near 0 through a dermatoscope's glass."""
    gleam: float = 0.0
    vignette: float = 0.15
    tube: float = 0.0
    """Radius of a dermatoscope's round view; 0 where there is none."""
    focus: float = 0.0007
    noise: float = 0.008


def lit(tissue: Tissue, camera: Camera, plane: Plane, random: Random) -> Field:
    """The tissue in the photo's light: linear sRGB, float32 (H, W, 3)."""
    steep = slope(tissue.height, plane, camera.light)
    shade = np.clip(1 + camera.shading * 1.1 * steep, 0.25, 1.8)
    colour = reflectance(tissue) * shade[..., None]
    return np.asarray(colour + _gleam(tissue, steep, camera, plane, random)[..., None], np.float32)


def taken(light: Field, camera: Camera, plane: Plane, random: Random) -> Field:
    """What falls on the sensor, with its noise: linear, float32 (H, W, 3), about 0 to 1."""
    tint = np.array((1 + 0.5 * camera.warmth, 1, 1 - camera.warmth), np.float32)
    light = light * tint * (camera.exposure * _illumination(camera, plane, random))[..., None]
    light = blurred(light, plane, camera.focus)
    if camera.tube:
        light = light * _tube(camera, plane, random)[..., None]
    grey = random.standard_normal((plane.height, plane.width, 1), np.float32)
    coloured = random.standard_normal((plane.height, plane.width, 3), np.float32)
    noise = blurred(grey + 0.5 * coloured, plane, 0.55 / plane.unit)
    deviation = camera.noise * np.sqrt(np.clip(light, 0, 1) + 0.01)
    return np.asarray(light + deviation * noise, np.float32)


def encoded(light: Field) -> Pixels:
    """Linear light through the sRGB curve (IEC 61966-2-1) to uint8; P3 has the same curve."""
    light = np.clip(light, 0, None)
    light = np.where(light > 0.75, 0.75 + 0.25 * np.tanh((light - 0.75) / 0.25), light)
    curve = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    return np.asarray(np.round(curve * 255), np.uint8)


def _illumination(camera: Camera, plane: Plane, random: Random) -> Field:
    toward = plane.x * np.cos(camera.light) + plane.y * np.sin(camera.light)
    clouds = 0.06 * octaves(random, plane, 0.9, 2)
    corner = (plane.width**2 + plane.height**2) / (2 * plane.unit) ** 2
    fall = camera.vignette * (plane.x**2 + plane.y**2) / corner
    return np.asarray(np.clip(1 - camera.uneven * (toward + clouds) - fall, 0.05, 2), np.float32)


def _gleam(tissue: Tissue, steep: Field, camera: Camera, plane: Plane, random: Random) -> Field:
    """White flecks where the surface turns to the light, more where it is glossy."""
    if not camera.gleam:
        return np.zeros_like(steep)
    where = smooth(-0.6, 1.6, octaves(random, plane, 0.35, 3))
    fine = octaves(random, plane, 0.012, 4, 0.75)
    facing = steep / (steep.std() + 1e-6) + 0.7 * fine
    flecks = smooth(1.2, 3.2, facing) + 0.25 * smooth(0.2, 2.4, facing)
    return np.asarray(camera.gleam * tissue.gloss * where * flecks, np.float32)


def _tube(camera: Camera, plane: Plane, random: Random) -> Field:
    """The round view of a dermatoscope: dark outside, a soft rim, light scattered in the tube."""
    x, y = random.normal(0, 0.015, 2)
    away = np.hypot(plane.x - x, plane.y - y)
    rim = smooth(camera.tube + 0.012, camera.tube - 0.03, away)
    shade = 0.35 + 0.65 * smooth(camera.tube, camera.tube - 0.16, away)
    return np.asarray(0.012 + rim * shade * 0.988, np.float32)
