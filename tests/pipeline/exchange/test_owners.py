"""What nevus writes is the same mask to the tool that owns the format: `make test-owners`.

Those tools are heavy and live in an environment of their own, which `NEVUS_OWNERS` names.
"""

import os
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from imaging.framing import Mask, Size
from imaging.mask import rle
from pipeline.exchange.find import find_format
from tests.pipeline.exchange.test_round_trip import KINDS, dataset_photo

OWNERS = os.environ.get("NEVUS_OWNERS", "")
READ_BY = [
    ("png", "pillow"),
    ("voc", "pillow"),
    ("voc", "datumaro"),
    ("coco", "pycocotools"),
    ("coco-polygons", "pycocotools"),
    ("cvat", "datumaro"),
    ("label-studio", "label_studio"),
    ("labelme", "labelme"),
    ("parquet", "datasets"),
    ("yolo", "supervision"),
]
pytestmark = pytest.mark.skipif(not OWNERS, reason="make test-owners runs it, with their tools")


def large(mask: Mask) -> Mask:
    """The same on a photo of odd sides, whose shares no decimals hold."""
    whole = np.kron(mask, np.ones((37, 41), bool))
    return np.pad(whole, ((0, 3), (0, 7))) if not mask.all() else whole


MASKS = {
    **{kind.replace(" ", "-"): mask for kind, mask in KINDS.items()},
    **{f"large-{kind.replace(' ', '-')}": large(mask) for kind, mask in KINDS.items()},
}


@pytest.mark.parametrize(("name", "tool"), READ_BY)
def test_its_owner_reads_the_same_masks(name: str, tool: str, tmp_path: Path) -> None:
    chosen, root = find_format(name), tmp_path / "set"
    (root / chosen.PHOTOS).mkdir(parents=True)
    photos = []
    for number, (kind, mask) in enumerate(MASKS.items(), 1):
        made = dataset_photo(number, [mask], Size.of(mask))
        path = root / chosen.PHOTOS / f"{kind}.png"
        Image.fromarray(np.zeros((*mask.shape, 3), np.uint8)).save(path)
        relative = f"{chosen.PHOTOS}/{path.name}"
        known = replace(made.provenance, name=kind, path=str(path))
        photos.append(replace(made, name=kind, relative_path=relative, provenance=known))
    chosen.write(iter(photos), root)
    script = Path(__file__).parents[2] / "support" / "owners.py"
    done = subprocess.run(
        [OWNERS, script, tool, root, tmp_path / "read.npz"],
        cwd=tmp_path,
        check=False,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), "HF_HUB_OFFLINE": "1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    with np.load(tmp_path / "read.npz") as found:
        assert set(found) == set(MASKS)
        for kind, mask in MASKS.items():
            wanted = rle.decode(chosen.kept(rle.encode(mask))) if mask.any() else mask
            assert np.array_equal(found[kind], wanted), kind
