"""A photo that is opened anew while edits asked for on it are not made yet."""

import threading
from collections.abc import Iterator
from concurrent.futures import CancelledError
from pathlib import Path

import numpy as np
import pytest

from db.store import Store
from pipeline.review.desk import Desk
from pipeline.review.session import ReviewSession
from pipeline.work.scorer import Pool
from pipeline.work.viewer import Viewer


@pytest.fixture
def desk(store: Store, modelless: Pool, viewer: Viewer, folder: Path) -> Iterator[Desk]:
    session = ReviewSession(store, modelless, viewer, folder, "ada")
    desk = Desk(session)
    yield desk
    desk.close()
    session.close()


@pytest.fixture
def gate(desk: Desk) -> Iterator[threading.Event]:
    """Holds up the lane of edits, at the latest until the test's end."""
    gate = threading.Event()
    yield gate
    gate.set()


def test_a_photo_that_opens_anew_has_the_edits_that_were_not_made_yet(
    desk: Desk, remembered: int, gate: threading.Event
) -> None:
    draft = desk.open(remembered).result().draft
    desk._editing.submit(gate.wait)
    draft.shift_threshold(-1)
    # As it is where enough others were opened meanwhile.
    desk.drop(remembered)
    again = desk.open(remembered)
    # It holds up no other photo.
    desk._opening.submit(lambda: None).result()
    assert not again.done()
    gate.set()
    found = again.result().draft
    assert (found.edits, found.threshold) == (1, 0.45)
    assert np.array_equal(found.mask, draft.mask)


def test_a_photo_that_waits_for_its_edits_is_not_opened_where_nobody_wants_it_any_more(
    desk: Desk, remembered: int, gate: threading.Event
) -> None:
    draft = desk.open(remembered).result().draft
    desk._editing.submit(gate.wait)
    change = draft.shift_threshold(-1)
    assert change is not None
    desk.drop(remembered)
    assert desk.open(remembered).cancel()
    gate.set()
    change.result()
    desk.save().result()
    assert desk.open(remembered).result().draft.edits == 1


def test_what_waits_for_its_edits_holds_up_no_closing(
    desk: Desk, remembered: int, gate: threading.Event
) -> None:
    draft = desk.open(remembered).result().draft
    desk._editing.submit(gate.wait)
    draft.shift_threshold(-1)
    desk.drop(remembered)
    again = desk.open(remembered)
    desk._opening.shutdown()
    gate.set()
    with pytest.raises(CancelledError):
        again.result()
