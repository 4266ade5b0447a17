"""How far a colour of the outline differs from the skin it lies on, for whoever looks at it.

Differences are CIEDE2000 (Sharma, Wu and Dalal 2005); one of 2 is barely seen. Who misses a kind of
cone is simulated after Machado, Oliveira and Fernandes 2009, at full severity. Skin as dark as the
darkest is made of the photos at 18% of their light.
"""

import sys
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from rich.console import Console
from rich.table import Table

from imaging.view.overlay import BORDER, Colour
from models.evaluate.masks import read_mask
from models.evaluate.pairs import Pair, read_pairs

Floats = npt.NDArray[np.float64]
EYES: dict[str, Floats] = {
    "all": np.eye(3),
    "no red": np.array(
        (
            (0.152286, 1.052583, -0.204868),
            (0.114503, 0.786281, 0.099216),
            (-0.003882, -0.048116, 1.051998),
        )
    ),
    "no green": np.array(
        (
            (0.367322, 0.860646, -0.227968),
            (0.280085, 0.672501, 0.047413),
            (-0.011820, 0.042940, 0.968881),
        )
    ),
    "no blue": np.array(
        (
            (1.255528, -0.076749, -0.178779),
            (-0.078411, 0.930809, 0.147602),
            (0.004733, 0.691367, 0.303900),
        )
    ),
}
LEVELS = (0, 95, 135, 175, 215, 255)
"""Of each channel among a terminal's 256 fixed colours."""
POINTS = 60
"""Drawn from a photo's border."""
BAND = 0.03
"""How far from its border skin is looked at, in square roots of the lesion's area."""
DARK = 0.18


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit("Give a folder of photos with masks: python -m benchmarks.colours FOLDER")
    pairs = read_pairs(Path(sys.argv[1]), {"split": "dev"})
    skin = np.stack([points for pair in pairs for points in _skin(pair)])
    rows = sorted(_rows(skin), key=lambda row: row[1], reverse=True)
    table = Table(title=f"CIEDE2000 from the skin of {len(skin)} photos, for the eyes worst off")
    for column in ("colour", "5% of all points", "1% of photos", *EYES):
        table.add_column(column, justify="right", no_wrap=True)
    for colour, _, *figures in [*rows[:8], *(row for row in rows if row[0] == BORDER)]:
        table.add_row(str(Colour(*colour)), *(f"{figure:.1f}" for figure in figures))
    Console().print(table)


def _skin(pair: Pair) -> Iterator[Floats]:
    """Points at a lesion's border, and the same in the dark, in linear light (POINTS, 3)."""
    photo = cv2.imread(str(pair.image), cv2.IMREAD_COLOR_RGB)
    set_ = read_mask(pair).view(np.uint8)
    if photo is None or not set_.any():
        return
    side = 2 * int(BAND * np.sqrt(set_.sum())) + 3
    around = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    near = photo[cv2.morphologyEx(set_, cv2.MORPH_GRADIENT, around) > 0]
    if len(near) >= POINTS:
        light = _linear(np.random.default_rng(1).choice(near, POINTS, replace=False) / 255)
        yield light
        yield DARK * light


def _rows(skin: Floats) -> Iterator[tuple[tuple[int, int, int], float, *tuple[float, ...]]]:
    """Each fixed colour with what it is sorted by, and its figures."""
    seen = {eyes: _lab(skin.reshape(-1, 3), matrix) for eyes, matrix in EYES.items()}
    for colour in product(LEVELS, repeat=3):
        light = _linear(np.array([colour]) / 255)
        apart = np.stack(
            [difference(_lab(light, EYES[eyes]), points) for eyes, points in seen.items()]
        )
        worst = apart.min(axis=0)
        photo = float(np.percentile(np.median(worst.reshape(len(skin), -1), axis=1), 1))
        each = np.percentile(apart, 5, axis=1).tolist()
        yield colour, photo, float(np.percentile(worst, 5)), photo, *each


def _linear(values: Floats) -> Floats:
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def _lab(light: Floats, eyes: Floats) -> Floats:
    """Linear light (N, 3) as CIE L*a*b* of what such eyes see."""
    seen = np.clip(light @ eyes.T, 0, 1)
    coded = np.where(seen <= 0.0031308, 12.92 * seen, 1.055 * seen ** (1 / 2.4) - 0.055)
    lab = cv2.cvtColor(coded.astype(np.float32)[None], cv2.COLOR_RGB2LAB)[0]
    return np.asarray(lab, np.float64)


def difference(one: Floats, other: Floats) -> Floats:
    """CIEDE2000 of two sets of L*a*b* values (N, 3), or of one (1, 3) and a set."""
    (light, red, blue), (light_2, red_2, blue_2) = one.T, other.T
    mean = (np.hypot(red, blue) + np.hypot(red_2, blue_2)) / 2
    stretch = 1.5 - 0.5 * np.sqrt(mean**7 / (mean**7 + 25.0**7))
    red, red_2 = stretch * red, stretch * red_2
    chroma, chroma_2 = np.hypot(red, blue), np.hypot(red_2, blue_2)
    hue, hue_2 = np.arctan2(blue, red), np.arctan2(blue_2, red_2)
    turn = np.angle(np.exp(1j * (hue_2 - hue)))
    turn = np.where(chroma * chroma_2 == 0, 0, turn)
    middle = np.degrees(hue + turn / 2) % 360
    light_mean, chroma_mean = (light + light_2) / 2, (chroma + chroma_2) / 2
    weight = (
        1
        - 0.17 * np.cos(np.radians(middle - 30))
        + 0.24 * np.cos(np.radians(2 * middle))
        + 0.32 * np.cos(np.radians(3 * middle + 6))
        - 0.20 * np.cos(np.radians(4 * middle - 63))
    )
    high = (light_mean - 50) ** 2
    by_light = (light_2 - light) / (1 + 0.015 * high / np.sqrt(20 + high))
    by_chroma = (chroma_2 - chroma) / (1 + 0.045 * chroma_mean)
    by_hue = 2 * np.sqrt(chroma * chroma_2) * np.sin(turn / 2) / (1 + 0.015 * chroma_mean * weight)
    bend = np.sin(np.radians(60 * np.exp(-(((middle - 275) / 25) ** 2))))
    rotation = -2 * np.sqrt(chroma_mean**7 / (chroma_mean**7 + 25.0**7)) * bend
    squares = by_light**2 + by_chroma**2 + by_hue**2 + rotation * by_chroma * by_hue
    return np.asarray(np.sqrt(squares))


if __name__ == "__main__":
    main()
