"""Whether a key was meant for the photo that is seen, or for one that was there before."""

from time import monotonic

from db.values import QueueItem
from imaging.text import printable
from pipeline.review.desk import Desk
from pipeline.review.pace import REACTION
from tui.names import below
from tui.preferences import Preferences
from tui.screens.finding import FindingScreen
from tui.sentences import came_instead, came_just_now, gone_from_folder, there_again
from tui.stopwatch import Stopwatch
from tui.widgets.queue import Queue


class MeaningScreen(FindingScreen):
    """A screen with a queue, whose cursor may come to a photo that nobody has gone to."""

    def __init__(self, desk: Desk, folder: str, reviewer: str, preferences: Preferences) -> None:
        super().__init__(desk, folder, reviewer, preferences)
        self._folder = folder
        self._came: int | None = None
        """The photo that came in place of another one, and nobody has gone to."""
        self._lost: QueueItem | None = None
        """The photo that lay open and is gone, in whose place that one came."""
        # Not of attention: nobody need have done anything since.
        self._since_came = Stopwatch(monotonic)

    def _is_current(self, photo_id: int) -> bool:
        row = self._queue.current
        return isinstance(row, QueueItem) and row.photo_id == photo_id

    def _is_surprise(self, photo_id: int) -> bool:
        """Whether a key may have been meant for the photo before; that is said, once.

        Where that one is gone, it may be however long ago: its reviewer need not have looked up.
        """
        came, self._came = self._came, None
        lost, self._lost = self._lost, None
        name = self._queue.name_of(photo_id)
        if came != photo_id:
            return False
        if lost is not None:
            name = self._name_beside(lost, photo_id)
            self._say(came_instead(name, self._name_of_lost(lost)), "warning")
            return True
        if self._since_came.seconds(photo_id) >= REACTION:
            return False
        self._say(came_just_now(name), "warning")
        return True

    def _judged(self) -> int | None:
        # Not of a note, which is begun all the same: its letters would be taken for other keys.
        photo_id = super()._judged()
        return None if photo_id is None or self._is_surprise(photo_id) else photo_id

    def _note_came(self, message: Queue.RowChosen) -> None:
        """Another row is under the cursor: whether somebody went there, and what is gone."""
        row, lost = message.row, message.instead_of
        came = message.followed or lost is not None
        self._came = row.photo_id if came and isinstance(row, QueueItem) else None
        opened = self._bench.opened
        was_open = opened is not None and lost is not None
        self._lost = lost if was_open else None
        if lost is not None and was_open:
            name = "" if self._came is None else self._name_beside(lost, self._came)
            self._say(gone_from_folder(self._name_of_lost(lost), name), "warning")

    def _name_beside(self, lost: QueueItem, photo_id: int) -> str:
        """What a photo is called beside the one that is gone: the same where it is in its file."""
        item = self._queue.line(photo_id)
        same = item is not None and item.path == lost.path
        return self._name_of_lost(lost) if same else self._queue.name_of(photo_id)

    def _name_of_lost(self, lost: QueueItem) -> str:
        return printable(below(lost.path, self._folder))

    def _return_to_lost(self) -> None:
        """Go back to the photo that was gone, as one is that is renamed, where nothing was done."""
        lost, came = self._lost, self._came
        if lost is None or (came is not None and not self._is_current(came)):
            return
        back = self._queue.line(lost.photo_id)
        if back is not None and self._queue.choose(lost.photo_id):
            self._came = self._lost = None
            name = printable(below(back.path, self._folder))
            self._say(there_again(name, self._name_of_lost(lost)))
