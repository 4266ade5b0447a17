"""Whether HEIC photos can be decoded here: tried on a tiny one."""

import tempfile
from base64 import b64decode
from pathlib import Path

import numpy as np

from imaging.decode.photo import read_photo
from imaging.photo import PhotoError
from pipeline.doctor.findings import Finding, ok, problem

COLOUR = (200, 120, 90)
TINY = b64decode(
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAVZtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAA"
    "AAAAAAAAACJpbG9jAAAAAERAAAEAAQAAAAABegABAAAAAAAAABkAAAAjaWluZgAAAAAAAQAAABVpbmZlAgAAAAABAABo"
    "dmMxAAAAAA5waXRtAAAAAAABAAAA1mlwcnAAAAC3aXBjbwAAAHhodmNDAQNwAAAAkAAAAAAAHvAA/P34+AAADwNgAAEA"
    "GEABDAH//wNwAAADAJAAAAMAAAMAHroCQGEAAQArQgEBA3AAAAMAkAAAAwAAAwAeoCCBBZbqSSmubgIaDAgAAAMAyAAA"
    "AwAIQGIAAQAHRAHBcrAiQAAAABNjb2xybmNseAABAA0ABoAAAAAUaXNwZQAAAAAAAABAAAAAQAAAABBwaXhpAAAAAAMI"
    "CAgAAAAXaXBtYQAAAAAAAAABAAEEgQIDBAAAACFtZGF0AAAAFSgBrxmA93yFN7TfWX/WkL/EAV4tHA=="
)
"""64×64 pixels of COLOUR, encoded by pillow-heif at quality 30."""
_TOLERANCE = 12


def heic_finding(data: bytes = TINY) -> Finding:
    """Decode a HEIC picture of COLOUR the way photos are decoded."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tiny.heic"
        path.write_bytes(data)
        try:
            mean = read_photo(path).pixels.mean(axis=(0, 1))
        except PhotoError:
            return _broken("A tiny HEIC picture can't be decoded")
    if np.abs(mean - COLOUR).max() > _TOLERANCE:
        return _broken("A tiny HEIC picture is decoded in wrong colours")
    return ok("HEIC", "Photos of iPhones (HEIC) can be decoded: a tiny one was.")


def _broken(what: str) -> Finding:
    return problem(
        "HEIC",
        f"{what}: photos of iPhones will be set aside.",
        "Install nevus again, so that pi-heif comes as it was tested; JPEG and PNG work without.",
    )
