"""What a package says of itself, carried along by what is made from it: translation, .aimodel."""

import json
from collections.abc import Mapping
from dataclasses import asdict

from imaging.framing import Size
from models.package.package import PackageInfo

INFO_KEY = "org.nevus.package"


def info_to_metadata(info: PackageInfo) -> dict[str, str]:
    """A package's description as metadata."""
    return {INFO_KEY: json.dumps(asdict(info))}


def info_from_metadata(metadata: Mapping[str, str]) -> PackageInfo:
    """The description again. Raises ValueError, KeyError and TypeError where it is none."""
    values = json.loads(metadata[INFO_KEY])
    return PackageInfo(**{**values, "input_size": Size(**values["input_size"])})
