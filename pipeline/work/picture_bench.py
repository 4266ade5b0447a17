"""What the viewer's process does: it decodes photos for the screen, and keeps the last ones whole.

Threads: jobs are answered by the process's main thread, one after the other; a thread of its own
decodes ahead, newest wish first, and answers nobody. Decoders give Python's lock away, so a job on
a picture that is kept does not wait for one that is being decoded.
"""

import threading
from collections import deque
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

from imaging.decode.photo import decode, fingerprint, read_file
from imaging.framing import Size, fit
from imaging.photo import USUAL_MEMORY, Photo, PhotoError
from imaging.view.pyramid import pyramid
from pipeline.work.jobs import Phase, Tell
from pipeline.work.refining import Refining
from pipeline.work.shelf import FileState, Shelf, Viewed, Whole
from pipeline.work.viewing import MOST_BYTES

WISHES = 4
"""Photos that wait to be decoded ahead; whoever leafs on quickly doesn't want the first ones."""


class PictureBench:
    """The pictures that are kept, and the refiner.

    `tell` hears when a job comes to its next phase.
    """

    def __init__(
        self,
        refining: Refining,
        most_bytes: int = MOST_BYTES,
        tell: Tell = lambda _phase: None,
        memory: int = USUAL_MEMORY,
    ) -> None:
        self.refining = refining
        self._memory = memory
        self._shelf = Shelf(most_bytes)
        self._tell = tell
        self._wishes: deque[Path] = deque(maxlen=WISHES)
        self._wished = threading.Semaphore(0)
        threading.Thread(target=self._decode_ahead, name="ahead", daemon=True).start()

    def open(self) -> None:
        """Open the refiner, if it is not open yet; photos need nothing. Raises ModelError."""
        self.refining.refiner()

    def whole(self, path: Path) -> Whole:
        """A photo at its full size. Raises PhotoError."""
        state = FileState.of(path)
        if state is None:
            return decode_whole(path, self._tell, self._memory)
        if self._shelf.is_making(state):
            self._tell(Phase.DECODING)
        return self._shelf.fetch(state, lambda: decode_whole(path, self._tell, self._memory))

    def small(self, path: Path, longest: int) -> Viewed:
        """A photo, its longer side at most `longest` pixels. Raises PhotoError."""
        state = FileState.of(path)
        kept = None if state is None else self._shelf.find(state)
        if kept is not None:
            return shrunk(kept, longest)
        return decode_small(path, longest, self._tell, self._memory)

    def wish(self, path: Path) -> None:
        """Decode a photo soon; returns at once."""
        self._wishes.append(path)
        self._wished.release()

    def _decode_ahead(self) -> None:
        while True:
            self._wished.acquire()
            # Fewer wishes than were counted: the oldest were given up.
            with suppress(IndexError, PhotoError, MemoryError):
                path = self._wishes.pop()
                state = FileState.of(path)
                if state is not None:
                    self._shelf.fetch(state, partial(decode_whole, path, memory=self._memory))


def decode_small(path: Path, longest: int, tell: Tell, memory: int = USUAL_MEMORY) -> Viewed:
    """A photo read once, its longer side decoded to at most `longest` pixels. Raises PhotoError."""
    file = read_file(path)
    tell(Phase.DECODING)
    return Viewed(fingerprint(file, memory), decode(file, longest, memory))


def decode_whole(path: Path, tell: Tell = lambda _phase: None, memory: int = USUAL_MEMORY) -> Whole:
    """A photo read once and decoded whole. Raises PhotoError."""
    file = read_file(path)
    tell(Phase.DECODING)
    photo = decode(file, memory=memory)
    return Whole(fingerprint(file, memory), photo.size, pyramid(photo.pixels))


def shrunk(whole: Whole, longest: int) -> Viewed:
    """A whole photo with its longer side at most `longest` pixels."""
    if max(whole.size.width, whole.size.height) <= longest:
        return Viewed(whole.fingerprint, Photo(whole.levels[0], whole.size))
    fitted = fit(whole.size, Size(longest, longest))
    grid = Size(fitted.width, fitted.height)
    return whole.region(replace(fitted, grid=grid, left=0, top=0))
