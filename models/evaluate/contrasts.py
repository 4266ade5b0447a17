"""Pictures of what two models drew on a photo, beside what a person did.

They show photos, so they are to be looked at, not passed on.
"""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw

from imaging.decode.photo import read_photo
from imaging.framing import Mask, Pixels
from models.evaluate.evaluation import Drawn, draw_all
from models.evaluate.masks import read_mask
from models.evaluate.pairs import Pair, PairsError
from models.evaluate.side_by_side import Compared
from models.run.segmenter import Segmenter

SIDE, TEXT, GAP = 512, 22, 8
TRUE, OWN = (255, 255, 255), (0, 135, 255)
PAPER, INK = (24, 24, 24), (230, 230, 230)


def draw_contrasts(
    compared: Compared,
    models: tuple[Segmenter, Segmenter],
    names: tuple[str, str],
    folder: Path,
    most: int,
) -> list[Path]:
    """The photos that the models differ on most, a PNG each in a new folder; the most first.

    Left the first model's outline in blue, right the other's, on each the true one in white.
    Raises PairsError.
    """
    differ = sorted(compared.scores, key=lambda both: -abs(both[0].jaccard - both[1].jaccard))
    try:
        folder.mkdir(parents=True)
        return [
            _draw(both[0].pair, models, names, folder / f"{place:02}-{both[0].pair.name}.png")
            for place, both in enumerate(differ[:most], start=1)
        ]
    except FileExistsError as error:
        raise PairsError(f"{folder} is there already. Name a new folder for pictures.") from error
    except OSError as error:
        raise PairsError(f"{folder} can't be written ({error.strerror or error}).") from error


def _draw(pair: Pair, models: Sequence[Segmenter], names: Sequence[str], target: Path) -> Path:
    photo, truth = read_photo(pair.image, SIDE).pixels, read_mask(pair)
    tiles = [
        _tile(photo, truth, drawn, name)
        for name, drawn in zip(names, draw_all(models, pair), strict=True)
    ]
    height = TEXT + max(tile.height for tile in tiles)
    page = Image.new("RGB", (sum(tile.width + GAP for tile in tiles) - GAP, height), PAPER)
    pen, left = ImageDraw.Draw(page), 0
    pen.text((4, 4), pair.name, INK)
    for tile in tiles:
        page.paste(tile, (left, TEXT))
        left += tile.width + GAP
    page.save(target)
    return target


def _tile(photo: Pixels, truth: Mask, drawn: Drawn, name: str) -> Image.Image:
    scale = SIDE / max(photo.shape[:2])
    size = round(photo.shape[1] * scale), round(photo.shape[0] * scale)
    picture = np.asarray(cv2.resize(photo, size, interpolation=cv2.INTER_AREA), np.uint8)
    for mask, colour in ((drawn.mask, OWN), (truth, TRUE)):
        _outline(picture, mask, colour)
    tile = Image.new("RGB", (size[0], size[1] + TEXT), PAPER)
    tile.paste(Image.fromarray(picture), (0, TEXT))
    score = drawn.score
    expected = score.predicted_jaccard
    said = f"{name}: Jaccard {score.jaccard:.3f}"
    said += "" if expected is None else f", expected {expected:.3f}"
    ImageDraw.Draw(tile).text((4, 4), said, INK)
    return tile


def _outline(picture: Pixels, mask: Mask, colour: tuple[int, int, int]) -> None:
    """A line of a pixel around a mask of another size, in place."""
    size = picture.shape[1], picture.shape[0]
    small = cv2.resize(mask.astype(np.uint8), size, interpolation=cv2.INTER_AREA)
    lines, _ = cv2.findContours(small, cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
    cv2.drawContours(picture, lines, -1, colour, 1, cv2.LINE_AA)
