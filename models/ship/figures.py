"""Pictures of how a model does: the model card's curves, and contact sheets for a person's eyes.

A contact sheet holds photos, so it is to be looked at, not passed on.
"""

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from imaging.decode.photo import read_photo
from imaging.framing import Mask, Pixels
from imaging.mask.agreement import agreement
from imaging.mask.outline import draw_mask
from imaging.view.overlay import overlay
from models.evaluate.evaluation import USEFUL
from models.evaluate.masks import read_mask
from models.evaluate.pairs import Pair
from models.package.cache import cache_folder
from models.run.segmenter import Segmenter
from models.ship.calibration import HIGH, LOW

TILE = 224
WORST = 12


@dataclass(frozen=True, eq=False)
class Tile:
    """A photo with what people and the model drew on it."""

    pair: Pair
    photo: Pixels
    truth: Mask
    drawn: Mask
    jaccard: float
    predicted: float


class NoCard(Exception):
    """A file that doesn't hold what a conversion measured; the message is a sentence."""


def draw_curves(card: Path, folder: Path) -> tuple[Path, Path]:
    """Draw a package's reliability diagram and its risk-coverage curves on dev, from its JSON.

    The pictures they are in now. Raises NoCard.
    """
    try:
        words = json.loads(card.read_text())["confidence"]
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise NoCard(
            f"{card} doesn't hold what a conversion measured: name the JSON beside a package."
        ) from error
    folder.mkdir(parents=True, exist_ok=True)
    targets = folder / "reliability.png", folder / "risk.png"
    draw_reliability(words, targets[0])
    draw_risk(words, targets[1])
    return targets


def draw_worst(segmenter: Segmenter, pairs: Sequence[Pair]) -> Image.Image:
    """The twelve worst photos of some: the photo, what people drew, what the model drew."""
    tiles = sorted((segment_pair(segmenter, pair) for pair in pairs), key=lambda tile: tile.jaccard)
    return contact_sheet(tiles[:WORST])


def segment_pair(segmenter: Segmenter, pair: Pair) -> Tile:
    """Segment a pair's photo at its own size. Raises PhotoError, PairsError."""
    photo, truth = read_photo(pair.image), read_mask(pair)
    prediction = segmenter.predict(photo)
    drawn = draw_mask(prediction.grid, prediction.framing, segmenter.info.threshold)
    jaccard = agreement(drawn, truth).jaccard
    return Tile(pair, photo.pixels, truth, drawn, jaccard, prediction.predicted_jaccard or 0.0)


def contact_sheet(tiles: Sequence[Tile], across: int = 2) -> Image.Image:
    """Three pictures a tile side by side, `across` tiles a row, each with its figures below."""
    wide, high = 3 * TILE + 12, TILE + 20
    rows = -(-len(tiles) // across)
    sheet = Image.new("RGB", (across * wide, rows * high), "white")
    draw = ImageDraw.Draw(sheet)
    for index, tile in enumerate(tiles):
        left, top = index % across * wide, index // across * high
        views = (tile.photo, *(overlay(tile.photo, mask, 0.5) for mask in (tile.truth, tile.drawn)))
        for place, view in enumerate(views):
            small = Image.fromarray(view)
            small.thumbnail((TILE, TILE))
            sheet.paste(small, (left + place * (TILE + 2), top))
        said = f"{tile.pair.name}  Jaccard {tile.jaccard:.2f}, predicted {tile.predicted:.2f}"
        draw.text((left + 2, top + TILE + 4), said, fill="black")
    return sheet


def draw_reliability(words: dict[str, Any], target: Path) -> None:
    """How often a pixel said to be lesion with probability p is lesion, for each kind of photo."""
    figure, axes = _figure("probability said", "share that was lesion")
    axes.plot([LOW, HIGH], [LOW, HIGH], color="0.6", linewidth=1, label="what is said is found")
    for kind, word in words.items():
        said, found = ([one[name] for one in word["bins"]] for name in ("said", "found"))
        label = f"{kind}, error {word['calibration_error']:.3f}"
        axes.plot(said, found, marker="o", markersize=3, linewidth=1.2, label=label)
    axes.set_title("Reliability on dev, pixels with 0.05 < p < 0.95")
    _save(figure, axes, target)


def draw_risk(words: dict[str, Any], target: Path) -> None:
    """The share of masks below 0.65 among those the model is surest of, for each kind of photo."""
    figure, axes = _figure("share of photos kept, the surest first", f"share below {USEFUL}")
    for kind, word in words.items():
        surest = np.argsort(-np.array(word["predicted"]), kind="stable")
        missed = np.array(word["true"])[surest] < USEFUL
        kept = np.arange(1, len(missed) + 1)
        label = f"{kind}, {word['caught']:.0%} of them in the first third of the queue"
        axes.plot(kept / len(missed), np.cumsum(missed) / kept, linewidth=1.2, label=label)
    axes.set_title("Risk and coverage on dev, by predicted Jaccard")
    _save(figure, axes, target)


def _figure(x: str, y: str) -> tuple[Any, Any]:
    # Its list of fonts would be left in the user's cache otherwise, beside nevus's own folder.
    os.environ.setdefault("MPLCONFIGDIR", str(cache_folder("matplotlib")))
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6, 4.2), dpi=110, layout="constrained")
    axes = figure.subplots()
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes


def _save(figure: Any, axes: Any, target: Path) -> None:
    axes.set_ylim(bottom=0)
    axes.legend(frameon=False, fontsize=8)
    figure.savefig(target)
