"""What a reviewer waits for in a folder of very many photos, beside one of a thousand."""

import asyncio
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import numpy as np
from PIL import Image
from rich.console import Console
from rich.table import Table
from textual.widgets import Input

from benchmarks.export import new_outline
from db.arrivals import NewPhoto
from db.store import Store
from imaging.decode.photo import fingerprint, read_file
from imaging.framing import Size
from models.run.setup import ModelSetup
from pipeline.intake.ingest import Ingest
from pipeline.intake.scan import file_stat
from pipeline.review.session import ReviewSession
from pipeline.settings_table import TIME_LIMIT
from pipeline.work.scorer import Pool
from pipeline.work.viewer import Viewer
from tests.support.many_photos import add_photos
from tui.app import NevusApp
from tui.screens.review import ReviewScreen
from tui.widgets.queue import Queue
from tui.widgets.search_line import SearchLine
from tui.widgets.workbench import Workbench

FEW, MANY = 1_000, 100_000
REAL = 24
"""Photos at the top of the queue whose files there are; those are decided."""
DECIDED, PAGES, ROUNDS = 7, 20, 2
SOUGHT = ("1", "12", "9", "98", "5", "07", "3", "41", "6", "jpg")
"""Found so often in either folder that a whole screen is drawn."""
PICTURE = Size(800, 600)
CELLS = (120, 40)
SHORT = 0.001
"""Seconds between two looks whether something is done: none would leave no turn to threads."""


@dataclass(frozen=True)
class Moment:
    """A time by the clock and by this process's processors, in seconds.

    The second is not disturbed by what else a machine does.
    """

    clock: float
    used: float

    @classmethod
    def now(cls) -> "Moment":
        """This moment."""
        return cls(time.perf_counter(), time.process_time())


@dataclass
class Waits:
    """Milliseconds of what was waited for, by its name: by the clock, and of processors."""

    taken: dict[str, list[tuple[float, float]]] = field(default_factory=dict)
    longest: float = 0.0
    """Of the event loop's thread without a look at keys, while the queue was read."""

    def add(self, name: str, started: Moment) -> None:
        """It was begun then, and is there now."""
        now = Moment.now()
        took = 1000 * (now.clock - started.clock), 1000 * (now.used - started.used)
        self.taken.setdefault(name, []).append(took)

    def medians(self, name: str) -> list[float]:
        """In the middle of all times, and of all that was used."""
        return [statistics.median(column) for column in zip(*self.taken[name], strict=True)]


@dataclass
class Seat:
    """A reviewer in front of the app."""

    app: NevusApp
    waits: Waits

    @property
    def screen(self) -> ReviewScreen:
        """What is in front of him."""
        screen = self.app.screen
        assert isinstance(screen, ReviewScreen)
        return screen

    @property
    def queue(self) -> Queue:
        """The list."""
        return self.screen.query_one(Queue)

    def photo(self) -> int | None:
        """Which photo is seen."""
        opened = self.screen.query_one(Workbench).opened
        return None if opened is None else opened.details.photo_id

    async def wait(self, name: str, started: Moment, done: Callable[[], bool]) -> None:
        """Note how long it takes until something holds and is drawn."""
        while not done():
            await asyncio.sleep(SHORT)
        await self.drawn()
        self.waits.add(name, started)

    async def drawn(self) -> None:
        """Wait until all that changed is drawn."""
        drawn = asyncio.Event()
        self.screen.call_after_refresh(drawn.set)
        await drawn.wait()


def main() -> None:
    """Print a table of both folders side by side."""
    few, many = asyncio.run(measure())
    table = Table(title=f"{CELLS[0]}×{CELLS[1]} cells, ms in the median, key to drawn")
    for column in ("what", f"{FEW:,} photos", f"{MANY:,}", "times as long", "as much processor"):
        table.add_column(column, justify="left" if column == "what" else "right")
    for name in few.taken:
        (one, used), (other, used_too) = few.medians(name), many.medians(name)
        ratios = f"{other / one:.2f}", f"{used_too / used:.2f}"
        table.add_row(name, f"{one:.1f}", f"{other:.1f}", *ratios)
    stops = f"{1000 * few.longest:.1f}", f"{1000 * many.longest:.1f}"
    table.add_row("longest stop of the loop while read, its own time", *stops)
    Console().print(table)


async def measure() -> tuple[Waits, Waits]:
    """What is waited for in a folder of few photos and in one of many, by turns."""
    few, many = Waits(), Waits()
    with ExitStack() as stack:
        small, large = (stack.enter_context(_session(photos)) for photos in (FEW, MANY))
        # Once for what the process itself has to load.
        for session, waits in ((small, Waits()), *ROUNDS * ((small, few), (large, many))):
            async with _seat(session, waits) as seat:
                await _page(seat)
                await _search(seat)
                await _decide(seat)
    return few, many


@contextmanager
def _session(photos: int) -> Iterator[ReviewSession]:
    with (
        tempfile.TemporaryDirectory(prefix="nevus-") as name,
        closing(Store.open((place := Path(name)) / "nevus.db")) as store,
        closing(Pool(ModelSetup(Path("none.mlpackage")), time_limit=TIME_LIMIT)) as scorer,
        closing(Viewer()) as viewer,
        closing(ReviewSession(store, scorer, viewer, place / "photos", "ada")) as session,
    ):
        folder = session.folder
        folder.mkdir()
        for number in range(REAL):
            _take_in(store, folder / f"{number}.jpg", number)
        # It starts when it is first asked.
        viewer.view(folder / "0.jpg", 64)
        random = Random(3)
        grades = [0.1 + 0.9 * random.random() for _ in range(photos - REAL)]
        add_photos(store, str(folder), grades)
        yield session


def _take_in(store: Store, path: Path, number: int) -> None:
    pixels = np.full((PICTURE.height, PICTURE.width, 3), (214, 170, 150), np.uint8)
    pixels[100 : 120 + 16 * number, 200:500] = 90
    Image.fromarray(pixels).save(path)
    mask = np.zeros((PICTURE.height, PICTURE.width), np.bool_)
    mask[100:300, 200:500] = True
    new = NewPhoto(file_stat(path), fingerprint(read_file(path)))
    store.take_in(new, new_outline(mask, number / 1000))


@asynccontextmanager
async def _seat(session: ReviewSession, waits: Waits) -> AsyncIterator[Seat]:
    """The app, once its first photo is seen and its queue is read; that is waited for too."""
    nothing = session.folder.parent / "nothing"
    nothing.mkdir(exist_ok=True)
    app = NevusApp(
        session,
        # Most photos are in the database alone: nobody may look for their files.
        lambda listener: Ingest(session._store, session._scorer, nothing, listener),
    )
    started = Moment.now()
    try:
        async with app.run_test(size=CELLS):
            seat = Seat(app, waits)
            await seat.wait(
                "first paint: queue and photo", started, lambda: seat.photo() is not None
            )
            await _watch(seat)
            yield seat
    finally:
        await asyncio.to_thread(app.finish)


async def _watch(seat: Seat) -> None:
    """The longest that keys wait while the rest of the queue is read, but for other programs."""
    before = time.thread_time()
    while seat.screen.waiting is None:
        await asyncio.sleep(SHORT)
        now = time.thread_time()
        seat.waits.longest, before = max(seat.waits.longest, now - before), now


async def _page(seat: Seat) -> None:
    for _ in range(PAGES):
        before = seat.queue.cursor
        started = Moment.now()
        seat.app.simulate_key("pagedown")
        await seat.wait("page down", started, lambda: seat.queue.cursor != before)  # noqa: B023
    seat.app.simulate_key("home")
    await seat.wait("home, until the photo is there", Moment.now(), lambda: _at_top(seat))


async def _search(seat: Seat) -> None:
    line = seat.screen.query_one(SearchLine)
    seat.screen.action_search()
    for text in SOUGHT:
        started = Moment.now()
        line.query_one(Input).value = text
        await seat.wait("search, a letter", started, lambda: seat.queue.wanted.text == text)  # noqa: B023
    seat.app.simulate_key("escape")
    await seat.wait("leave the search", Moment.now(), lambda: not line.open)


async def _decide(seat: Seat) -> None:
    for _ in range(DECIDED):
        before = seat.photo()
        while seat.screen.query_one(Workbench).seen_since is None:
            await asyncio.sleep(SHORT)
        started = Moment.now()
        seat.app.simulate_key("a")
        await seat.wait("accept, until the next is drawn", started, lambda: _is_next(seat, before))  # noqa: B023
        await seat.wait("and until it is stored", started, lambda: not seat.screen.unsaved)


def _at_top(seat: Seat) -> bool:
    return seat.queue.cursor == 0 and seat.photo() == seat.queue.items[0].photo_id


def _is_next(seat: Seat, before: int | None) -> bool:
    return seat.photo() not in (None, before)


if __name__ == "__main__":
    main()
