"""The small frozen values that rooms hand each other."""

from dataclasses import dataclass

from imaging.framing import Framing, Probabilities, Size

NO_LESION_BELOW = 0.2
"""Below this probability of a lesion a photo is said to have perhaps none, and comes early.

Of true lesions one in a hundred to one in twenty lies below it, of plain skin most.
"""


@dataclass(frozen=True)
class Receipt:
    """Which model on which machine made a prediction, and how long the inference took."""

    model_name: str
    model_hash: str
    """SHA-256 of the package's program and weights, hexadecimal."""
    backend: str
    """`onnxruntime`, `coreml` or `coreai`."""
    device: str
    """What was asked to run it: `CPU`, `CPU_AND_NE`, …"""
    milliseconds: float


@dataclass(frozen=True, eq=False)
class Prediction:
    """One model's map for one photo.

    `grid` is float32 (grid height, grid width); its values are exact in float16, so that a map read
    back from the cache draws the same mask.
    """

    grid: Probabilities
    framing: Framing
    receipt: Receipt
    predicted_jaccard: float | None = None
    """The Jaccard the model expects of its mask with a person's, from 0 to 1; None if not said."""
    lesion_probability: float | None = None
    """How sure the model is that there is a lesion at all, from 0 to 1; None if not said."""


@dataclass(frozen=True)
class Measurements:
    """A mask's area in pixels of the upright photo and as a fraction of the photo (0 to 1)."""

    area_pixels: int
    area_fraction: float


@dataclass(frozen=True)
class Rle:
    """A mask as COCO's compressed run-length encoding (column-major counts) with its size."""

    size: Size
    counts: bytes


@dataclass(frozen=True)
class Fingerprint:
    """What a file and the picture in it are.

    `file_hash` is the SHA-256 of all bytes; `content_hash` leaves out metadata where the container
    makes that cheap, so a re-tagged file keeps it.
    """

    file_hash: str
    content_hash: str
    format: str
    size: Size
    """The upright photo's size in pixels."""


@dataclass(frozen=True)
class FileStat:
    """Where a file lies and what the file system says of it."""

    path: str
    inode: int
    bytes: int
    modified_ns: int


@dataclass(frozen=True)
class Patch:
    """An edit: the XOR of two masks inside a bounding box.

    `bits` is the zlib-compressed `numpy.packbits` of the box (row-major). The hashes are SHA-256 of
    the box's packed bits before and after; a patch is applied only to the mask it was made on.
    """

    left: int
    top: int
    width: int
    height: int
    bits: bytes
    hash_before: str
    hash_after: str
