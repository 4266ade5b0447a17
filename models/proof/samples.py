"""Where the sample photos lie that come with nevus, in a checkout and installed."""

from importlib.util import find_spec
from pathlib import Path

from imaging.decode.formats import PHOTO_SUFFIXES
from imaging.photo import PhotoError


def sample_folder() -> Path:
    """The folder with the sample photos. Raises PhotoError where it isn't there."""
    # Found by name and not imported: no room knows more of the samples than where they are.
    found = find_spec("sample_images")
    for place in (found.submodule_search_locations or ()) if found is not None else ():
        if photos_of(Path(place)):
            return Path(place)
    raise PhotoError(
        "The sample photos that come with nevus are not there. Install nevus again, with pipx or "
        "from a checkout."
    )


def photos_of(folder: Path) -> tuple[Path, ...]:
    """The photos that lie directly in a folder, by name."""
    names = sorted(folder.iterdir()) if folder.is_dir() else []
    return tuple(path for path in names if path.suffix.lower() in PHOTO_SUFFIXES)
