"""A folder into which photos come, a database beside it, and what is known of both from outside."""

import hashlib
import os
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from random import Random

import cv2
import numpy as np
from PIL import Image

OURS = (
    *("", "-wal", "-shm", "-journal"),
    *(".lock", ".segmenting", ".doing", ".doing.part", ".daily", ".backups"),
)
"""What nevus and SQLite lay beside a database, behind its name; the journal where a process was
killed before the file had its log: SQLite takes it away when it is opened next."""
MAPS = ("", "-journal")


@dataclass
class World:
    """Photos are put into `folder`, by halves as a camera does, and never touched again."""

    root: Path
    folder: Path = field(init=False)
    database: Path = field(init=False)
    sets: Path = field(init=False)
    """Where datasets go."""
    whole: dict[str, tuple[str, int]] = field(default_factory=dict)
    """The photos that lie there, each with its SHA-256 and when it was changed."""
    _rest: list[tuple[Path, bytes]] = field(default_factory=list)
    _drawn: int = 0

    def __post_init__(self) -> None:
        self.folder, self.sets = self.root / "photos", self.root / "sets"
        self.database = self.root / "memory" / "nevus.db"
        for folder in (self.folder, self.sets, self.database.parent):
            folder.mkdir(parents=True)

    def feed(self, chance: Random, photos: int = 1) -> None:
        """Let the photo arrive of which one half is here, then others; the last perhaps half."""
        self.finish()
        for _ in range(photos):
            path, data = self.folder / f"IMG_{self._drawn:04}.jpg", _picture(self._drawn)
            self._drawn += 1
            half = len(data) // 2 if chance.random() < 0.2 else len(data)
            path.write_bytes(data[:half])
            self._rest.append((path, data[half:]))
        if all(not rest for _, rest in self._rest):
            self.finish()

    def finish(self) -> None:
        """All photos are here whole."""
        for path, rest in self._rest:
            if rest:
                with path.open("ab") as file:
                    file.write(rest)
            self.whole[path.name] = _seen(path)
        self._rest.clear()

    def faults(self) -> list[str]:
        """What is not as it was left in the photos' folder, and what lies elsewhere that shouldn't.

        Only for a time at which no dataset is written.
        """
        found = []
        there = {path.name for path in self.folder.iterdir()}
        coming = {path.name for path, _ in self._rest}
        if there != {*self.whole, *coming}:
            found.append(f"the photos' folder holds {sorted(there ^ {*self.whole, *coming})}")
        changed = [name for name, seen in self.whole.items() if _seen(self.folder / name) != seen]
        if changed:
            found.append(f"photos changed: {changed}")
        memory = {path.name for path in self.database.parent.iterdir()}
        stray = (
            memory - {f"nevus.db{end}" for end in OURS} - {f"nevus.maps.db{end}" for end in MAPS}
        )
        if stray:
            found.append(f"beside the database lies {sorted(stray)}")
        return found


def _seen(path: Path) -> tuple[str, int]:
    return hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns


def _picture(number: int) -> bytes:
    """Skin with a dark spot; each number is another picture."""
    pixels = np.full((240, 320, 3), (214, 170 - number % 40, 150), np.uint8)
    middle = (150 + number % 23, 110 + number % 19)
    cv2.ellipse(pixels, middle, (50 + number % 17, 40), number % 90, 0, 360, (92, 52, 40), -1)
    noise = np.random.default_rng(number).integers(-5, 6, pixels.shape)
    data = BytesIO()
    Image.fromarray((pixels + noise).clip(0, 255).astype(np.uint8)).save(data, "JPEG", quality=85)
    return data.getvalue()


def environment(world: World) -> dict[str, str]:
    """What nevus is started with."""
    return {
        **os.environ,
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "XDG_DATA_HOME": str(world.root / "data"),
        "XDG_STATE_HOME": str(world.root / "state"),
    }
