"""What trained networks say of training photos, to be learnt from beside the annotators' masks.

`python -m models.teaching DATA TARGETS RUN/checkpoint.pt [OTHER/checkpoint.pt …]` writes a grey PNG
a photo; `python -m models.training … --targets TARGETS` reads them (distillation: Hinton et al.,
"Distilling the Knowledge in a Neural Network", 2015, arXiv:1503.02531). Stopped, it goes on.
"""

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Annotated

import cv2
import numpy as np
import torch
import typer
from rich.progress import track

from imaging.framing import Probabilities, Size, fit
from models.augmentation import Picture
from models.exported import Exported, load_checkpoint
from models.pairs import held_out, read_pairs
from models.training_data import read_pair, target_file

SIZES = (192, 256, 320)
"""A photo is shown at each of these sizes, plain and mirrored."""


def taught(teachers: Sequence[Exported], photo: Picture) -> Probabilities:
    """The mean map (H, W) of a photo, uint8 (H, W, 3): of all teachers, sizes and both ways."""
    total = np.zeros(photo.shape[:2], np.float32)
    for size in SIZES:
        framing = fit(Size.of(photo), Size(size, size))
        framed = framing.picture_to_grid(photo)
        both = np.stack([framed, framed[:, ::-1]]).transpose(0, 3, 1, 2)
        values = torch.from_numpy(np.ascontiguousarray(both)).float() / 255
        for teacher in teachers:
            with torch.no_grad():
                plain, mirrored = teacher(values)[:, 0].numpy()
            total += framing.map_to_photo((plain + mirrored[:, ::-1]) / 2)
    return np.asarray(total / (len(SIZES) * len(teachers)), np.float32)


def main(
    data: Annotated[Path, typer.Argument(help="A folder with manifest.csv, or the CSV itself.")],
    targets: Annotated[Path, typer.Argument(help="Where the maps go.")],
    checkpoints: Annotated[list[Path], typer.Argument(help="The networks to learn from.")],
    threads: int = 1,
) -> None:
    """Write what trained networks say of the training photos."""
    torch.set_num_threads(threads)
    targets.mkdir(parents=True, exist_ok=True)
    teachers = [load_checkpoint(path)[0] for path in checkpoints]
    for teacher in teachers:
        teacher.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    names = "".join(sha256(path.read_bytes()).hexdigest() for path in checkpoints)
    (targets / "teachers.txt").write_text(names)
    for pair in track([p for p in read_pairs(data, {"split": "train"}) if not held_out(p)]):
        file = target_file(targets, pair)
        if not file.exists():
            grey = (taught(teachers, read_pair(pair)[0]) * 255).round().astype(np.uint8)
            cv2.imwrite(str(part := file.with_suffix(".part.png")), grey)
            part.replace(file)


if __name__ == "__main__":
    typer.run(main)
