"""Who touches an editor, and in which order edits and decisions are done."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future
from pathlib import Path

import numpy as np
import pytest

from db.arrivals import NewPhoto
from db.queue import PAGE
from db.store import Store
from db.values import DecisionKind, DraftEdit, Remarks, Tool
from imaging.decode.photo import fingerprint, read_file
from imaging.framing import Mask, Part
from imaging.mask import rle
from pipeline.errors import NothingToRepair, ReviewError
from pipeline.intake.scan import file_stat
from pipeline.review.brush import RADIUS
from pipeline.review.deck import KEPT, Deck
from pipeline.review.desk import Desk, DeskPhoto
from pipeline.review.draft import Draft
from pipeline.review.editor import Editor
from pipeline.review.lane import Lane
from pipeline.review.reshaped import Reshaped
from pipeline.review.session import ReviewSession
from pipeline.review.verdict import Ruling
from tests.support.many_photos import BARE, add_photos


@pytest.fixture
def desk(session: ReviewSession) -> Iterator[Desk]:
    desk = Desk(session)
    yield desk
    desk.close()


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    """What is held up by it goes on at the test's end at the latest."""
    gate = threading.Event()
    yield gate
    gate.set()


def open_at(desk: Desk, photo_id: int) -> tuple[DeskPhoto, Draft]:
    photo = desk.open(photo_id).result()
    return photo, photo.draft


def accept(desk: Desk, photo: DeskPhoto) -> Future[Reshaped | None]:
    return desk.decide(photo, Ruling(DecisionKind.ACCEPTED, 1.0))


def stored_mask(store: Store, photo_id: int) -> Mask:
    revision = store.photo(photo_id).revision
    assert revision is not None
    return rle.decode(store.mask(revision.id))


def test_a_decision_holds_what_was_asked_for_before_it(
    desk: Desk, store: Store, remembered: int, gate: threading.Event
) -> None:
    photo, draft = open_at(desk, remembered)
    held = desk._editing.submit(gate.wait)
    draft.begin_stroke(6, True)
    draft.extend_stroke(10, 10)
    draft.end_stroke()
    draft.shift_threshold(-1)
    assert (draft.edits, draft.edited, draft.threshold) == (0, True, 0.45)
    decided = accept(desk, photo)
    assert not decided.done()
    gate.set()
    held.result()
    decided.result()
    assert store.photo(remembered).decision is DecisionKind.CORRECTED
    assert np.array_equal(stored_mask(store, remembered), draft.mask)
    assert stored_mask(store, remembered)[10, 10]


def test_what_is_said_after_a_decision_waits_for_it_and_is_not_taken_in(
    desk: Desk, store: Store, remembered: int, gate: threading.Event
) -> None:
    photo, _ = open_at(desk, remembered)
    desk.remark(remembered, Remarks(note="before")).result()
    assert store.photo(remembered, "ada").note == "before"
    held = desk._storing.submit(gate.wait)
    accept(desk, photo)
    kept = desk.remark(remembered, Remarks(flag=True))
    assert desk.pending == 1
    gate.set()
    held.result()
    kept.result()
    assert Remarks.of(store.photo(remembered, "ada")) == Remarks(flag=True)
    desk.save().result()
    assert desk.pending == 0
    assert store.photo(remembered).flag is False


def test_repairs_are_made_in_their_turn_and_one_that_is_none_stops_nothing(
    desk: Desk, store: Store, remembered: int, gate: threading.Event
) -> None:
    photo, draft = open_at(desk, remembered)
    held = desk._editing.submit(gate.wait)
    draft.repair(Tool.CLEAR, {})
    nothing = draft.repair(Tool.GROW, {RADIUS: 4})
    draft.begin_stroke(6, True)
    draft.extend_stroke(10, 10)
    draft.repair(Tool.GROW, {RADIUS: 4})
    assert (draft.edits, draft.edited) == (0, True)
    decided = accept(desk, photo)
    gate.set()
    held.result()
    decided.result()
    with pytest.raises(NothingToRepair, match="is empty"):
        nothing.result()
    assert draft.edits == 3
    stored = stored_mask(store, remembered)
    assert np.array_equal(stored, draft.mask)
    assert stored[10, 18]
    assert not stored[10, 22:].any()


def test_a_stroke_whose_brush_is_still_down_is_one_edit_of_its_decision(
    desk: Desk, store: Store, remembered: int, gate: threading.Event
) -> None:
    photo, draft = open_at(desk, remembered)
    draft.begin_stroke(6, True)
    draft.extend_stroke(10, 10).result()
    held = desk._storing.submit(gate.wait)
    decided = accept(desk, photo)
    # The screen lifts the brush when it puts the photo away.
    draft.end_stroke().result()
    assert draft.edits == 1
    gate.set()
    held.result()
    decided.result()
    assert draft.edits == 1
    assert stored_mask(store, remembered)[10, 10]


class Witness:
    """Keeps no edits, but which threads made them."""

    def __init__(self) -> None:
        self.threads: set[str] = set()

    def _note(self) -> None:
        self.threads.add(threading.current_thread().name)

    def add(self, cursor: int, edit: DraftEdit) -> None:
        self._note()

    def draw(self, cursor: int, edit: Callable[[], DraftEdit]) -> None:
        self._note()

    def move(self, cursor: int) -> None:
        self._note()


def test_a_mask_is_changed_by_the_editing_lane_alone() -> None:
    witness, lane = Witness(), Lane("editing")
    mask = np.zeros((40, 60), np.bool_)
    draft = Draft(Editor(mask, 0.5, None, witness), lane)
    draft.begin_stroke(3, True)
    draft.extend_stroke(20, 20)
    draft.save_stroke()
    draft.end_stroke()
    draft.undo()
    changed: Part | None = draft.redo().result()
    assert changed == (slice(17, 23), slice(17, 23))
    assert draft.measure().result().measurements.area_pixels == mask.sum()
    lane.close()
    assert {name.rpartition("_")[0] for name in witness.threads} == {"editing"}


def test_threshold_steps_asked_for_meanwhile_are_drawn_at_once(
    desk: Desk, remembered: int, gate: threading.Event
) -> None:
    _, draft = open_at(desk, remembered)
    held = desk._editing.submit(gate.wait)
    first = draft.shift_threshold(1)
    assert first is not None
    assert draft.shift_threshold(1) is None
    assert draft.threshold == 0.6
    gate.set()
    held.result()
    first.result()
    assert (draft.edits, draft.threshold) == (1, 0.6)
    again = draft.shift_threshold(1)
    assert again is not None
    again.result()
    assert (draft.edits, draft.threshold) == (2, 0.65)


def test_a_threshold_at_its_end_goes_no_further_and_comes_back_at_once(
    desk: Desk, remembered: int
) -> None:
    _, draft = open_at(desk, remembered)
    for _ in range(9):
        draft.shift_threshold(1)
    assert draft.threshold == 0.95
    assert not draft.can_shift_threshold(1)
    assert draft.can_shift_threshold(-1)


def test_closing_does_what_was_asked_for(
    session: ReviewSession, store: Store, remembered: int, gate: threading.Event
) -> None:
    desk = Desk(session)
    photo, draft = open_at(desk, remembered)
    desk._editing.submit(gate.wait)
    draft.shift_threshold(1)
    decided = accept(desk, photo)
    closing = threading.Thread(target=desk.close)
    closing.start()
    gate.set()
    closing.join()
    assert decided.done()
    assert store.photo(remembered).decision is DecisionKind.CORRECTED


def test_a_photo_is_behind_once_its_outline_is_there(
    desk: Desk,
    session: ReviewSession,
    store: Store,
    folder: Path,
    draw: Callable[..., Path],
    remember: Callable[[Store, Path], int],
) -> None:
    path = draw(folder / "mole.jpg")
    new = NewPhoto(file_stat(path), fingerprint(read_file(path)))
    photo_id = store.take_in(new).photo_id
    bare = desk.open(photo_id).result()
    assert not bare.has_outline
    assert not desk.is_behind(*session.queue())
    assert not desk.has_model_outline(bare).result()
    remember(store, path)
    assert desk.is_behind(*session.queue())
    assert desk.has_model_outline(bare).result()
    desk.drop(photo_id)
    open_at(desk, photo_id)
    assert not desk.is_behind(*session.queue())


@pytest.mark.parametrize("edits", [0, 1])
def test_a_photo_is_behind_once_another_model_has_outlined_it_and_nobody_edits_it(
    desk: Desk,
    session: ReviewSession,
    store: Store,
    folder: Path,
    remember: Callable[..., int],
    remembered: int,
    edits: int,
) -> None:
    _, draft = open_at(desk, remembered)
    for _ in range(edits):
        shift = draft.shift_threshold(1)
        assert shift is not None
        shift.result()
    remember(store, folder / "mole.jpg", "1")
    assert desk.is_behind(*session.queue()) is not bool(edits)
    desk.drop(remembered)
    photo, _ = open_at(desk, remembered)
    assert not desk.is_behind(*session.queue())
    accept(desk, photo).result()
    assert store.photo(remembered).decision is not None


def test_what_is_drawn_before_its_outline_is_there_is_not_behind(
    desk: Desk,
    session: ReviewSession,
    store: Store,
    folder: Path,
    draw: Callable[..., Path],
    remember: Callable[[Store, Path], int],
) -> None:
    path = draw(folder / "mole.jpg")
    new = NewPhoto(file_stat(path), fingerprint(read_file(path)))
    photo, draft = open_at(desk, store.take_in(new).photo_id)
    draft.begin_stroke(5, True).result()
    remember(store, path)
    assert not desk.is_behind(*session.queue())
    draft.extend_stroke(20, 20)
    draft.end_stroke().result()
    assert not desk.is_behind(*session.queue())
    drawn = draft.mask.copy()
    accept(desk, photo).result()
    assert np.array_equal(stored_mask(store, photo.details.photo_id), drawn)


def test_a_decision_goes_between_two_pages_of_the_queue(
    desk: Desk, session: ReviewSession, store: Store, folder: Path, remembered: int
) -> None:
    add_photos(store, str(folder.resolve()), [0.5, *[BARE] * PAGE])
    pages = desk.read_queue()
    first = next(pages).result()
    assert len(first) == PAGE
    accept(desk, desk.open(remembered).result()).result()
    assert store.photo(remembered).decision is DecisionKind.ACCEPTED
    rest = [*next(pages).result(), *next(pages).result()]
    assert len(rest) == 2
    # One moment for all of it: the decision is in the next reading.
    assert {item.decision for item in [*first, *rest]} == {None}
    assert DecisionKind.ACCEPTED in {item.decision for item in session.queue()}


def test_a_lane_does_what_nobody_waits_for_any_more(gate: threading.Event) -> None:
    lane, done = Lane("a"), threading.Event()
    lane.submit(gate.wait)
    promise = lane.submit(done.set)
    assert not promise.cancel()
    gate.set()
    lane.close()
    assert done.is_set()


def test_a_lane_goes_on_after_a_failure() -> None:
    lane = Lane("a")

    def fail() -> None:
        raise ValueError("no")

    failed, after = lane.submit(fail), lane.submit(lambda: 1)
    with pytest.raises(ValueError, match="no"):
        failed.result()
    assert after.result() == 1
    lane.close()


def test_the_deck_opens_once_and_again_what_failed_or_was_dropped() -> None:
    begun: list[Future[int]] = []

    def begin(photo_id: int) -> Future[int]:
        begun.append(Future())
        return begun[-1]

    deck = Deck(begin)
    deck.open(1)
    assert deck.ready(1) is None
    assert deck.open(1) is begun[0]
    begun[0].set_exception(ValueError("gone"))
    assert deck.ready(1) is None
    assert deck.open(1) is begun[1]
    begun[1].set_result(7)
    assert deck.ready(1) == 7
    deck.drop(1)
    assert deck.ready(1) is None
    deck.open(1).cancel()
    with pytest.raises(CancelledError):
        begun[2].result()
    assert deck.open(1) is begun[3]


def test_the_deck_keeps_the_last_few() -> None:
    def begin(photo_id: int) -> Future[int]:
        opened: Future[int] = Future()
        opened.set_result(photo_id)
        return opened

    deck = Deck(begin)
    for photo_id in range(KEPT + 2):
        deck.open(photo_id)
        deck.open(0)
    kept = [photo_id for photo_id in range(KEPT + 2) if deck.ready(photo_id) is not None]
    assert kept == [0, *range(3, KEPT + 2)]


def test_what_is_refused_is_told_where_it_was_asked_for(
    desk: Desk, remembered: int, folder: Path
) -> None:
    (folder / "mole.jpg").unlink()
    with pytest.raises(ReviewError, match="is not there any more"):
        desk.open(remembered).result()
    assert desk.ready(remembered) is None
