"""A review session as a screen may use it: everything returns at once, and threads keep the order.

opening  opens photos, one after the other, as they were asked for; one that waits may be cancelled,
         and one on which edits are not made yet comes after them
looking  has photos drawn as near as they are looked at; what waits may be cancelled
editing  makes every change of every mask, as it was asked for
storing  decides, takes back, hands remarks and shapes to the writer, and reads a page of the queue,
         each after the edits asked for before it
glancing looks at photos of a page and draws them small, one after the other; what waits may be
         cancelled
counting counts what was decided; a decision that is on its way is not among it
claiming claims the photos that are looked at, so that nobody else is handed them; nothing waits for
         it
listening looks for what others did, and has claims renewed
writer   commits edits, remarks and shapes, in the order they were made (`pipeline.review.writer`)

A photo's editor belongs to `opening` until it is open and to `editing` from then on; its decision
hands it to `storing`, and whoever decides puts the photo away. If the process dies, what the writer
has not committed is lost, and a decision that `storing` has not come to, which lets a photo that is
drawn go first (`pipeline.review.lull`); a screen that goes loses
nothing, since `close` waits for all of them.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TypeVar
from weakref import WeakValueDictionary

from db.claims import Claimed
from db.queue import PAGE
from db.together import LeftOut
from db.values import PhotoDetails, QueueItem, Remarks, SetAside, Tool
from imaging.framing import Framing, Mask, Pixels, Size
from imaging.mask.shape import Point
from imaging.values import Prediction
from pipeline.errors import WriteFailed
from pipeline.review.claiming import Claiming
from pipeline.review.deck import Deck
from pipeline.review.draft import Change, Draft
from pipeline.review.glance import Glance
from pipeline.review.lane import Lane, after
from pipeline.review.listening import Listening, News
from pipeline.review.lull import Lull
from pipeline.review.open_photo import OpenPhoto
from pipeline.review.refining import Mark
from pipeline.review.reshaped import Reshaped
from pipeline.review.session import ReviewSession
from pipeline.review.sheet import Meant
from pipeline.review.statistics import Statistics
from pipeline.review.verdict import Ruling, TakenBack
from pipeline.review.versions import Version

T = TypeVar("T")
KeepShape = Callable[[int, Tool, tuple[Point, ...]], None]
"""Keeps the points of a shape on a photo."""
Look = Callable[[OpenPhoto, Framing], Future[Pixels]]
"""Has what a framing shows of an open photo drawn."""


class DeskPhoto:
    """An open photo: what is known of it, a small upright picture, and its draft."""

    def __init__(self, opened: OpenPhoto, editing: Lane, look: Look, keep_shape: KeepShape) -> None:
        self._opened = opened
        self._look = look
        self._keep_shape = keep_shape
        self._begun = dict(opened.begun)
        self.draft = Draft(opened.editor, editing, opened.measured)

    @property
    def details(self) -> PhotoDetails:
        """What is known of it."""
        return self._opened.details

    @property
    def picture(self) -> Pixels:
        """The photo, uint8 (height, width, 3) sRGB, smaller than it is."""
        return self._opened.picture

    @property
    def prediction(self) -> Prediction | None:
        """The model's probabilities, where they are at hand."""
        return self._opened.prediction

    @property
    def has_outline(self) -> bool:
        """Whether there is something to accept: an outline, or edits that are made or asked for."""
        return self.details.revision is not None or self.draft.edited

    @property
    def size(self) -> Size:
        """The photo's own size."""
        return self._opened.details.size

    @property
    def begun(self) -> Mapping[Tool, tuple[Point, ...]]:
        """The points of shapes that are begun and not closed, by the tool."""
        return self._begun

    @property
    def kept(self) -> int:
        """How many edits of the reviewer's are kept with outlines that don't stand any more."""
        return self._opened.kept

    def keep_shape(self, tool: Tool, points: tuple[Point, ...]) -> None:
        """Keep the points of a shape that is begun; none where it is closed, or dropped."""
        if points != self._begun.get(tool, ()):
            self._begun[tool] = points
            if not points:
                del self._begun[tool]
            self._keep_shape(self.details.photo_id, tool, points)

    def was_decided(self, item: QueueItem) -> bool:
        """Whether its line tells of a decision that was made since it was opened."""
        return (item.decision_id or 0) > (self.details.decision_id or 0)

    def leaves_behind(self, item: QueueItem) -> int:
        """How many of its edits the outline will be without that its line tells of."""
        revision = self.details.revision
        same = item.revision_id == (None if revision is None else revision.id)
        return 0 if same else self.draft.edits

    def look(self, framing: Framing) -> Future[Pixels]:
        """What a framing shows of the photo at its full resolution, uint8 (gh, gw, 3).

        Raises what `ReviewSession.look` raises.
        """
        return self._look(self._opened, framing)

    def prepare_to_refine(self) -> None:
        """Marks are about to be set."""
        self.draft.prepare(self._opened.refiner)

    def refine(self, mark: Mark) -> Change:
        """Mend the outline at a mark. Raises what `Draft.refine` raises."""
        return self.draft.refine(mark, self._opened.refiner)


class Desk:
    """Where a reviewer's photos lie open. For one thread, the screen's; nothing blocks but `close`.

    The futures raise what the session's methods raise.
    """

    def __init__(self, session: ReviewSession) -> None:
        self._session = session
        self._opening = ThreadPoolExecutor(1, "opening")
        self._looking = ThreadPoolExecutor(1, "looking")
        self._glancing = ThreadPoolExecutor(1, "glancing")
        self._counting = ThreadPoolExecutor(1, "counting")
        self._editing = Lane("editing")
        self._storing = Lane("storing")
        self._lull = Lull()
        self._claiming = Claiming(session, self._lull)
        self._listening: Listening | None = None
        self._deck = Deck(self._begin_to_open)
        # Of photos that lie open, or have edits that are not made yet: those hold their draft. Set
        # by `opening` and read by the screen's thread.
        self._drafts: WeakValueDictionary[int, Draft] = WeakValueDictionary()
        self._reading = session.queue()
        # The last remark or shape on its way to the writer: done when it is queued there.
        self._handed: Future[None] = self._storing.submit(lambda: None)

    @property
    def reviewer(self) -> str:
        """Who decides here."""
        return self._session.reviewer

    @property
    def pending(self) -> int:
        """How many edits, remarks and shapes were asked for and are not yet committed."""
        # First what comes first: an edit that is made meanwhile is queued by then.
        asked = self._editing.changing + (not self._handed.done())
        return asked + self._session.pending

    @property
    def refused(self) -> WriteFailed | None:
        """Why queued edits could not be committed when that was last tried; None if they were."""
        return self._session.refused

    def hold(self) -> None:
        """A photo is about to be drawn: decisions and claims wait for `go_on`, for a moment."""
        self._lull.begin()

    def go_on(self) -> None:
        """It is drawn."""
        self._lull.end()

    def read_queue(self) -> Iterator[Future[list[QueueItem]]]:
        """The photos in the order to review them, a page at a time; the page after the last is [].

        All are as they were when the first page was read. Each is read when it is asked for, so
        that a decision waits for one page at most. A reading ends where another one begins.
        """
        # A reading that nobody ended holds a transaction open; it is no other thread's to end.
        self._storing.submit(self._reading.close)
        reading = self._reading = self._session.queue()
        while True:
            yield self._store(lambda: list(islice(reading, PAGE)))

    def is_listed(self) -> Future[bool]:
        """Whether the queue, read to its end, would have the same photos in the same order again.

        What was said of them since `read_changed` brings.
        """
        return self._store(self._session.is_listed)

    def read_changed(self, photo_ids: Collection[int]) -> Future[list[QueueItem]]:
        """The lines of these photos and of those that others have decided meanwhile, in no order.

        That is since the queue was last read from its beginning, or this was asked for.
        """
        ids = frozenset(photo_ids)
        return self._store(lambda: self._session.changed(ids))

    def listen(self, hear: Callable[[News], None]) -> None:
        """Tell of what others do from now on; `hear` is called from a thread."""
        self._listening = Listening(self._session, hear, self._claiming.renew)
        self._listening.start()

    def read_claims(self) -> Future[Mapping[int, str]]:
        """The photos that are open in other sessions, and whose they are."""
        return self._store(lambda: self._session.open_elsewhere(self._session.claims()))

    def claim(self, photo_id: int) -> Future[Claimed | None]:
        """This photo is looked at; whose it is. None where another one was looked at by then.

        What was looked at before is let go, unless its decision is on its way.
        """
        return self._claiming.claim(photo_id)

    def claim_page(self, photo_ids: Collection[int]) -> Future[Mapping[int, Claimed]]:
        """These photos are looked at together, as `claim` has it of one; whose each is."""
        return self._claiming.claim_page(photo_ids)

    def is_ours(self, claimed: Claimed) -> bool:
        """Whether a photo is this session's."""
        return claimed.holder == self._session.holder

    def leave(self) -> None:
        """No photo is looked at."""
        self._claiming.leave()

    def read_set_aside(self) -> Future[list[SetAside]]:
        """The files that could not become photos."""
        return self._store(self._session.set_aside)

    def ready(self, photo_id: int) -> DeskPhoto | None:
        """The photo if it is open already."""
        return self._deck.ready(photo_id)

    def open(self, photo_id: int) -> Future[DeskPhoto]:
        """The photo, opened now if it is not. Cancelled before its turn, it is not opened."""
        return self._deck.open(photo_id)

    def drop(self, photo_id: int) -> None:
        """Open this photo anew next time: what is known of it has changed."""
        self._deck.drop(photo_id)

    def held(self) -> list[int]:
        """The photos that lie open, or are being opened."""
        return self._deck.held()

    def is_behind(self, item: QueueItem) -> bool:
        """Whether a photo was opened before it got what stands on it now, and none drawn.

        Its first outline, that of another model, or what another reviewer said: a decision on what
        stood before is refused.
        """
        ready = self._deck.ready(item.photo_id)
        if ready is None or ready.draft.begun or ready.draft.can_redo:
            return False
        revision = ready.details.revision
        outlined = (item.revision_id or 0) > (0 if revision is None else revision.id)
        return outlined or ready.was_decided(item)

    def decide(self, photo: DeskPhoto, ruling: Ruling) -> Future[Reshaped | None]:
        """Store a decision on what the edits asked for so far made of a photo.

        The photo is put away with it: no edit may be asked for any more, and it opens anew.
        """
        self._deck.drop(photo.details.photo_id)
        # On its own lane, before the decision: what lifts the brush later finds no stroke.
        photo.draft.leave()

        def decide() -> Reshaped | None:
            self._lull.wait()
            return self._session.decide(photo._opened, ruling)

        stored = self._store(decide)
        self._claiming.decide(photo.details.photo_id, stored)
        return stored

    def glance(
        self, item: QueueItem, side: Callable[[Mask | None], int], draw: Callable[[Glance], T]
    ) -> Future[T]:
        """What `draw` makes of a photo that is looked at among others; it runs on that thread.

        Cancelled before its turn, the photo is not looked at. Raises what `ReviewSession.glance`
        raises.
        """
        return self._glancing.submit(lambda: draw(self._session.glance(item, side)))

    def accept_page(self, page: Sequence[Meant]) -> Future[LeftOut]:
        """Store that the outlines of a page are accepted; which could not be, and why."""
        for each in page:
            self._deck.drop(each.photo_id)
        stored = self._store(lambda: self._session.accept_page(page))
        for each in page:
            self._claiming.decide(each.photo_id, stored)
        return stored

    def has_model_outline(self, photo: DeskPhoto) -> Future[bool]:
        """Whether a model has outlined a photo, whatever that stands on."""
        return self._store(lambda: self._session.has_model_outline(photo.details.photo_id))

    def versions(self, photo: DeskPhoto) -> Future[tuple[Version, ...]]:
        """The photo's revisions beside its mask, edited as was asked for; the last first."""
        return self._editing.submit(lambda: self._session.versions(photo._opened))

    def mask(self, version: Version) -> Future[Mask]:
        """A revision's pixels, bool (H, W)."""
        return self._editing.submit(version.mask)

    def remark(self, photo_id: int, remarks: Remarks) -> Future[None]:
        """Keep what is said of a photo beside its decision; done when it is stored."""
        stored: Future[None] = Future()
        # As on a lane: a screen that stops waiting would else have the writer fail, and try again.
        stored.set_running_or_notify_cancel()

        def queue() -> None:
            self._session.remark(photo_id, remarks, lambda: stored.set_result(None))

        # Not past a decision that waits: what it says would take in what is said after it.
        self._handed = self._storing.submit(queue)
        return stored

    def statistics(self) -> Future[Statistics]:
        """What all decisions come to. Cancelled before its turn, nothing is counted."""
        return self._counting.submit(self._session.statistics)

    def take_back(self) -> Future[tuple[TakenBack, ...]]:
        """Take back what the reviewer's last key decided, the last first; none if there is none."""
        return self._store(self._session.take_back)

    def save(self) -> Future[None]:
        """Have every edit asked for so far committed."""
        return self._store(self._session.drain)

    def close(self) -> None:
        """Do what was asked for, but for photos nobody will see now; blocks until then."""
        listening, self._listening = self._listening, None
        if listening is not None:
            listening.stop()
        self._opening.shutdown(wait=True, cancel_futures=True)
        self._looking.shutdown(wait=True, cancel_futures=True)
        self._glancing.shutdown(wait=True, cancel_futures=True)
        self._counting.shutdown(wait=True, cancel_futures=True)
        # Before the storing lane, which waits for edits.
        self._editing.close()
        self._storing.close()
        self._reading.close()
        # Last: what is decided must not be handed to others before it is stored.
        self._claiming.close()

    def _begin_to_open(self, photo_id: int) -> Future[DeskPhoto]:
        earlier = self._drafts.get(photo_id)
        # What is not made yet is not in the database, where the photo is opened from.
        made = None if earlier is None else earlier.asked_last
        return after(made, lambda: self._opening.submit(self._open, photo_id))

    def _open(self, photo_id: int) -> DeskPhoto:
        opened = self._session.open(photo_id)
        # Not here: the photo after this one would wait for it.
        self._looking.submit(self._session.look_ahead, opened)
        photo = DeskPhoto(opened, self._editing, self._look, self._keep_shape)
        self._drafts[photo_id] = photo.draft
        return photo

    def _keep_shape(self, photo_id: int, tool: Tool, points: tuple[Point, ...]) -> None:
        self._handed = self._storing.submit(
            lambda: self._session.keep_shape(photo_id, tool, points)
        )

    def _look(self, opened: OpenPhoto, framing: Framing) -> Future[Pixels]:
        return self._looking.submit(self._session.look, opened, framing)

    def _store(self, job: Callable[[], T]) -> Future[T]:
        edited = self._editing.submit(lambda: None)

        def after_edits() -> T:
            edited.result()
            return job()

        return self._storing.submit(after_edits)
