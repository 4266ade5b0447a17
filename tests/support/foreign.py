"""Have other tools write their own files: `python -m tests.support.foreign FOLDER`.

The masks of `foreign_masks`, as each tool writes them. It runs in the owners' environment and
imports nothing of nevus, which isn't there. What it wrote lies in `tests/data/foreign`.
"""

import json
import os
import sys
from pathlib import Path

import cv2
import datasets
import datumaro
import numpy as np
import numpy.typing as npt
import supervision
from datumaro.components.annotation import Mask, Polygon
from label_studio_sdk.converter.brush import mask2rle
from labelme._label_file import ShapeDict, write_label_file
from PIL import Image

from tests.support.foreign_masks import MASKS, SIZE


def polygons(mask: npt.NDArray[np.bool_]) -> list[list[float]]:
    found, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    return [outline.ravel().astype(float).tolist() for outline in found]


def by_datumaro(root: Path, photos: Path) -> None:
    for folder, kind, drawn in (
        ("datumaro-voc", "voc_segmentation", "masks"),
        ("datumaro-coco", "coco_instances", "masks"),
        ("datumaro-coco-polygons", "coco_instances", "polygons"),
        ("datumaro-cvat", "cvat", "masks"),
        ("datumaro-cvat-polygons", "cvat", "polygons"),
    ):
        items = [
            datumaro.DatasetItem(
                id=name,
                media=datumaro.Image.from_file(str(photos / f"{name}.jpg")),
                annotations=[Mask(mask, label=0)]
                if drawn == "masks" and mask.any()
                else [Polygon(outline, label=0) for outline in polygons(mask)],
            )
            for name, mask in MASKS.items()
        ]
        made = datumaro.Dataset.from_iterable(items, categories=["lesion"])
        made.export(str(root / folder), kind, save_media=False)


def by_label_studio(root: Path) -> None:
    """A project's JSON: a brush on some photos, polygons in per cent on others."""
    tasks = []
    for number, (name, mask) in enumerate(MASKS.items()):
        said = {"from_name": "tag", "to_name": "image", "image_rotation": 0}
        said |= {"original_width": SIZE[1], "original_height": SIZE[0]}
        values = []
        if name == "two":
            sides = np.array([SIZE[1], SIZE[0]]) / 100
            values = [
                {
                    "type": "polygonlabels",
                    "value": {
                        "points": (np.reshape(outline, (-1, 2)) / sides).tolist(),
                        "polygonlabels": ["lesion"],
                    },
                }
                for outline in polygons(mask)
            ]
        elif mask.any():
            rle = mask2rle((mask * 255).astype(np.uint8))
            value = {"format": "rle", "rle": rle, "brushlabels": ["lesion"]}
            values = [{"type": "brushlabels", "value": value}]
        results = [{"id": f"{name}-{n}", **said, **each} for n, each in enumerate(values)]
        image = f"/data/upload/1/0a1b2c3d-{name}.jpg"
        annotation = {"result": results, "was_cancelled": False}
        tasks.append({"id": number, "data": {"image": image}, "annotations": [annotation]})
    (root / "label-studio.json").write_text(json.dumps(tasks))


def by_labelme(root: Path) -> None:
    (root / "labelme").mkdir()
    for name, mask in MASKS.items():
        shapes = [
            ShapeDict(
                label="lesion",
                points=np.reshape(outline, (-1, 2)).tolist(),
                shape_type="polygon",
                flags={},
                description="",
                group_id=None,
                mask=None,
                other_data={},
            )
            for outline in polygons(mask)
        ]
        write_label_file(
            filename=str(root / "labelme" / f"{name}.json"),
            shapes=shapes,
            image_path=f"../photos/{name}.jpg",
            image_data=None,
            image_height=SIZE[0],
            image_width=SIZE[1],
        )


def by_supervision(root: Path, photos: Path) -> None:
    paths = {name: str(photos / f"{name}.jpg") for name in MASKS}
    found = {}
    for name, mask in MASKS.items():
        masks = np.array([mask]) if mask.any() else np.zeros((0, *SIZE), bool)
        found[paths[name]] = supervision.Detections(
            xyxy=supervision.mask_to_xyxy(masks) if mask.any() else np.zeros((0, 4)),
            mask=masks,
            class_id=np.zeros(len(masks), int),
        )
    made = supervision.DetectionDataset(["lesion"], list(paths.values()), found)
    made.as_yolo(
        annotations_directory_path=str(root / "supervision-yolo" / "labels"),
        data_yaml_path=str(root / "supervision-yolo" / "data.yaml"),
    )


def by_hugging_face(root: Path, photos: Path) -> None:
    rows = {
        "image": [{"path": str(photos / f"{name}.jpg"), "bytes": None} for name in MASKS],
        "mask": [Image.fromarray(mask.astype(np.uint8) * 255) for mask in MASKS.values()],
    }
    features = datasets.Features({"image": datasets.Image(decode=False), "mask": datasets.Image()})
    made = datasets.Dataset.from_dict(rows, features=features)
    (root / "datasets").mkdir()
    made.to_parquet(str(root / "datasets" / "train-00000-of-00001.parquet"))


def main() -> None:
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True)
    # Some write down where the photos are: below here.
    os.chdir(folder)
    root, photos = Path(), Path("photos")
    photos.mkdir()
    for number, name in enumerate(MASKS):
        Image.new("RGB", SIZE[::-1], (200, 150, 130 + number)).save(photos / f"{name}.jpg")
    by_datumaro(root, photos)
    by_label_studio(root)
    by_labelme(root)
    by_supervision(root, photos)
    by_hugging_face(root, photos)


if __name__ == "__main__":
    main()
