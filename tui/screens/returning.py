"""How the screen comes back as it was left: at its photo, seen, sorted and arranged as it was."""

from dataclasses import replace
from pathlib import Path

from db.values import QueueItem
from pipeline.review.bookmark import Bookmark, Part
from pipeline.review.bookmarks import Bookmarks
from pipeline.review.desk import Desk
from tui.preferences import Preferences
from tui.rows import Left, key_of
from tui.screens.contact import ContactScreen
from tui.widgets.drawn_ahead import Near

KEEP_EVERY = 0.5
"""Seconds after which what has changed is kept."""


class ReturningScreen(ContactScreen):
    """A screen that is kept in a bookmark as it changes."""

    def __init__(self, desk: Desk, folder: Path, reviewer: str, preferences: Preferences) -> None:
        super().__init__(desk, folder, reviewer, preferences)
        self.bookmarks: Bookmarks | None = None
        """Where it is kept; not at all if None."""
        self._usual_theme = preferences.theme
        self._returns: tuple[int | str | None, Part] | None = None
        """The photo of which only a part was seen, and which."""

    def on_mount(self) -> None:
        """Keep what is changed from now on."""
        self.set_interval(KEEP_EVERY, self.keep_bookmark)

    def return_to_bookmark(self) -> None:
        """Be as the bookmark says, before anything is read; as ever where there is none."""
        found = None if self.bookmarks is None else self.bookmarks.found
        if found is None:
            return
        self._wanted = self._filters.wanted = self._filter_line.wanted = found.wanted
        left = Left(found.key, found.row, found.decision, self._desk.reviewer)
        self._queue.resume(found.wanted, left)
        self._sheet.take_out(found.out)
        self.set_class(found.folded, "-alone")
        self.app.theme = found.theme or self._usual_theme
        canvas = self._bench.canvas
        canvas.overlay, canvas.strength = found.overlay, found.strength
        canvas.look(Near.LESION if found.lesion else Near.WHOLE)
        if found.part is not None:
            self._returns = found.key, found.part

    def _return_to_part(self, photo_id: int) -> None:
        """See of the first photo what was seen of it, if it is the one that was left."""
        returns, self._returns = self._returns, None
        if returns is not None and returns[0] == photo_id:
            part = returns[1]
            self._bench.canvas.move(
                lambda lens: replace(lens, zoom=part.zoom, x=part.x, y=part.y).on(lens.grid)
            )

    def keep_bookmark(self) -> None:
        """Keep where the reviewer is now, and how the screen is set; returns at once."""
        # What is not read yet, or typed to its end, is nowhere to come back to.
        if self.bookmarks is not None and self._read_whole and not self._search_line.open:
            self.bookmarks.keep(self._bookmark())

    def _bookmark(self) -> Bookmark:
        row, canvas = self._queue.home, self._bench.canvas
        lens = canvas.moved_lens
        return Bookmark(
            key=None if row is None or self._ending else key_of(row),
            row=self._queue.cursor or 0,
            decision=row.decision_id if isinstance(row, QueueItem) else None,
            wanted=self._wanted,
            folded=self.has_class("-alone"),
            overlay=canvas.overlay,
            strength=canvas.strength,
            lesion=canvas.near is Near.LESION,
            part=None if lens is None else Part(lens.zoom, lens.x, lens.y),
            out=self._sheet.out,
            theme=None if self.app.theme == self._usual_theme else self.app.theme,
        )

    def finish(self) -> None:
        """The screen is gone: leave nothing half done."""
        super().finish()
        if self.bookmarks is not None:
            self.bookmarks.close()
