"""Pictures on their way into Core ML and out of it.

The modes that cross, and the bytes of each, are those of coremltools' own C++. Which of them a
colour space takes, and that a grey picture of 8 bits rounds and saturates, is what Apple's
documentation says or lets expect: none of it was seen on a Mac.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from tests.support.coreml_orders import fail

CROSSING = ("RGB", "RGBA", "L", "F")
TAKEN = {
    "RGB": ("RGB", "RGBA"),
    "BGR": ("RGB", "RGBA"),
    "GRAYSCALE": ("L",),
    "GRAYSCALE_FLOAT16": ("F",),
}


def taken(picture: object, wanted: Any) -> npt.NDArray[np.float32]:
    """What a program takes, (1, channels, h, w), of the picture that an ImageFeatureType wants."""
    if not isinstance(picture, Image.Image):
        fail("The model wants a picture.")
    if picture.mode not in CROSSING:
        raise RuntimeError(
            f"Unsupported image type {picture.mode}. Supported types are: RGB, RGBA, L."
        )
    colour = _colour(wanted)
    if picture.mode not in TAKEN[colour]:
        fail(f"The model wants a picture of {colour} and not {picture.mode}.")
    if picture.size != (wanted.width, wanted.height):
        fail(f"A picture of {picture.size} is not of the model's size.")
    values = np.atleast_3d(np.asarray(picture))[..., :3]
    if colour == "GRAYSCALE_FLOAT16":
        values = values.astype(np.float16)
    ordered = values[..., ::-1] if colour == "BGR" else values
    return np.ascontiguousarray(ordered.transpose(2, 0, 1)[None], np.float32)


def given(values: npt.NDArray[np.float32], described: Any) -> Any:
    """What comes out as a FeatureType describes it: a float32 array, or a grey PIL picture."""
    if described.WhichOneof("Type") != "imageType":
        return np.asarray(values, np.float32)
    size = (described.imageType.width, described.imageType.height)
    if _colour(described.imageType) == "GRAYSCALE":
        return Image.frombytes("L", size, np.rint(values).clip(0, 255).astype(np.uint8).tobytes())
    halves = values.astype(np.float16).astype(np.float32)
    return Image.frombytes("F", size, halves.tobytes())


def _colour(image: Any) -> str:
    return str(image.ColorSpace.Name(image.colorSpace))
