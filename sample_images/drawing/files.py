"""Pictures into files as cameras write them: format, orientation, colour profile."""

from pathlib import Path

import pillow_heif
from PIL import ExifTags, Image

from imaging.framing import Mask, Pixels
from sample_images.drawing.icc import display_p3


def write_photo(path: Path, pixels: Pixels, orientation: int, profile: str, quality: int) -> None:
    """Store an upright picture, uint8 (H, W, 3); the name's ending says in which format.

    With orientation 6 the pixels lie turned in the file, and its EXIF data say so.
    """
    picture = Image.fromarray(pixels)
    options: dict[str, object] = {}
    if orientation == 6:
        picture = picture.transpose(Image.Transpose.ROTATE_90)
        exif = Image.Exif()
        exif[ExifTags.Base.Orientation] = orientation
        options["exif"] = exif.tobytes()
    if profile == "display-p3":
        options["icc_profile"] = display_p3()
    if path.suffix.lower() == ".png":
        picture.save(path, "PNG", optimize=True, **options)
        return
    if path.suffix.lower() == ".heic":
        pillow_heif.register_heif_opener()
        picture.save(path, "HEIF", quality=quality, **options)
        return
    picture.save(path, "JPEG", quality=quality, optimize=True, **options)


def write_mask(path: Path, mask: Mask) -> None:
    """Store a mask, bool (H, W), as a 1-bit PNG; set is lesion."""
    Image.fromarray(mask).save(path, "PNG", optimize=True)
