"""Make the reference maps of a package anew, on the sample photos, beside the package.

To be done whenever the shipped package is replaced; it takes some seconds and needs no torch and no
Mac. What the references hold and why is said in `models.proof.reference`.
"""

import shutil
import tempfile
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

import numpy as np

from imaging.decode.photo import read_photo
from imaging.framing import FRAMINGS, Framing, Pixels
from models.proof.half_precision import HalfPrecision
from models.proof.reference import (
    NOISE,
    Difference,
    Reference,
    References,
    Tolerances,
    compare_maps,
    small_picture,
    tolerances,
)
from models.proof.reference_files import references_folder, write_references
from models.proof.samples import photos_of, sample_folder
from models.run.segmenter import Segmenter, open_segmenter

_MAKERS = ("nevus", "onnxruntime", "numpy", "pillow", "pi-heif", "opencv-python-headless")


def make_references(package: Path, photos: tuple[Path, ...]) -> References:
    """Run a package on photos, exactly, rounded and disturbed. Raises ModelError, PhotoError."""
    segmenter = open_segmenter(package, "onnxruntime")
    half = Segmenter(HalfPrecision(package))
    made = [_reference(segmenter, half, path) for path in photos]
    return References(
        model=segmenter.info.name,
        package_sha256=segmenter.info.hash,
        threshold=segmenter.info.threshold,
        decoded_side=segmenter.decoded_side,
        made_by=", ".join(f"{name} {version(name)}" for name in _MAKERS),
        tolerances=_worst([measured for _, measured in made]),
        photos=tuple(reference for reference, _ in made),
    )


def replace_references(package: Path) -> Path:
    """Make the references of a package on the sample photos; the folder they are in now.

    Raises ModelError and PhotoError, and then leaves the old ones as they were.
    """
    made = make_references(package, photos_of(sample_folder()))
    target = references_folder(package)
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        part = Path(folder) / target.name
        part.mkdir()
        write_references(made, part)
        shutil.rmtree(target, ignore_errors=True)
        part.rename(target)
    return target


def _reference(
    segmenter: Segmenter, half: Segmenter, path: Path
) -> tuple[Reference, tuple[Difference, Difference]]:
    """One photo's reference, and what rounding and noise change of it."""
    info = segmenter.info
    photo = read_photo(path, segmenter.decoded_side)
    framing = FRAMINGS[info.framing](photo.size, info.input_size)
    framed = framing.picture_to_grid(photo.pixels)
    exact = segmenter.predict(photo).grid
    maps = (half.predict_framed(framed), segmenter.predict_framed(_disturbed(framed, framing)))
    rounding, noise = (compare_maps(grid, exact, framing, info.threshold) for grid in maps)
    reference = Reference(
        name=path.name,
        file_sha256=sha256(path.read_bytes()).hexdigest(),
        framing=framing,
        picture_sha256=sha256(framed.tobytes()).hexdigest(),
        small_picture=small_picture(framed),
        map=exact,
    )
    return reference, (rounding, noise)


def _disturbed(framed: Pixels, framing: Framing) -> Pixels:
    """The picture with each value of the photo up to `NOISE` levels off, the same way each time."""
    off = np.random.default_rng(0).integers(-NOISE, NOISE + 1, framed.shape)
    changed = framed.copy()
    inside = framing.inside
    changed[inside] = np.clip(framed[inside].astype(int) + off[inside], 0, 255)
    return changed


def _worst(measured: list[tuple[Difference, Difference]]) -> Tolerances:
    half_precision, noise = (
        Difference(
            max(difference.largest for difference in kind),
            max(difference.mean for difference in kind),
            min(difference.jaccard for difference in kind),
        )
        for kind in zip(*measured, strict=True)
    )
    return tolerances(half_precision, noise)
