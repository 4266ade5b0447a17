"""Edits are on the disk when they are said to be, and are there again after a restart."""

import sqlite3
from pathlib import Path

import numpy as np
import pytest

from db.store import Store
from db.values import Origin
from pipeline.errors import WriteFailed
from pipeline.review.session import ReviewSession
from tests.pipeline.review.conftest import Sit, paint


def test_strokes_survive_a_restart_with_their_undo_and_redo(
    session: ReviewSession, sit: Sit, remembered: int
) -> None:
    photo = session.open(remembered)
    before = photo.editor.mask.copy()
    paint(photo, (10, 10), (60, 20))
    once = photo.editor.mask.copy()
    paint(photo, (160, 120), (180, 130), value=False)
    photo.editor.undo()
    session.close()
    again = sit("ada")
    editor = again.open(remembered).editor
    assert np.array_equal(editor.mask, once)
    assert (editor.edits, editor.can_undo, editor.can_redo) == (1, True, True)
    editor.redo()
    assert not editor.mask[120, 165]
    editor.undo()
    editor.undo()
    assert np.array_equal(editor.mask, before)


def test_an_edit_after_an_undo_branches_also_after_a_restart(
    session: ReviewSession, sit: Sit, remembered: int
) -> None:
    photo = session.open(remembered)
    paint(photo, (20, 20))
    paint(photo, (40, 40))
    photo.editor.undo()
    paint(photo, (300, 200))
    assert not photo.editor.can_redo
    expected = photo.editor.mask.copy()
    session.close()
    again = sit("ada")
    editor = again.open(remembered).editor
    assert np.array_equal(editor.mask, expected)
    assert (editor.edits, editor.can_redo) == (2, False)


def test_a_threshold_is_one_edit_that_can_be_undone_and_survives(
    session: ReviewSession, sit: Sit, remembered: int
) -> None:
    editor = session.open(remembered).editor
    area = editor.measurements().area_pixels
    assert editor.set_threshold(0.2) is not None
    assert editor.measurements().area_pixels > area
    assert (editor.threshold, editor.edits, editor.origin) == (0.2, 1, Origin.THRESHOLD)
    session.close()
    again = sit("ada")
    editor = again.open(remembered).editor
    assert editor.threshold == 0.2
    editor.undo()
    assert (editor.threshold, editor.measurements().area_pixels) == (0.5, area)
    editor.redo()
    assert editor.threshold == 0.2


def test_a_stroke_under_way_is_on_the_disk_before_it_ends(
    session: ReviewSession, sit: Sit, remembered: int
) -> None:
    photo = session.open(remembered)
    editor = photo.editor
    editor.begin_stroke(6, True)
    for x in range(10, 100, 10):
        editor.extend_stroke(x, 12)
        editor.save_stroke()
    session.drain()
    seen = editor.mask.copy()
    # As after a kill: nothing of this session is asked any more, and another one opens the photo.
    other = sit("ada")
    found = other.open(remembered).editor
    assert np.array_equal(found.mask, seen)
    assert found.edits == 1
    editor.extend_stroke(100, 100)
    editor.end_stroke()
    session.drain()
    found = session.open(remembered).editor
    assert (found.edits, found.can_redo) == (1, False)
    assert np.array_equal(found.mask, editor.mask)


def test_while_the_disk_refuses_a_stroke_waits_in_its_newest_form(
    session: ReviewSession, remembered: int, tmp_path: Path
) -> None:
    editor = session.open(remembered).editor
    lock = sqlite3.connect(tmp_path / "memory" / "nevus.db", isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    editor.begin_stroke(6, True)
    for x in range(10, 200, 10):
        editor.extend_stroke(x, 12)
        editor.save_stroke()
    assert session.pending == 1
    editor.end_stroke()
    assert session.pending == 1
    lock.execute("ROLLBACK")
    lock.close()
    session.drain()
    found = session.open(remembered).editor
    assert np.array_equal(found.mask, editor.mask)
    assert found.edits == 1


def test_edits_that_cannot_be_saved_are_said_and_kept(
    session: ReviewSession, store: Store, remembered: int, tmp_path: Path
) -> None:
    photo = session.open(remembered)
    # A reader can't write: the database file, as another process would lock it, is held by us.
    lock = sqlite3.connect(tmp_path / "memory" / "nevus.db", isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    paint(photo, (10, 10))
    assert session.pending == 1
    with pytest.raises(WriteFailed, match="not saved yet"):
        session.drain()
    assert session.pending == 1
    lock.execute("ROLLBACK")
    lock.close()
    session.close()
    assert session.pending == 0
    state = store.draft("ada", remembered, photo.details.revision.id)  # type: ignore[union-attr]
    assert state is not None
    assert state.cursor == 1


def test_two_reviewers_do_not_see_each_others_edits(
    session: ReviewSession, sit: Sit, remembered: int
) -> None:
    paint(session.open(remembered), (10, 10))
    session.drain()
    other = sit("bob")
    assert other.open(remembered).editor.edits == 0
