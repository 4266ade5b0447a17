"""What is brought from another tool or database: masks of photos, and what was decided of them."""

from dataclasses import dataclass
from enum import StrEnum

from db.values import DecisionKind
from imaging.framing import Size
from imaging.values import Measurements, Rle


@dataclass(frozen=True)
class BroughtDecision:
    """What somebody said of a photo elsewhere, as a decision that stands here."""

    kind: DecisionKind
    reviewer: str
    seconds: float = 0.0
    score: int | None = None
    note: str = ""
    flag: bool = False
    reason: str = ""


@dataclass(frozen=True, eq=False)
class Brought:
    """A mask of a photo from elsewhere: an outline to review, or with a decision, one that stands.

    `instances` are its lesions where it is said to have several. `author` drew it.
    """

    photo_id: int
    rle: Rle
    measurements: Measurements
    author: str
    instances: tuple[Rle, ...] = ()
    decision: BroughtDecision | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """A file of a photo: where it lies, what it shows, and how large that is upright."""

    photo_id: int
    path: str
    content_hash: str
    size: Size


class Took(StrEnum):
    """What became of a mask that was brought."""

    STORED = "imported"
    KNOWN = "as they are here"
    """The photo stands on the very same already."""
    DECIDED = "decided otherwise here"
    EDITED = "being edited here"
