"""What stands in the way of the background work, and what of it is said."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Trouble:
    """A sentence on what stands in the way, and the path below the folder that it names."""

    sentence: str
    about: Path | None = None


@dataclass
class Troubles:
    """All that stand in the way now, by what they are about."""

    folder: Trouble | None = None
    step: Trouble | None = None
    model: Trouble | None = None
    left_out: Trouble | None = None

    @property
    def first(self) -> Trouble | None:
        """The one to say."""
        return self.folder or self.step or self.model or self.left_out
