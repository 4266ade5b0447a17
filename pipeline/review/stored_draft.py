"""A draft in the database: its edits are handed to the writer, and kept in their order."""

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

from db.store import Store
from db.values import DraftEdit
from pipeline.review.writer import Writer

MakeEdit = Callable[[], DraftEdit]


@dataclass(frozen=True)
class Whose:
    """Whose draft of which photo, and of which revision; None where the photo has none."""

    reviewer: str
    photo_id: int
    revision_id: int | None


class StoredDraft:
    """Saves one reviewer's edits of one revision, or on nothing, through the writer, in order.

    Its public methods are called by whoever edits and return at once; what they queue runs on the
    writer's thread.
    """

    def __init__(self, store: Store, writer: Writer, whose: Whose, draft_id: int | None) -> None:
        self._store = store
        self._writer = writer
        self._whose = whose
        self._drawn: _Drawn | None = None
        self._draft_id = draft_id

    def add(self, cursor: int, edit: DraftEdit) -> None:
        """Queue an edit made when `cursor` edits were live."""
        self._drawn = None
        self._writer.submit(lambda: self._commit_one(cursor, edit))

    def draw(self, cursor: int, edit: MakeEdit) -> None:
        """Queue a stroke, begun when `cursor` edits were live, as it is now."""
        if self._drawn is None or self._drawn.cursor != cursor:
            self._drawn = _Drawn(cursor)
        drawn = self._drawn
        if drawn.put(edit):
            self._writer.submit(lambda: self._commit_stroke(drawn))

    def move(self, cursor: int) -> None:
        """Queue that `cursor` edits are live now."""
        self._drawn = None
        self._writer.submit(lambda: self._commit_cursor(cursor))

    def _commit_one(self, cursor: int, edit: DraftEdit) -> None:
        self._commit_edit(cursor, edit)

    def _commit_edit(self, cursor: int, edit: DraftEdit) -> int:
        whose = self._whose
        stored = self._store.add_edit(
            whose.reviewer, whose.photo_id, whose.revision_id, cursor, edit
        )
        self._draft_id = stored.draft_id
        return stored.edit_id

    def _commit_stroke(self, drawn: "_Drawn") -> None:
        while (make := drawn.newest()) is not None:
            edit = make()
            # Not live: another app of the same reviewer went back behind it. It is drawn anew.
            if drawn.edit_id is None or not self._store.redraw_edit(drawn.edit_id, edit):
                drawn.edit_id = self._commit_edit(drawn.cursor, edit)
            drawn.note_saved(make)

    def _commit_cursor(self, cursor: int) -> None:
        if self._draft_id is not None:
            self._store.move_cursor(self._draft_id, cursor)


def strokes_behind(store: Store, edit: DraftEdit) -> tuple[DraftEdit, ...]:
    """What was drawn by hand on the way to what an edit went back to, if not to a model's."""
    if edit.revision_id is not None:
        return store.strokes(edit.revision_id)
    return () if edit.kept_id is None else store.strokes_until(edit.kept_id)


@dataclass
class _Drawn:
    """A stroke under way: how many edits were live before it, and its row once it has one.

    Drawn faster than the disk takes it (or while the disk refuses), only its newest form waits, in
    one commit. Put by the editing thread and taken by the writer's; the lock orders the two, so
    that a form put while an older one is being saved is either saved by the same commit or queued.
    """

    cursor: int
    edit_id: int | None = None
    _newest: MakeEdit | None = None
    _lock: Lock = field(default_factory=Lock)

    def put(self, edit: MakeEdit) -> bool:
        """The stroke has another form now; whether a commit must be queued for it."""
        with self._lock:
            alone, self._newest = self._newest is None, edit
            return alone

    def newest(self) -> MakeEdit | None:
        """The form to save; None when all is saved."""
        return self._newest

    def note_saved(self, edit: MakeEdit) -> None:
        """This form is on the disk."""
        with self._lock:
            if self._newest is edit:
                self._newest = None
