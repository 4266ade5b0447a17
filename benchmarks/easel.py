"""What is painted on where painting is measured: skin, and edits that nobody keeps."""

from collections.abc import Callable

import numpy as np

from db.values import DraftEdit
from imaging.framing import Pixels


class Unsaved:
    """Keeps no edits: what is measured ends where the disk begins."""

    def add(self, cursor: int, edit: DraftEdit) -> None:
        pass

    def draw(self, cursor: int, edit: Callable[[], DraftEdit]) -> None:
        pass

    def move(self, cursor: int) -> None:
        pass


def skin() -> Pixels:
    """A small picture of nothing but noise, which no step can take for granted."""
    return np.random.default_rng(3).integers(90, 220, (768, 1024, 3), np.uint8)
