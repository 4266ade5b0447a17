"""What reviewers decided, as an export reads it: photos with files, decisions and masks."""

from dataclasses import dataclass

from db.values import Decision, Revision
from imaging.framing import Size
from imaging.values import Receipt, Rle


@dataclass(frozen=True)
class ReviewedPhoto:
    """A decided photo as an export needs it: one photo, its files, its decision and its mask."""

    photo_id: int
    content_hash: str
    size: Size
    files: tuple["ReviewedFile", ...]
    decision: Decision
    revision: Revision | None
    rle: Rle | None
    receipt: Receipt | None
    edited_since: bool = False
    """Whether a draft on it holds live edits that the decision does not."""
    instances: tuple[Rle, ...] = ()
    """The lesions of the mask where a reviewer said that there are several."""


@dataclass(frozen=True, slots=True)
class ReviewedPlace:
    """Where a reviewed photo lies, by its first path; what a dataset needs to name all photos."""

    path: str
    content_hash: str


@dataclass(frozen=True)
class ReviewedFile:
    """One file of a reviewed photo."""

    path: str
    file_hash: str
    bytes: int
    modified_ns: int
