"""What is told of others, models and reviewers, who work on the same photos at the same time."""

import asyncio
from concurrent.futures import Future
from pathlib import Path

from textual import work

from db.claims import Claimed
from db.values import QueueItem
from pipeline.review.desk import Desk, DeskPhoto
from pipeline.review.listening import News
from tui.failures import EXPECTED
from tui.preferences import Preferences
from tui.screens.reading import ReadingScreen
from tui.sentences import (
    decided_meanwhile,
    edits_kept,
    edits_kept_on,
    model_came,
    newer_outline,
    open_elsewhere,
)


class SharingScreen(ReadingScreen):
    """A screen whose queue others work off too: what they have open is left to them."""

    def __init__(self, desk: Desk, folder: Path, reviewer: str, preferences: Preferences) -> None:
        super().__init__(desk, folder, reviewer, preferences)
        self._told_model: set[int] = set()
        self._told_kept: dict[int, int] = {}
        """Of how many kept edits it was said that they are, by their photo."""
        self._doubted: int | None = None
        """What was handed out although it may have been decided a moment before."""

    def hear_others(self, news: News) -> None:
        """Show what is open elsewhere, and soon what was said and what has come there."""
        self._queue.take(news.claims)
        if news.said:
            self.post_message(self.StoreChanged())
        if news.arrived:
            self._expect_news()
        if self._ending:
            self._go_on()

    def _look_at_news(self) -> None:
        """Open what has an outline now, and go to work that came after all was done."""
        self._tell_decided()
        self._return_to_lost()
        for photo_id in self._desk.held():
            item = self._queue.line(photo_id)
            if item is not None and not self._is_on_bench(photo_id):
                self._forget_if_decided(item)
            behind = item is not None and self._desk.is_behind(item)
            if behind and self._draws_on(photo_id):
                self._tell_newer(photo_id)
            elif item is not None and behind:
                ready = self._desk.ready(photo_id)
                self._desk.drop(photo_id)
                if ready is self._bench.opened:
                    self._open(item)
        self._tell_model()
        doubted, self._doubted = self._doubted, None
        if self._ending or (doubted is not None and self._was_handed_late(doubted)):
            self._go_on()
        self._try_again()

    def _was_handed_late(self, photo_id: int) -> bool:
        """Whether a photo was handed out that another reviewer had decided by then."""
        return self._queue.handed == photo_id and self._was_decided()

    def _tell_decided(self) -> None:
        """Say once of the photo that lies open who decided it; it stays as it is under the hand."""
        opened, row = self._bench.opened, self._queue.current
        if opened is None or not isinstance(row, QueueItem) or row.decision is None:
            return
        if opened is self._desk.ready(row.photo_id) and opened.was_decided(row):
            self._desk.drop(row.photo_id)
            name = self._queue.name_of(row.photo_id)
            edits = opened.leaves_behind(row)
            kept = edits_kept(edits, self._keymap) if edits else ""
            self._say(decided_meanwhile(name, row.reviewer, row.decision, kept), "warning")

    def _tell_kept(self, opened: DeskPhoto) -> None:
        """Say once of a photo that comes up that edits are kept which its outline is without.

        Not where the reviewer has decided it himself since, knowing of them.
        """
        photo_id, row = opened.details.photo_id, self._queue.current
        own = isinstance(row, QueueItem) and row.reviewer == self._desk.reviewer
        told = self._told_kept.get(photo_id) == opened.kept
        if opened.kept and not (own or told):
            self._told_kept[photo_id] = opened.kept
            name = self._queue.name_of(photo_id)
            self._say(edits_kept_on(name, opened.kept, self._keymap), "warning")

    def _is_on_bench(self, photo_id: int) -> bool:
        opened = self._bench.opened
        return opened is not None and opened.details.photo_id == photo_id

    def _forget_if_decided(self, item: QueueItem) -> None:
        """Have a photo that is not seen opened anew where it was decided since it was opened.

        Also where it is drawn on: the edits are stored, and it is no use to go on with them there.
        """
        ready = self._desk.ready(item.photo_id)
        if ready is not None and ready.was_decided(item):
            self._desk.drop(item.photo_id)

    def _draws_on(self, photo_id: int) -> bool:
        """Whether a tool is in hand on this photo, so that it stays as it is."""
        return self._is_on_bench(photo_id) and self._bench.editing

    def _tell_newer(self, photo_id: int) -> None:
        """Say once that another outline has come on which a tool is about to draw."""
        opened = self._bench.opened
        bare = opened is None or opened.details.revision is None
        if not bare and photo_id not in self._told_model:
            self._told_model.add(photo_id)
            self._say(newer_outline(self._queue.name_of(photo_id), self._keymap))

    def _tell_model(self) -> None:
        """Say once that a photo which is open without an outline has one of the model's by now."""
        opened = self._bench.opened
        if opened is not None and opened.details.revision is None:
            self._look_for_model(opened)

    @work(group="model")
    async def _look_for_model(self, opened: DeskPhoto) -> None:
        photo_id = opened.details.photo_id
        try:
            there = await asyncio.wrap_future(self._desk.has_model_outline(opened))
        except EXPECTED as problem:
            self._complain(problem)
        else:
            if there and self._bench.opened is opened and photo_id not in self._told_model:
                self._told_model.add(photo_id)
                self._say(model_came(self._queue.name_of(photo_id), self._keymap))

    @work(group="claim", exclusive=True)
    async def _take_up(self, item: QueueItem, asked: Future[Claimed | None]) -> None:
        """Leave a photo that was handed out to whoever has it open; gone to, say who that is."""
        photo_id = item.photo_id
        try:
            claimed = await asyncio.wrap_future(asked)
        except EXPECTED:
            # Others may be handed it too. What is wrong is told where something is stored.
            return
        if claimed is None or not self._is_current(photo_id):
            return
        handed = self._queue.handed == photo_id
        if self._desk.is_ours(claimed):
            if handed and claimed.decision_id != item.decision_id:
                self._doubted = photo_id
                self.post_message(self.StoreChanged())
        elif handed and not self._draws_on(photo_id):
            self._queue.leave_to(photo_id, claimed.holder.reviewer)
            self._go_on()
        else:
            name, holder = self._queue.name_of(photo_id), claimed.holder.reviewer
            self._say(open_elsewhere(name, holder, self._desk.reviewer))
