"""How a dataset lies: its photos beside it or not, what they are called, and which way up."""

from dataclasses import dataclass, replace
from enum import StrEnum
from hashlib import sha256
from pathlib import Path, PurePosixPath

from db.exported import ReviewedFile
from imaging.decode.orientation import orientation, turned_back
from imaging.decode.photo import read_file
from imaging.decode.stripped import stripped
from imaging.framing import Size
from imaging.mask import rle
from imaging.photo import PhotoError, PhotoFile
from imaging.values import Rle
from pipeline.errors import ExportError, WrongChoice
from pipeline.exchange.dataset import DatasetPhoto
from pipeline.exchange.split import Split


class Photos(StrEnum):
    """What becomes of the photos."""

    LEAVE = "leave"
    COPY = "copy"
    """Without their metadata."""
    LINK = "link"


class Frame(StrEnum):
    """Which way up masks lie."""

    UPRIGHT = "upright"
    STORED = "stored"
    """As the photo's pixels are stored, before its orientation is applied."""


class Names(StrEnum):
    """What photos are called."""

    OWN = "own"
    HASH = "hash"
    """By what they show: no name of theirs is in the dataset."""


@dataclass(frozen=True)
class Layout:
    """All of it; the first of each is what an export does unless asked."""

    photos: Photos = Photos.LEAVE
    frame: Frame = Frame.UPRIGHT
    names: Names = Names.OWN
    split: Split | None = None
    update: bool = False
    """Whether it may take the place of a dataset that is there, once it is whole."""

    @property
    def said(self) -> dict[str, str]:
        """All of it as options of a command say it; "" where one isn't said."""
        return {
            "--photos": str(self.photos),
            "--frame": str(self.frame),
            "--names": str(self.names),
            "--split": "" if self.split is None else str(self.split),
            "--grouped-by": "" if self.split is None else self.split.grouped_by,
        }

    def check(self) -> None:
        """Raises WrongChoice where one thing asked for gives away what another hides."""
        if self.names is Names.HASH and self.photos is Photos.LINK:
            raise WrongChoice(
                "A link says the name of the photo that it leads to, which --names hash is to "
                "hide. Copy the photos, or leave them."
            )


USUAL = Layout()


def laid(photo: DatasetPhoto, layout: Layout, photos: Path) -> DatasetPhoto:
    """A photo as a layout has it, with its file below `photos` where one is wanted there.

    Raises ExportError where the photo is not there or not what was reviewed, PhotoError where it
    can't be read, and OSError.
    """
    path = Path(photo.provenance.path)
    turn = 1
    named = hashed(photo, path.suffix) if layout.names is Names.HASH else photo
    if layout.frame is Frame.STORED or layout.photos is not Photos.LEAVE:
        file = _reviewed(path, photo)
        if layout.frame is Frame.STORED:
            turn = orientation(file.data)
            named = stored(named, turn)
        if layout.photos is not Photos.LEAVE:
            named = _placed(named, file, path, layout, photos)
    return named


def has_changed(file: ReviewedFile) -> bool:
    """Whether something else lies where a photo did when it was reviewed, or nothing."""
    path = Path(file.path)
    try:
        stat = path.stat()
        if (stat.st_size, stat.st_mtime_ns) == (file.bytes, file.modified_ns):
            return False
        return sha256(read_file(path).data).hexdigest() != file.file_hash
    except (OSError, PhotoError):
        return True


def _reviewed(path: Path, photo: DatasetPhoto) -> PhotoFile:
    file = read_file(path)
    if sha256(file.data).hexdigest() != photo.provenance.sha256:
        raise ExportError(
            f"{path} has changed since it was reviewed. Open the folder in nevus review, so that "
            "it is looked at again, then export."
        )
    return file


def hashed(photo: DatasetPhoto, suffix: str) -> DatasetPhoto:
    """A photo under a name that says nothing of where it comes from."""
    name = photo.provenance.content_hash[:32]
    path = f"{name}{suffix.lower()}"
    known = replace(photo.provenance, name=name, path=path)
    return replace(photo, name=name, relative_path=path, provenance=known)


def stored(photo: DatasetPhoto, turn: int) -> DatasetPhoto:
    """A photo whose masks lie as its pixels are stored under an orientation from 1 to 8."""
    if turn == 1:
        return photo
    size = Size(photo.size.height, photo.size.width) if turn >= 5 else photo.size
    known = replace(photo.provenance, width=size.width, height=size.height)
    whole = None if photo.rle is None else _turned(photo.rle, turn)
    lesions = tuple(_turned(lesion, turn) for lesion in photo.lesions)
    return replace(photo, size=size, rle=whole, provenance=known, lesions=lesions)


def _turned(lesion: Rle, turn: int) -> Rle:
    return rle.encode(turned_back(rle.decode(lesion), turn))


def _placed(
    photo: DatasetPhoto, file: PhotoFile, path: Path, layout: Layout, photos: Path
) -> DatasetPhoto:
    """The photo with its file in the dataset."""
    photos.mkdir(parents=True, exist_ok=True)
    suffix = path.suffix
    if layout.photos is Photos.LINK:
        (photos / f"{photo.name}{suffix}").symlink_to(path)
    else:
        plain = stripped(file, upright=layout.frame is Frame.UPRIGHT)
        suffix = plain.suffix or suffix
        (photos / f"{photo.name}{suffix}").write_bytes(plain.data)
    relative = PurePosixPath(photos.name, f"{photo.name}{suffix}").as_posix()
    known = photo.provenance
    if layout.names is Names.HASH:
        known = replace(known, path=relative)
    return replace(photo, relative_path=relative, provenance=known)
