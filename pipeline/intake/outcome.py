"""What becomes of a file that was looked at."""

from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from models.package.package import ModelError


class Outcome(Enum):
    """What became of a file."""

    SEGMENTED = "segmented"
    KNOWN = "known"
    DUPLICATE = "duplicate"
    SET_ASIDE = "set aside"
    POSTPONED = "postponed"
    """Set aside for now: the machine was in the way, so it is to be tried again."""
    KEPT = "kept"
    """A photo that stays what it is: something was in the way now, so it is to be tried again."""
    STORED = "stored"
    """A photo without an outline, because there is no model."""
    GONE = "gone"
    """It was there a moment ago."""
    UNSETTLED = "unsettled"
    """It can't be read yet and is perhaps still being written."""


@dataclass(frozen=True)
class Settled:
    """A file and what became of it.

    `problem` is why the model could not outline it. `reason` is a sentence on what else was in the
    way, where nothing that is stored says it, or nobody foresaw it. `as_before` is whether all was
    known of it as it is, so that nobody looked into it.
    """

    path: Path
    outcome: Outcome
    problem: ModelError | None = None
    reason: str = ""
    as_before: bool = False

    @property
    def comes_again(self) -> bool:
        """Whether it is to be tried again by and by."""
        return self.outcome in {Outcome.POSTPONED, Outcome.KEPT} or self.problem is not None
