"""What a camera, a hospital and a hand do to a photo, so that the network has seen it.

All functions take and give uint8 (H, W, 3) RGB and use the generator they are handed; masks are
uint8 (H, W), 0 or 255.
"""

from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt

Picture = npt.NDArray[np.uint8]
Random = np.random.Generator
Effect = Callable[[Picture, Random], Picture]


def augment(picture: Picture, mask: Picture, size: int, random: Random) -> tuple[Picture, Picture]:
    """One training view (size, size) of a photo and its mask, a new one at every call."""
    view, truth = warp(picture, mask, size, random)
    for chance, effect in EFFECTS:
        if random.random() < chance:
            view = effect(view, random)
    return view, truth


def warp(picture: Picture, mask: Picture, size: int, random: Random) -> tuple[Picture, Picture]:
    """Turned, mirrored, scaled, stretched and moved; outside is black, or the photo mirrored."""
    height, width = mask.shape
    scale = size / max(height, width) * float(np.exp(random.uniform(np.log(0.67), np.log(1.6))))
    stretch = float(np.exp(random.normal(0.0, 0.08)))
    angle = random.uniform(0, 2 * np.pi) if random.random() < 0.8 else 0.0
    flip = -1.0 if random.random() < 0.5 else 1.0
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    linear = scale * turn @ np.diag([stretch * flip, 1 / stretch])
    reach = 0.12 if random.random() < 0.8 else 0.35
    centre = size * (0.5 + random.uniform(-reach, reach, 2))
    matrix = np.column_stack([linear, centre - linear @ np.array([width / 2, height / 2])])
    border = cv2.BORDER_CONSTANT if random.random() < 0.6 else cv2.BORDER_REFLECT_101
    if scale < 0.75:
        picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), 0.4 / scale), np.uint8)
    view = cv2.warpAffine(picture, matrix, (size, size), flags=cv2.INTER_LINEAR, borderMode=border)
    truth = cv2.warpAffine(mask, matrix, (size, size), flags=cv2.INTER_LINEAR, borderMode=border)
    return np.asarray(view, np.uint8), np.asarray(truth, np.uint8)


def take_colours(picture: Picture, other: Picture, random: Random) -> Picture:
    """Wholly or in part the mean and spread of each channel of another photo, in CIELAB.

    Reinhard et al., "Color Transfer between Images" (2001), there in another opponent space.
    """
    own, theirs = (cv2.cvtColor(p, cv2.COLOR_RGB2LAB) for p in (picture, other))
    (centre, deviation), (their_centre, their_deviation) = map(cv2.meanStdDev, (own, theirs))
    share = random.uniform(0.3, 1.0)
    ratio = their_deviation / np.maximum(deviation, 1)
    spread = 1 + share * (ratio.clip(0.5, 2.0) - 1)
    target = centre + share * (their_centre - centre)
    curves = ((np.arange(256) - centre) * spread + target).clip(0, 255).astype(np.uint8)
    moved = cv2.LUT(own, np.ascontiguousarray(curves.T)[None])
    return np.asarray(cv2.cvtColor(moved, cv2.COLOR_LAB2RGB), np.uint8)


def paste(
    picture: Picture, mask: Picture, other: Picture, other_mask: Picture, random: Random
) -> tuple[Picture, Picture]:
    """Another photo's lesion beside this one's, its skin toned to the skin where it lands.

    Where it would land on the lesion itself, or covers much of the frame, nothing is pasted.
    """
    height, width = mask.shape
    share = cv2.countNonZero(other_mask) / other_mask.size
    if not 0.002 < share < 0.4:
        return picture, mask
    scale = max(height, width) / max(other_mask.shape) * random.uniform(0.3, 0.8)
    place = random.uniform(0.1, 0.9, 2) * (width, height)
    middle = np.argwhere(other_mask > 127).mean(axis=0)[::-1]
    angle = random.uniform(0, 2 * np.pi)
    linear = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    matrix = np.column_stack([linear, place - linear @ middle])
    mirrored = cv2.BORDER_REFLECT_101
    lesion = cv2.warpAffine(other, matrix, (width, height), borderMode=mirrored)
    its_mask = cv2.warpAffine(other_mask, matrix, (width, height))
    reach = 2 * int(max(2, np.sqrt(cv2.countNonZero(its_mask)) * 0.15)) + 1
    grown = cv2.dilate(its_mask, np.ones((reach, reach), np.uint8))
    ring = (grown > 127) & (its_mask < 64)
    if not ring.any() or bool(((grown > 127) & (mask > 127)).any()):
        return picture, mask
    tone = picture[ring].mean(axis=0) - lesion[ring].mean(axis=0)
    inside = cv2.GaussianBlur(grown, (reach, reach), 0)[..., None].astype(np.float32) / 255
    pasted = picture + (lesion + tone - picture) * inside
    return np.asarray(pasted.clip(0, 255), np.uint8), np.maximum(mask, its_mask)


def colour(view: Picture, random: Random) -> Picture:
    """White balance, exposure, contrast, gamma and saturation, in one pass."""
    gain = np.exp(random.normal(0, 0.09, 3) + random.normal(0, 0.14))
    levels = np.arange(256, dtype=np.float32)[:, None] / 255
    gamma = float(np.exp(random.normal(0, 0.2)))
    contrast = float(np.exp(random.normal(0, 0.15)))
    curve = ((levels**gamma * gain - 0.5) * contrast + 0.5).clip(0, 1) * 255
    toned = cv2.LUT(view, curve.astype(np.float32)[None])
    saturation = float(np.exp(random.normal(0, 0.25)))
    mixed = saturation * np.eye(3) + (1 - saturation) / 3
    return np.asarray(cv2.transform(toned, mixed).clip(0, 255), np.uint8)


def skin_tone(view: Picture, random: Random) -> Picture:
    """Darker skin: every channel falls, blue most, as melanin absorbs it most."""
    depth = random.uniform(0.1, 0.9)
    absorbed = np.exp(-depth * np.array([0.35, 0.65, 0.85], np.float32))
    return np.asarray(view * absorbed, np.uint8)


def blur(view: Picture, random: Random) -> Picture:
    """Out of focus, or moved while the shutter was open."""
    if random.random() < 0.6:
        return np.asarray(cv2.GaussianBlur(view, (0, 0), random.uniform(0.4, 1.8)), np.uint8)
    length = int(random.integers(3, 9))
    kernel = np.zeros((length, length), np.float32)
    angle = random.uniform(0, np.pi)
    middle = (length - 1) / 2
    step = np.array([np.cos(angle), np.sin(angle)]) * middle
    start, end = (middle - step).round().astype(int), (middle + step).round().astype(int)
    cv2.line(kernel, start.tolist(), end.tolist(), 1.0)
    return np.asarray(cv2.filter2D(view, -1, kernel / kernel.sum()), np.uint8)


def coarse(view: Picture, random: Random) -> Picture:
    """A small picture that was enlarged."""
    size = view.shape[0]
    small = int(size * random.uniform(0.35, 0.8))
    less = cv2.resize(view, (small, small), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(less, (size, size), interpolation=cv2.INTER_LINEAR), np.uint8)


def noise(view: Picture, random: Random) -> Picture:
    """Sensor noise."""
    grain = random.normal(0, random.uniform(2, 10), view.shape[:2]).astype(np.float32)
    return np.asarray((view + grain[..., None]).clip(0, 255), np.uint8)


def compress(view: Picture, random: Random) -> Picture:
    """JPEG at a poor quality."""
    quality = int(random.integers(20, 75))
    _, data = cv2.imencode(".jpg", view, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)


def flash(view: Picture, random: Random) -> Picture:
    """A bright spot, as from a flash, or light that falls from one side."""
    size = view.shape[0]
    rows, columns = np.mgrid[0:size, 0:size].astype(np.float32) / size
    if random.random() < 0.5:
        y, x = random.uniform(0.1, 0.9, 2)
        spread = random.uniform(0.05, 0.35)
        light = np.exp(-((rows - y) ** 2 + (columns - x) ** 2) / (2 * spread**2))
        lit = view + (light * random.uniform(30, 130))[..., None]
    else:
        angle = random.uniform(0, 2 * np.pi)
        slope = (columns - 0.5) * np.cos(angle) + (rows - 0.5) * np.sin(angle)
        lit = view * (1 + slope * random.uniform(0.2, 0.9))[..., None]
    return np.asarray(lit.clip(0, 255), np.uint8)


def vignette(view: Picture, random: Random) -> Picture:
    """The dark surround of a dermatoscope's tube."""
    size = view.shape[0]
    rows, columns = np.mgrid[0:size, 0:size].astype(np.float32) / size - 0.5
    y, x = random.uniform(-0.08, 0.08, 2)
    distance = np.sqrt((rows - y) ** 2 + (columns - x) ** 2)
    radius, softness = random.uniform(0.42, 0.68), random.uniform(0.005, 0.12)
    light = 1 / (1 + np.exp((distance - radius) / softness))
    return np.asarray(view * light[..., None], np.uint8)


def hair(view: Picture, random: Random) -> Picture:
    """Curved hairs, mostly dark."""
    drawn = view.copy()
    size = view.shape[0]
    dark = random.random() < 0.85
    for _ in range(int(random.integers(2, 28))):
        base = random.integers(10, 80) if dark else random.integers(150, 240)
        shade = [int(base * f) for f in (1.0, 0.85, 0.75)]
        start = random.uniform(-0.1, 1.1, 2) * size
        angle, bend = random.uniform(0, 2 * np.pi), random.normal(0, 0.02)
        length = random.uniform(0.2, 0.9) * size
        along = np.linspace(0, length, 14)
        angles = angle + bend * along * 4 / size * 14
        steps = np.column_stack([np.cos(angles), np.sin(angles)]) * length / 14
        points = (start + np.cumsum(steps, axis=0)).round().astype(np.int32)
        width = 2 if random.random() < 0.3 else 1
        cv2.polylines(drawn, [points[:, None]], False, shade, width, cv2.LINE_AA)
    return drawn


def ruler(view: Picture, random: Random) -> Picture:
    """Ticks along a line, as a dermatoscope's scale or a paper ruler has them."""
    drawn = view.copy()
    size = view.shape[0]
    angle = random.choice([0, np.pi / 2]) + random.normal(0, 0.15)
    along = np.array([np.cos(angle), np.sin(angle)])
    across = np.array([-along[1], along[0]])
    origin = size / 2 + across * size * random.choice([-1, 1]) * random.uniform(0.25, 0.5)
    if random.random() < 0.3:
        edge = origin + across * size * np.sign(across @ (origin - size / 2))
        corners = [origin - along * size, origin + along * size, edge + along * size]
        corners.append(edge - along * size)
        paper = random.integers(190, 255, 3).tolist()
        cv2.fillConvexPoly(drawn, np.array(corners).round().astype(np.int32), paper)
    shade = random.integers(0, 70, 3).tolist()
    gap = size * random.uniform(0.015, 0.05)
    for tick in range(-40, 41):
        length = size * (0.06 if tick % 5 == 0 else 0.03)
        start = origin + along * gap * tick
        ends = np.array([start, start + across * length]).round().astype(int)
        cv2.line(drawn, ends[0].tolist(), ends[1].tolist(), shade, 1, cv2.LINE_AA)
    return drawn


def pen(view: Picture, random: Random) -> Picture:
    """A surgeon's marks: violet, blue or black lines and dots beside the lesion, rings round it."""
    ink = [(70, 40, 120), (40, 60, 140), (30, 30, 40)][int(random.integers(3))]
    layer = view.copy()
    size = view.shape[0]
    for _ in range(int(random.integers(1, 4))):
        line = _ring(size, random) if random.random() < 0.4 else _stroke(size, random)
        width = int(random.integers(2, 7))
        cv2.polylines(
            layer, [line.round().astype(np.int32)[:, None]], False, ink, width, cv2.LINE_AA
        )
    strength = random.uniform(0.5, 0.95)
    return np.asarray(cv2.addWeighted(layer, strength, view, 1 - strength, 0), np.uint8)


def _stroke(size: int, random: Random) -> npt.NDArray[np.float64]:
    """A short wandering line (6, 2) in the outer part of the frame."""
    angle = random.uniform(0, 2 * np.pi)
    reach = size * random.uniform(0.33, 0.5)
    centre = size / 2 + reach * np.array([np.cos(angle), np.sin(angle)])
    return np.asarray(centre + np.cumsum(random.normal(0, size * 0.03, (6, 2)), axis=0))


def _ring(size: int, random: Random) -> npt.NDArray[np.float64]:
    """A ring (24, 2) about the middle, drawn by hand: not round, and not always closed."""
    angles = random.uniform(0, 2 * np.pi) + np.linspace(0, random.uniform(np.pi, 2.1 * np.pi), 24)
    radii = size * random.uniform(0.22, 0.48, 2)
    wobble = 1 + np.cumsum(random.normal(0, 0.015, 24))
    centre = size / 2 + random.normal(0, size * 0.05, 2)
    around = np.column_stack([np.cos(angles), np.sin(angles)]) * radii
    return np.asarray(centre + around * wobble[:, None])


def bandage(view: Picture, random: Random) -> Picture:
    """A coloured patch or a plaster reaching in from the border."""
    drawn = view.copy()
    size = view.shape[0]
    shade = random.integers(60, 255, 3).tolist()
    angle = random.uniform(0, 2 * np.pi)
    reach = size * random.uniform(0.55, 0.75)
    centre = size / 2 + reach * np.array([np.cos(angle), np.sin(angle)])
    axes = (size * random.uniform(0.1, 0.3, 2)).round().astype(int).tolist()
    at = centre.round().astype(int).tolist()
    cv2.ellipse(drawn, at, axes, random.uniform(0, 180), 0, 360, shade, -1, cv2.LINE_AA)
    return drawn


def bubbles(view: Picture, random: Random) -> Picture:
    """Air in the gel: bright rings with a dark side."""
    drawn = view.copy()
    size = view.shape[0]
    for _ in range(int(random.integers(1, 10))):
        at = (random.uniform(0, 1, 2) * size).astype(int).tolist()
        radius = int(random.integers(2, 12))
        cv2.circle(drawn, at, radius, random.integers(170, 255, 3).tolist(), 1, cv2.LINE_AA)
        cv2.ellipse(drawn, at, [radius, radius], 30, 0, 120, [60, 45, 40], 1, cv2.LINE_AA)
    return np.asarray(cv2.addWeighted(drawn, 0.7, view, 0.3, 0), np.uint8)


EFFECTS: tuple[tuple[float, Effect], ...] = (
    (0.08, pen),
    (0.08, bandage),
    (0.08, ruler),
    (0.20, hair),
    (0.05, bubbles),
    (0.85, colour),
    (0.15, skin_tone),
    (0.15, flash),
    (0.12, vignette),
    (0.25, blur),
    (0.10, coarse),
    (0.15, noise),
    (0.20, compress),
)
"""Each effect with its chance, in the order of the light's way: things, skin, light, lens, file."""
