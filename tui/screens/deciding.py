"""What the keys for decisions do, to which photo they lead, and what is said when none is left."""

import asyncio
from collections.abc import Awaitable, Sequence
from pathlib import Path

from textual import on, work
from textual.widget import Widget

from db.errors import StaleDecision, Unknown
from db.values import Decision, DecisionKind, QueueItem, Remarks, SetAside
from pipeline.review.desk import Desk, DeskPhoto
from pipeline.review.pace import Attention, Pace
from pipeline.review.reshaped import Reshaped
from pipeline.review.verdict import Ruling, TakenBack, stored_kind
from pipeline.review.waiting import Said, is_skipped
from tui.failures import EXPECTED, brief
from tui.preferences import Preferences
from tui.rows import Row
from tui.screens.meaning import MeaningScreen
from tui.sentences import (
    edited_since,
    empty_outline,
    no_outline,
    not_stored,
    nothing_left,
    nothing_waits,
    open_shape,
    page_taken_back,
    passed_over,
    seen_again,
    seen_before_it_changed,
    skipped_again,
    taken_back,
)
from tui.stopwatch import Stopwatch
from tui.widgets.keys import Hint
from tui.widgets.progress import Progress
from tui.widgets.reasons import Reasons
from tui.words import describe

REASON_HINTS = (Hint("↑ ↓", "which"), Hint("enter", "rejects"), Hint("esc", "decides nothing"))
"""What the key line says while a reason is asked for."""


class DecidingScreen(MeaningScreen):
    """A screen with a queue, whose photo on the workbench is decided; then the next one comes."""

    def __init__(self, desk: Desk, folder: Path, reviewer: str, preferences: Preferences) -> None:
        super().__init__(desk, str(folder), reviewer, preferences)
        self._folder = str(folder)
        self._attention = Attention()
        self._stopwatch, self._pace = Stopwatch(self._attention), Pace(self._attention)
        self._progress = Progress(folder.name, id="progress")
        self._reasons = Reasons(preferences, id="reasons")
        self._ending: tuple[str, ...] = ()
        self._told_skipped = False
        self._held: int | None = None
        self._asked_empty = False
        self._unopened: tuple[int, str] | None = None

    # The photo that is decided

    def _put_away(self) -> None:
        self._stopwatch.stop()
        self._leave_versions()
        self._bench.take_away()
        self._asked_empty = False
        self._ask_reason(False)
        self.remarks = Remarks()

    def action_decide(self, kind: str) -> None:
        """Decide the photo that is seen, and go on to the next one waiting."""
        opened, decision = self._decidable(), DecisionKind(kind)
        if opened is None:
            return
        accepts = decision is DecisionKind.ACCEPTED
        if accepts and not opened.has_outline:
            self._say(no_outline(self._keymap), "warning")
            return
        if accepts and self._bench.canvas.shaping:
            self._say(open_shape(self._bench.canvas.tool, self._keymap), "warning")
            return
        if accepts and self._bench.sees_before:
            self._bench.see_after()
            self._say(seen_again(self._keymap), "warning")
            return
        if accepts and self._details.empty and not self._asked_empty:
            self._asked_empty = True
            name = self._queue.name_of(opened.details.photo_id)
            self._say(empty_outline(name, self._keymap), "warning")
            return
        self._decide(opened, decision)

    def _decidable(self) -> DeskPhoto | None:
        """The photo that is seen; where there is none, that is said."""
        opened = self._bench.opened
        seen = opened is not None and self._bench.seen_since is not None
        if opened and seen and self._is_current(opened.details.photo_id):
            if not self._was_seen(opened) or self._is_surprise(opened.details.photo_id):
                return None
            return None if self._has_changed(opened) else opened
        self._say(self._why_undecided())
        return None

    def _has_changed(self, opened: DeskPhoto) -> bool:
        """Whether another outline or decision has come since; then it is said, and seen."""
        row = self._queue.current
        if not isinstance(row, QueueItem):
            return False
        # An outline that came while this one was drawn is no other one: what is drawn stays.
        if not (opened.was_decided(row) or self._desk.is_behind(row)):
            return False
        name = self._queue.name_of(row.photo_id)
        self._say(seen_before_it_changed(name), "warning")
        self._desk.drop(row.photo_id)
        self._show_row(row)
        return True

    def _decide(self, opened: DeskPhoto, decision: DecisionKind, reason: str = "") -> None:
        kind, remarks = stored_kind(decision, self._bench.edited), self.remarks
        again = self._was_decided()
        self._desk.hold()
        self._pace.decide()
        said = Said(kind, remarks, self._desk.reviewer)
        self._queue.mark(opened.details.photo_id, said)
        self._store(opened, decision, reason)
        # Now, not when the next photo comes: a stroke that is drawn meanwhile is of no photo.
        self._put_away()
        self._go_on(again)
        if self._bench.opened is None:
            # No photo is drawn that all would wait for.
            self._after_drawing()

    def _was_decided(self) -> bool:
        row = self._queue.current
        return isinstance(row, QueueItem) and row.decision is not None and not is_skipped(row)

    def action_reject(self) -> None:
        """Ask why the photo is rejected; the same again asks no more."""
        asked = self._asks_reason
        if asked or self._decidable() is not None:
            self._ask_reason(not asked)

    def action_score(self, score: int) -> None:
        """Choose the reason that is asked for, or else set the score."""
        if not self._asks_reason:
            super().action_score(score)
        else:
            self._reject_because(score)

    @on(Reasons.Chosen)
    def _take_reason(self, message: Reasons.Chosen) -> None:
        if self._asks_reason:
            self._reject_because(message.number)

    def _reject_because(self, number: int) -> None:
        reason, opened = self._reasons.reason(number), self._decidable()
        if reason is not None and opened is not None:
            self._decide(opened, DecisionKind.REJECTED, reason)

    def action_stop_editing(self) -> None:
        """Ask no more for a reason, or else put the tool away, or else show all photos."""
        if self._asks_reason:
            self._ask_reason(False)
        elif self._bench.editing:
            super().action_stop_editing()
        else:
            self.leave_filter()

    @property
    def _asks_reason(self) -> bool:
        return self.has_class("-asking")

    def _ask_reason(self, asked: bool) -> None:
        if asked != self._asks_reason:
            self.set_class(asked, "-asking")
            if asked:
                self._reasons.begin()
            self.set_focus(self._bench.canvas if self._bench.editing and not asked else self._home)
        self._show_state()

    def _hints(self) -> tuple[str | Hint, ...]:
        return REASON_HINTS if self._asks_reason else super()._hints()

    def _after_drawing(self) -> None:
        """Begin with what a photo is not to wait for: what is stored, and the line on top."""
        self._desk.go_on()
        self._count()

    def _uncount(self, *photo_ids: int) -> None:
        """Decisions are refused: from now on nothing says that they were made."""
        self._queue.refuse(*photo_ids)
        for _ in photo_ids:
            self._pace.take_back()
        self._count()

    def _count(self) -> None:
        """Tell how far the queue is decided, which the database may learn only in a moment."""
        tally = self._queue.roster.tally
        self._progress.tally = tally
        self._progress.pace = self._pace.per_minute()
        self._progress.left = self._pace.seconds_left(tally.waiting)
        self._tell_wanted()

    def _why_undecided(self) -> str:
        on = f"{self._keymap.key('next')} goes on"
        match self._queue.current:
            case SetAside():
                return f"This file is no photo, so there is nothing to decide. {on}."
            case QueueItem() as item if self._unopened and self._unopened[0] == item.photo_id:
                return f"Nothing is decided on a photo that can't be opened. {on} to the next."
            case QueueItem() if not self._ending:
                return "No photo is open yet. Press again when you see it."
        return "There is no photo to decide."

    def _store(self, opened: DeskPhoto, decision: DecisionKind, reason: str) -> None:
        photo_id = opened.details.photo_id
        seconds = self._stopwatch.seconds(photo_id)
        self._stopwatch.reset(photo_id)
        ruling = Ruling(decision, seconds, self.remarks, reason, may_be_empty=self._asked_empty)
        stored = self._desk.decide(opened, ruling)
        self._settle(photo_id, self._outbox.put(photo_id, asyncio.wrap_future(stored)))

    @work(group="decide")
    async def _settle(self, photo_id: int, stored: Awaitable[Reshaped | None]) -> None:
        back = False
        try:
            change = await stored
        except EXPECTED as problem:
            self._uncount(photo_id)
            name = self._queue.name_of(photo_id)
            self._say(f"The decision on {name} is not stored. {problem}", "error")
            if isinstance(problem, Unknown):
                # Its line goes too, which what has changed would not tell.
                self._expect_news()
            back = isinstance(problem, StaleDecision)
        else:
            self._remarks.pop(photo_id, None)
            if change is not None:
                key = self._keymap.key("take_back")
                self._say(f"{self._queue.name_of(photo_id)} {describe(change, key)}", "warning")
        finally:
            self._desk.drop(photo_id)
            self._queue.unmark(photo_id)
            self.post_message(self.StoreChanged())
        if back:
            self._come_back_to(photo_id)

    def _come_back_to(self, photo_id: int) -> None:
        """Show a photo again whose decision was refused, unless another one is being drawn on."""
        if not self._bench.editing and self._queue.choose(photo_id, told=False):
            self._show_row(self._queue.current)
            # The next key may be meant for the photo that was there until now.
            self._came = photo_id

    def _go_on(self, again: bool = False) -> None:
        """Go to what waits next; a photo that was skipped just now comes only after others.

        Where only some are shown, of which none waits, and one was decided `again`, to the next.
        """
        row, after = self._queue.current, self._queue.waiting()
        waiting = next((item for item in after if item != row or not is_skipped(item)), None)
        if waiting is None and again and self._queue.wanted.limits:
            waiting = self._queue.below()
        if waiting is not None:
            # At once, not by a message: what is between would be drawn, and what is seen be late.
            self._queue.hand(waiting, told=False)
            self._show_row(waiting)
            self._tell_skipped(waiting)
        else:
            self._end(skipped=bool(self._queue.skipped()))

    def _expect_news(self) -> None:
        """Read the whole queue before long."""
        raise NotImplementedError

    @property
    def _home(self) -> Widget:
        """What has the keys where nothing else wants them."""
        raise NotImplementedError

    def _show_row(self, row: Row | None) -> None:
        """Show what a row of the queue stands for."""
        raise NotImplementedError

    def _tell_skipped(self, row: Row | None) -> None:
        """Say once that all the others are decided, and again when others have come since."""
        skipped = isinstance(row, QueueItem) and is_skipped(row)
        if skipped and not self._told_skipped:
            self._say(skipped_again(len(self._queue.skipped())))
        self._told_skipped = skipped

    def _end(self, skipped: bool) -> None:
        progress, (_, aside) = self._progress.progress, self._progress.shown
        coming = progress is not None and progress.done < progress.found
        others = self._queue.left_to_others()
        ending = nothing_waits(skipped, aside, coming, self._keymap, others)
        if self._queue.wanted.limits:
            elsewhere = self._queue.roster.tally.waiting - sum(1 for _ in self._queue.waiting())
            ending = nothing_left(max(0, elsewhere), self._keymap)
        if not self._ending:
            self._put_away()
            self._desk.leave()
            self._queue.leave()
            self._details.clear()
        if ending != self._ending:
            self._ending = ending
            self._bench.say(*ending)

    def action_take_back(self) -> None:
        """Take back what the last key decided and go to its photo, the first where it was many."""
        self._return_to(asyncio.wrap_future(self._desk.take_back()))

    @work(group="decide")
    async def _return_to(self, taken: Awaitable[tuple[TakenBack, ...]]) -> None:
        try:
            back = await taken
        except EXPECTED as problem:
            self._complain(problem)
            return
        if back:
            self._show_taken_back(back)
            self.post_message(self.StoreChanged())
        else:
            self._say("There is no decision to take back.")

    def _show_taken_back(self, back: Sequence[TakenBack]) -> None:
        """Show that these photos wait again, and go to the one of them that was decided first."""
        self._queue.mark_all({each.decision.photo_id: each.stands for each in back})
        for each in back:
            self._pace.take_back()
            self._queue.unmark(each.decision.photo_id)
            self._desk.drop(each.decision.photo_id)
        self._count()
        first = back[-1].decision
        shown = self._queue.reveal(first.photo_id)
        name = self._queue.name_of(first.photo_id) if shown else None
        said = taken_back(first.kind, name) if len(back) == 1 else page_taken_back(len(back))
        self._say(said + self._passed_over(back[-1].passed_over))
        self._count_shown()

    def _passed_over(self, since: Decision | None) -> str:
        if since is None:
            return ""
        return passed_over(self._queue.name_of(since.photo_id), since.reviewer, since.kind)

    async def left_behind(self) -> str:
        """What would be lost or left open by leaving now, as a sentence; empty if nothing."""
        await self._outbox.wait_until_empty()
        refused = self._outbox.refused
        if refused:
            names = [self._queue.name_of(photo_id) for photo_id in refused]
            return not_stored(names, brief(next(iter(refused.values()))))
        names = [self._queue.name_of(photo_id) for photo_id in self._queue.edited()]
        return edited_since(names, self._keymap) if names else ""
