"""Labels that other tools wrote, which are theirs and not as nevus writes them."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from db.store import Store
from imaging.framing import Mask
from imaging.mask import rle
from imaging.mask.contour import without_holes
from pipeline.exchange.detect import detect
from tests.pipeline.conftest import draw_photo, remember_photo
from tests.support.foreign_masks import MASKS, SIZE
from tests.support.importing import run

FOREIGN = Path(__file__).parents[2] / "data" / "foreign"


@pytest.fixture
def clinic(store: Store, folder: Path) -> Store:
    for number, name in enumerate(MASKS):
        remember_photo(store, draw_photo(folder / f"{name}.jpg", SIZE[::-1], (number, 0)))
    return store


def imported(store: Store, folder: Path) -> dict[str, Mask]:
    found = {}
    for item in store.queue(str(folder)):
        assert item.revision_id is not None
        if store.photo(item.photo_id).revision.author == "ada":  # type: ignore[union-attr]
            found[Path(item.name).stem] = rle.decode(store.mask(item.revision_id))
    return found


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("datumaro-voc", "voc"),
        ("datumaro-coco", "coco"),
        ("datumaro-cvat", "cvat"),
        ("datasets", "parquet"),
    ],
)
def test_masks_of_others_come_in_pixel_for_pixel(
    clinic: Store, folder: Path, source: str, name: str
) -> None:
    assert detect(FOREIGN / source)[0] == name
    found = run(clinic, folder, FOREIGN / source)
    assert (found.faults, found.conflicts, found.unknown) == ((), (), 0)
    masks = imported(clinic, folder)
    # VOC says nothing of a photo on which nothing is drawn.
    assert set(masks) == set(MASKS) - ({"nothing"} if name == "voc" else set())
    for photo, mask in masks.items():
        assert np.array_equal(mask, MASKS[photo]), photo


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("datumaro-coco-polygons", "coco"),
        ("datumaro-cvat-polygons", "cvat"),
        ("labelme", "labelme"),
        ("label-studio.json", "label-studio"),
        ("supervision-yolo", "yolo"),
    ],
)
def test_outlines_of_others_come_in_but_for_a_pixel_of_their_border(
    clinic: Store, folder: Path, source: str, name: str
) -> None:
    """Through the middles of pixels go those that OpenCV found, and drawn from them less is in."""
    assert detect(FOREIGN / source)[0] == name
    found = run(clinic, folder, FOREIGN / source)
    assert (found.faults, found.conflicts, found.unknown) == ((), (), 0)
    masks = imported(clinic, folder)
    assert set(masks) == set(MASKS)
    for photo, mask in masks.items():
        # Label Studio's brush keeps the hole, and supervision's outline runs around it.
        kept = name in {"label-studio", "yolo"}
        whole = MASKS[photo] if kept else without_holes(MASKS[photo])
        near = np.ones((3, 3), np.uint8)
        edge = {"borderType": cv2.BORDER_CONSTANT, "borderValue": 0}
        inner = cv2.erode(whole.astype(np.uint8), near, **edge) > 0  # type: ignore[call-overload]
        assert not (mask & ~whole).any(), photo
        assert not (inner & ~mask).any(), photo


def test_boxes_and_ellipses_are_no_outlines_and_are_named(
    clinic: Store, folder: Path, tmp_path: Path
) -> None:
    cvat = (FOREIGN / "datumaro-cvat-polygons" / "default.xml").read_text()
    box = '<box label="lesion" xtl="1" ytl="2" xbr="30" ybr="40" rotation="12.5"></box>'
    place = tmp_path / "annotations.xml"
    place.write_text(cvat.replace('height="60">', f'height="60">{box}', 1))
    found = run(clinic, folder, place)
    [fault] = found.faults
    assert fault.endswith("makes no sense: a box is no outline of a lesion.")
    assert found.imported == 3


def test_two_labels_that_differ_on_one_photo_are_named(
    clinic: Store, folder: Path, tmp_path: Path
) -> None:
    source = tmp_path / "labelme"
    source.mkdir()
    for name, of in (("hole", "hole"), ("hole_mask", "two")):
        text = (FOREIGN / "labelme" / f"{of}.json").read_text()
        (source / f"{name}.json").write_text(text)
    found = run(clinic, folder, source)
    assert found.conflicts == (
        "hole_mask and hole mean the same photo and differ: the first counts.",
    )
    assert found.imported == 1
