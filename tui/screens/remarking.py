"""What the keys for score, flag and note do: what is said is stored as it is said."""

import asyncio
from concurrent.futures import Future
from dataclasses import replace
from math import inf

from textual import on, work
from textual.reactive import reactive

from db.values import NO_REMARKS, PhotoDetails, Remarks
from pipeline.review.desk import Desk, DeskPhoto
from tui.keys_in_turn import KeysInTurn
from tui.preferences import Preferences
from tui.screens.revising import RevisingScreen
from tui.sentences import not_seen_yet
from tui.widgets.details import Details
from tui.widgets.note_line import NoteLine, Written
from tui.widgets.queue import Queue
from tui.widgets.status import State


class RemarkingScreen(RevisingScreen):
    """A screen on which more is said of a photo than its decision."""

    remarks: reactive[Remarks] = reactive(Remarks(), init=False)
    """What is said of the photo on the workbench."""

    def __init__(self, desk: Desk, folder: str, reviewer: str, preferences: Preferences) -> None:
        super().__init__(desk, reviewer, preferences)
        self._vocabulary = preferences.vocabulary
        self._details = Details(folder, self._vocabulary.scores, id="details")
        self._queue = Queue(folder, id="queue")
        self._note_line = NoteLine(id="note")
        self._remarks: dict[int, Remarks] = {}
        """What was said here and no decision has taken in; a photo may be open from before it."""
        self._parts: set[int] = set()
        """The photos of which a note is kept that is not written to its end."""

    def action_score(self, score: int) -> None:
        """Set the photo's score; the same again clears it."""
        if (photo_id := self._judged()) is not None:
            same = score == self.remarks.score
            self._remark(photo_id, replace(self.remarks, score=None if same else score))

    def action_flag(self) -> None:
        """Flag the photo, or take the flag away."""
        if (photo_id := self._judged()) is not None:
            self._remark(photo_id, replace(self.remarks, flag=not self.remarks.flag))

    def action_note(self) -> None:
        """Write a note on the photo."""
        if (photo_id := self._photo()) is not None:
            self._remarks.setdefault(photo_id, self.remarks)
            self.add_class("-noting")
            self._note_line.ask(photo_id, self.remarks.note)

    @on(NoteLine.Closed)
    def _take_note(self) -> None:
        self.remove_class("-noting")
        for photo_id, remarks in self._end_note().items():
            self._remark(photo_id, remarks)

    def _end_note(self) -> dict[int, Remarks]:
        """What is to be stored now that a note is written, or left as it was, by the photo."""
        written = self._note_line.take()
        # Left as it was, what was kept of it is not said.
        said = {each: self._remarks.get(each, NO_REMARKS) for each in self._parts}
        self._parts.clear()
        if written is not None:
            said[written.photo_id] = self._with_note(written)
        return said

    @on(NoteLine.Paused)
    def _keep_part(self, message: NoteLine.Paused) -> None:
        """Keep a note as far as it is written: who is killed has it, who leaves it has it not."""
        written = message.written
        if self._note_line.open:
            self._parts.add(written.photo_id)
            self._desk.remark(written.photo_id, self._with_note(written))

    def _with_note(self, written: Written) -> Remarks:
        return replace(self._remarks.get(written.photo_id, NO_REMARKS), note=written.note)

    def finish(self) -> None:
        """Keep the note that is being written, too."""
        for photo_id, remarks in self._end_note().items():
            self._desk.remark(photo_id, remarks)
        super().finish()

    def _photo(self) -> int | None:
        opened = self._bench.opened
        if opened is None:
            self._say("No photo is open, so there is nothing to say of it.")
        return None if opened is None else opened.details.photo_id

    def _judged(self) -> int | None:
        """The photo that a key is meant for, which says something by itself."""
        photo_id, opened = self._photo(), self._bench.opened
        return photo_id if opened is not None and self._was_seen(opened) else None

    def _was_seen(self, opened: DeskPhoto) -> bool:
        """Whether a photo was there to be judged when the key was pressed; if not, that is said."""
        since = self._bench.seen_since
        pressed = self.app.given_at if isinstance(self.app, KeysInTurn) else inf
        if since is not None and pressed >= since:
            return True
        self._say(not_seen_yet(self._queue.name_of(opened.details.photo_id)), "warning")
        return False

    def _remark(self, photo_id: int, remarks: Remarks) -> None:
        self._remarks[photo_id] = remarks
        self._queue.remark(photo_id, remarks)
        self._settle_remarks(photo_id, remarks, self._desk.remark(photo_id, remarks))
        opened = self._bench.opened
        if opened is not None and opened.details.photo_id == photo_id:
            self._tell(remarks)

    @work(group="remark")
    async def _settle_remarks(self, photo_id: int, remarks: Remarks, stored: Future[None]) -> None:
        await asyncio.wrap_future(stored)
        self._queue.note_remarked(photo_id, remarks)
        self.post_message(self.StoreChanged())

    def _recall(self, details: PhotoDetails) -> None:
        """Tell what is said of a photo that comes up."""
        self._tell(self._remarks.get(details.photo_id, Remarks.of(details)))

    def _tell(self, remarks: Remarks) -> None:
        self.remarks = remarks
        self._details.remark(remarks)

    def watch_remarks(self) -> None:
        """Tell them where all that is set is told."""
        self._show_state()

    def _state(self) -> State:
        remarks = self.remarks
        word = "" if remarks.score is None else self._vocabulary.scores[remarks.score - 1]
        score = "" if remarks.score is None else f"{remarks.score} {word}"
        return replace(super()._state(), score=score, flag=remarks.flag, note=bool(remarks.note))
