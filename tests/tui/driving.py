"""A small clinic for the screens, and how a test drives the app in it."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from io import BytesIO
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Any

import cv2
import numpy as np
from PIL import Image
from textual._context import active_app
from textual._wait import wait_for_idle
from textual.app import App
from textual.message_pump import MessagePump
from textual.pilot import Pilot
from textual.screen import Screen

from db.arrivals import Arrival, NewOutline, NewPhoto
from db.store import Store
from db.values import QueueItem, SetAside
from imaging.decode.photo import fingerprint, read_file
from imaging.framing import Pixels, Size, fit
from imaging.mask import rle
from imaging.mask.measure import measure
from imaging.mask.outline import draw_mask
from imaging.values import Prediction, Receipt
from pipeline.intake.ingest import Ingest, IngestProgress, Patience, Rhythm
from pipeline.intake.scan import file_stat
from pipeline.intake.sights import Pace
from pipeline.review.order import read_in_order
from pipeline.review.session import ReviewSession
from pipeline.review.wanted import Wanted
from pipeline.work.scorer import Pool
from pipeline.work.viewer import Viewer
from tui.app import NevusApp
from tui.rows import Chosen, Listing
from tui.screens.review import ReviewScreen
from tui.widgets.queue import Queue
from tui.widgets.workbench import Workbench

GRID = Size(64, 64)
SMALL = Size(320, 240)
HOPS = 6
"""From a widget to its parents, the screen and the app, and back to a widget."""
PATIENCE = 120.0
"""Seconds after which what has not happened is taken to happen never."""
QUICK = Rhythm(
    Pace(folder=0.1, settle=0.1, calm=0.5, coming=0.5), Patience(postponed=0.1, longest=0.5)
)
"""Of looking into the folder, so that no test waits for the next look."""
RECEIPT = Receipt("lesion", "5f" * 32, "onnxruntime", "CPU", 12.0)


def drawn(number: int, size: Size) -> Pixels:
    """Skin with a dark spot; each number is another picture."""
    pixels = np.full((size.height, size.width, 3), (214 - number, 170, 150), np.uint8)
    middle = (size.width // 2, size.height // 2)
    axes = (size.width // 5 + number, size.height // 5)
    cv2.ellipse(pixels, middle, axes, 20, 0, 360, (104, 66, 54), -1)
    return pixels


def spot(number: int, size: Size) -> Prediction:
    """Probabilities for such a spot: high in the middle, falling outwards."""
    framing = fit(size, GRID)
    rows, columns = np.mgrid[0 : GRID.height, 0 : GRID.width].astype(np.float32)
    distance = np.hypot(columns - GRID.width / 2, rows - GRID.height / 2)
    grid = 1 / (1 + np.exp((distance - 11 - number) / 2.5))
    return Prediction(grid.astype(np.float16).astype(np.float32), framing, RECEIPT)


@cache
def _file_of(number: int, size: Size, suffix: str) -> bytes:
    file = BytesIO()
    kind = Image.registered_extensions()[suffix]
    Image.fromarray(drawn(number, size)).save(file, kind, quality=90)
    return file.getvalue()


def _made(prediction: Prediction) -> NewOutline:
    mask = draw_mask(prediction.grid, prediction.framing, 0.5)
    return NewOutline(prediction, rle.encode(mask), measure(mask), 0.5)


def _sureness(number: int, surer: bool) -> float | None:
    return 0.4 + number / 10 if surer else None


@dataclass
class Clinic:
    """A folder of photos with everything that works on it."""

    folder: Path
    store: Store
    scorer: Pool
    viewer: Viewer
    session: ReviewSession
    ingests: list[Ingest] = field(default_factory=list)
    _told: list[Event] = field(default_factory=list)

    def draw(self, name: str, number: int = 0, size: Size = SMALL) -> Path:
        """Put a photo into the folder."""
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(_file_of(number, size, path.suffix))
        return path

    def take_in(self, path: Path) -> int:
        """Store a photo of the folder, without an outline; its id."""
        return self.store.take_in(self._new(path)).photo_id

    def outline(
        self,
        name: str,
        number: int = 0,
        size: Size = SMALL,
        predicted_jaccard: float | None = None,
    ) -> int:
        """Draw a photo and store it with an outline; its id."""
        path = self.draw(name, number, size)
        return self.outline_file(path, number, predicted_jaccard)

    def outline_all(self, names: Sequence[str], *, surer: bool = False) -> list[int]:
        """Draw photos and store them with outlines, as one after the other; their ids.

        `surer` is whether the model is surer of each than of the one before.
        """
        # In one transaction: each of them takes longer than to draw a photo.
        arrivals = [
            Arrival(
                self._new(self.draw(name, number)),
                _made(replace(spot(number, SMALL), predicted_jaccard=_sureness(number, surer))),
            )
            for number, name in enumerate(names)
        ]
        return [taken.photo_id for taken in self.store.take_in_all(arrivals)]

    def outline_file(
        self, path: Path, number: int = 0, predicted_jaccard: float | None = None
    ) -> int:
        """Store a photo of the folder with an outline in its middle; its id."""
        size = fingerprint(read_file(path)).size
        prediction = replace(spot(number, size), predicted_jaccard=predicted_jaccard)
        return self._keep(path, prediction)

    def outline_nothing(self, name: str) -> int:
        """Draw a photo in which the model found no lesion; its id."""
        prediction = spot(0, SMALL)
        nothing = replace(prediction, grid=np.zeros_like(prediction.grid))
        return self._keep(self.draw(name), nothing)

    def outline_anew(self, name: str, number: int) -> None:
        """Another model outlines a photo that is stored."""
        path = self.folder / name
        prediction = spot(number, fingerprint(read_file(path)).size)
        receipt = replace(prediction.receipt, model_hash="n" * 64)
        self._keep(path, replace(prediction, receipt=receipt))

    def _keep(self, path: Path, prediction: Prediction) -> int:
        return self.store.take_in(self._new(path), _made(prediction)).photo_id

    @staticmethod
    def _new(path: Path) -> NewPhoto:
        return NewPhoto(file_stat(path), fingerprint(read_file(path)))

    def app(self) -> NevusApp:
        """The app on this folder."""
        return NevusApp(self.session, self._ingest)

    def _ingest(self, listener: Callable[[IngestProgress], None]) -> Ingest:
        told = Event()

        def tell(progress: IngestProgress) -> None:
            listener(progress)
            told.set()

        self.ingests.append(Ingest(self.store, self.scorer, self.folder, tell, QUICK))
        self._told.append(told)
        return self.ingests[-1]

    async def stop_ingest(self) -> None:
        """No more news from the folder, of which there was some: what is shown then stays."""
        for ingest, told in zip(self.ingests, self._told, strict=True):
            await asyncio.to_thread(told.wait, PATIENCE)
            await asyncio.to_thread(ingest.stop)

    def item(self, photo_id: int) -> QueueItem:
        """A photo's line as the database has it."""
        [line] = (item for item in self.items() if item.photo_id == photo_id)
        return line

    def items(self) -> list[QueueItem]:
        """The lines of all photos as the database has them, in the order to review them."""
        # Not the session's queue: it would hear what others did in place of the app.
        folder, reviewer = str(self.session.folder), self.session.reviewer
        return list(read_in_order(self.store, folder, reviewer))


def fill(queue: Queue, items: Sequence[QueueItem], aside: Sequence[SetAside] = ()) -> None:
    """Show these rows, as if they had been read."""
    listing = Listing(queue.folder)
    listing.extend(items)
    queue.replace(listing, Chosen(), aside)


def review_screen(pilot: Pilot[None]) -> ReviewScreen:
    """The screen under test."""
    screen = pilot.app.screen
    assert isinstance(screen, ReviewScreen)
    return screen


async def flushed(pilot: Pilot[None]) -> None:
    """Let every message arrive, and what is posted on its arrival, up to the app."""
    await _arrived(pilot.app)
    # Once a message goes through all of them too: what is called behind a refresh comes before it.
    await pilot._wait_for_screen(PATIENCE)
    await _arrived(pilot.app)


async def between_keys(_least: float = 0, _most: float = 1) -> None:
    """Wait as Textual's pilot does between keys; for an idle processor only where something runs.

    That costs a moment of each key, and most keys are done once their messages have arrived.
    """
    app = active_app.get()
    await _arrived(app)
    if _is_busy(app):
        await wait_for_idle(_least, _most)
        await _arrived(app)


def _is_busy(app: App[Any]) -> bool:
    """Whether threads or workers have something to tell the screen of."""
    runs = any(not worker.is_finished for worker in app.workers)
    return runs or (isinstance(app, NevusApp) and app._desk.pending > 0)


async def _arrived(app: App[Any], turns: int = HOPS) -> None:
    """Wait until all is drawn and no message is on its way, for some turns of the loop."""
    deadline, quiet = monotonic() + PATIENCE, 0
    while quiet < turns and app._exception is None:
        assert monotonic() < deadline, "messages come without an end"
        if any(map(_has_mail, _pumps(app))):
            quiet = 0
        elif app._resize_event is not None:
            # Now, as all below: Textual would come to it within a sixtieth of a second.
            quiet = 0
            app._check_resize()
        elif _is_to_draw(app.screen) and not app._batch_count:
            quiet = 0
            app.screen._on_timer_update()
        else:
            quiet += 1
        await asyncio.sleep(0)


def _is_to_draw(screen: Screen[Any]) -> bool:
    """Whether it is to be laid out or drawn, or something is to be done behind that."""
    drawn = screen._layout_required or screen._scroll_required or screen._repaint_required
    return bool(drawn or screen._dirty_widgets or screen._recompose_required or screen._callbacks)


def _pumps(app: App[Any]) -> list[MessagePump]:
    return [app, *app.screen.walk_children(with_self=True)]


def _has_mail(pump: MessagePump) -> bool:
    """Whether it does anything but wait for a message."""
    # To send a message to each and wait for it costs more than most of what is waited for.
    if pump._closing or pump._closed:
        return False
    return not (pump._message_queue.empty() and pump._message_queue.ready_event._waiters)


async def settled(pilot: Pilot[None]) -> ReviewScreen:
    """The screen under test, once nothing runs behind it."""
    await flushed(pilot)
    app = pilot.app
    if isinstance(app, NevusApp):
        # Only behind the first photo does it look through the folder.
        await until(pilot, lambda: app.begins)
    while running := [worker for worker in pilot.app.workers if not worker.is_finished]:
        await pilot.app.workers.wait_for_complete(running)
        await flushed(pilot)
    screen = review_screen(pilot)
    # A key before means nothing: nobody can have judged the photo yet.
    await until(pilot, lambda: _is_seen(screen.query_one(Workbench)))
    return screen


async def press(pilot: Pilot[None], *keys: str) -> ReviewScreen:
    """The screen under test after these keys, each pressed once nothing runs behind the last."""
    screen = await settled(pilot)
    for key in keys:
        await pilot.press(key)
        screen = await settled(pilot)
    return screen


async def want(pilot: Pilot[None], wanted: Wanted) -> ReviewScreen:
    """The screen under test once it shows these photos."""
    (await settled(pilot)).want(wanted)
    return await settled(pilot)


def _is_seen(bench: Workbench) -> bool:
    return bench.opened is None or bench.seen_since is not None


async def until(pilot: Pilot[None], condition: Callable[[], bool]) -> None:
    """Let the app run until something holds that comes from outside it; fail if it never does."""
    deadline = monotonic() + PATIENCE
    while not condition():
        assert monotonic() < deadline, "it did not happen"
        await asyncio.sleep(0.02)
        await _arrived(pilot.app, turns=1)


def shown_photo(screen: ReviewScreen) -> int | None:
    """The photo on the workbench."""
    opened = screen.query_one(Workbench).opened
    return None if opened is None else opened.details.photo_id


def rows(screen: ReviewScreen) -> list[int]:
    """The photos in the queue that is shown."""
    return [item.photo_id for item in screen.query_one(Queue).items]


def text_of(screen: Screen[Any], selector: str) -> str:
    """What a widget shows, as plain text."""
    widget = screen.query_one(selector)
    strips = [widget.render_line(line) for line in range(widget.size.height)]
    return "\n".join(strip.text.rstrip() for strip in strips)


def sentences(pilot: Pilot[None]) -> list[str]:
    """What was said and is still shown, but for the model that the tests do without."""
    said = [note.message for note in pilot.app._notifications]
    return [sentence for sentence in said if "There is no model at" not in sentence]
