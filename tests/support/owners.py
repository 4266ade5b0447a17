"""Read a dataset with the tool that owns its format: `TOOL FOLDER OUT`, in that tool's environment.

OUT gets, as an `.npz`, the whole mask (H, W) of each photo by its name without folders and suffix.
It imports nothing of nevus, which is not there.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Named = Iterator[tuple[str, npt.NDArray[Any]]]


def pycocotools(root: Path) -> Named:
    from pycocotools.coco import COCO

    coco = COCO(str(root / "annotations.json"))
    for image in coco.loadImgs(coco.getImgIds()):
        mask = np.zeros((image["height"], image["width"]), bool)
        for annotation in coco.loadAnns(coco.getAnnIds(imgIds=image["id"])):
            mask |= coco.annToMask(annotation) > 0
        yield image["file_name"], mask


def datasets(root: Path) -> Named:
    import datasets as hugging_face

    features = hugging_face.Features
    found = hugging_face.load_dataset(
        "parquet", data_files=str(root / "data.parquet"), cache_dir=str(root.parent / "cache")
    )["train"]
    assert isinstance(found.features, features)
    for row in found:
        mask = np.asarray(row["mask"]) > 0
        assert row["image"].size == mask.shape[::-1]
        yield row["file_name"], mask


def labelme(root: Path) -> Named:
    import labelme._label_file as files
    from labelme.utils import img_b64_to_arr

    assert files
    for path in sorted(root.glob("*.json")):
        said = json.loads(path.read_text())
        if "shapes" in said:
            mask = np.zeros((said["imageHeight"], said["imageWidth"]), bool)
            for shape in said["shapes"]:
                (left, top), (right, bottom) = shape["points"]
                part = img_b64_to_arr(shape["mask"]) > 0
                mask[top : bottom + 1, left : right + 1] |= part
            yield path.stem, mask


def datumaro(root: Path) -> Named:
    import datumaro as tool

    kind = "cvat" if (root / "annotations.xml").exists() else "voc_segmentation"
    for item in tool.Dataset.import_from(str(root), kind):
        size = item.media_as(tool.Image).size
        mask = np.zeros(size, bool)
        for annotation in item.annotations:
            mask |= np.asarray(annotation.image) > 0
        yield item.id, mask


def supervision(root: Path) -> Named:
    import supervision as tool

    found = tool.DetectionDataset.from_yolo(
        str(root / "images"), str(root / "labels"), str(root / "data.yaml"), force_masks=True
    )
    for path, picture, detections in found:
        mask = np.zeros(picture.shape[:2], bool)
        for each in detections.mask if len(detections) else ():
            mask |= each
        yield path, mask


def label_studio(root: Path) -> Named:
    from label_studio_sdk.converter.brush import decode_rle

    for task in json.loads((root / "tasks.json").read_text()):
        size = task["data"]["height"], task["data"]["width"]
        mask = np.zeros(size, bool)
        for result in task["annotations"][0]["result"]:
            mask |= decode_rle(result["value"]["rle"]).reshape(*size, 4)[:, :, 3] > 0
        yield task["data"]["image"], mask


def pillow(root: Path) -> Named:
    from PIL import Image

    folder = "SegmentationClass" if (root / "SegmentationClass").exists() else "masks"
    for path in sorted((root / folder).glob("*.png")):
        with Image.open(path) as picture:
            yield path.stem, np.asarray(picture) > 0


TOOLS = (pycocotools, datasets, labelme, datumaro, supervision, label_studio, pillow)


def main() -> None:
    tool, root, out = sys.argv[1:]
    [read] = [each for each in TOOLS if each.__name__ == tool]
    masks: dict[str, Any] = {Path(name).stem: mask for name, mask in read(Path(root))}
    np.savez(out, **masks)


if __name__ == "__main__":
    main()
