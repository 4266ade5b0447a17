"""Every edit says with which tool it was made, and how that was set; also after a restart."""

from contextlib import closing
from pathlib import Path

import pytest

from db.store import Store
from db.values import DraftEdit, Tool
from pipeline.review.brush import PAINTS, RADIUS
from pipeline.review.editor import Editor
from pipeline.review.session import ReviewSession
from pipeline.work.scorer import Pool
from pipeline.work.viewer import Viewer

INSIDE, OUTSIDE = (160, 120), (20, 20)


def open_editor(session: ReviewSession, photo_id: int) -> Editor:
    editor = session.open(photo_id).editor
    assert editor is not None
    return editor


def stroke(editor: Editor, radius: float, at: tuple[int, int], paints: bool) -> None:
    editor.begin_stroke(radius, paints)
    editor.extend_stroke(*at)
    editor.save_stroke()
    editor.extend_stroke(at[0] + 4, at[1])
    editor.end_stroke()


def stored_edits(path: Path, photo_id: int) -> list[DraftEdit]:
    """The live edits, read by a store that was opened anew."""
    with closing(Store.open(path)) as store:
        revision = store.photo(photo_id).revision
        assert revision is not None
        draft = store.draft("ada", photo_id, revision.id)
        assert draft is not None
        return list(draft.edits[: draft.cursor])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the fixture `store` keeps its database."""
    return tmp_path / "memory" / "nevus.db"


def test_the_tool_and_its_settings_of_every_edit_survive_a_restart(
    store: Store, modelless: Pool, viewer: Viewer, folder: Path, remembered: int, path: Path
) -> None:
    with closing(ReviewSession(store, modelless, viewer, folder, "ada")) as session:
        editor = open_editor(session, remembered)
        stroke(editor, 6.5, OUTSIDE, paints=True)
        stroke(editor, 2.25, INSIDE, paints=False)
        assert editor.set_threshold(0.2) is not None
    store.close()
    assert [(edit.tool, edit.settings) for edit in stored_edits(path, remembered)] == [
        (Tool.BRUSH, {RADIUS: 6.5, PAINTS: 1}),
        (Tool.BRUSH, {RADIUS: 2.25, PAINTS: 0}),
        (Tool.THRESHOLD, {"threshold": 0.2}),
    ]


def test_a_stroke_under_way_has_its_settings_on_the_disk(
    store: Store, modelless: Pool, viewer: Viewer, folder: Path, remembered: int, path: Path
) -> None:
    with closing(ReviewSession(store, modelless, viewer, folder, "ada")) as session:
        editor = open_editor(session, remembered)
        editor.begin_stroke(3.75, True)
        editor.extend_stroke(*OUTSIDE)
        editor.save_stroke()
        session.drain()
        (edit,) = stored_edits(path, remembered)
    assert edit.settings == {RADIUS: 3.75, PAINTS: 1}
