"""What the keys do on the contact sheet: pages of photos, of which one key accepts what is seen."""

import asyncio
from collections.abc import Awaitable, Collection, Sequence
from dataclasses import replace
from pathlib import Path
from time import monotonic

from textual import on, work
from textual.notifications import SeverityLevel

from db.together import LeftOut
from db.values import DecisionKind, QueueItem, Remarks
from pipeline.review.desk import Desk
from pipeline.review.listening import News
from pipeline.review.sheet import Bar, Meant, Shares, tell_accepted, tell_left_out
from pipeline.review.verdict import TakenBack
from pipeline.review.waiting import Said
from tui.failures import EXPECTED
from tui.keymap import Keymap
from tui.preferences import Preferences
from tui.screens.sharing import SharingScreen
from tui.widgets.contact_sheet import ContactSheet
from tui.widgets.drawn_ahead import Easel, Near
from tui.widgets.keys import Hint
from tui.widgets.sheet_head import Heading, SheetHead
from tui.widgets.thumbs import Thumb, drawing_on, side_for

ON_SHEET = frozenset(
    {
        *("sheet", "take_back", "flag", "step", "stop_editing"),
        *("near", "overlay", "opacity", "contrast", "zoom"),
    }
)
"""What can be done on the sheet, beside accepting."""
ACCEPTING = ((), (str(DecisionKind.ACCEPTED),))


def sheet_hints(keymap: Keymap) -> tuple[str | Hint, ...]:
    """What the key line says on the sheet, what matters most first."""
    return (
        *("accept", "take_back"),
        Hint("space", "out or in"),
        Hint("enter", "open"),
        Hint("pgdn pgup", "page"),
        "help",
        Hint(keymap.key("put_away"), "back", "put_away"),
        Hint(keymap.keys_beside(keymap.command("nearer")), "larger, more", "nearer"),
        *("lesion", "overlay"),
    )


class ContactScreen(SharingScreen):
    """A screen whose queue can be seen as pages of photos side by side."""

    def __init__(self, desk: Desk, folder: Path, reviewer: str, preferences: Preferences) -> None:
        super().__init__(desk, folder, reviewer, preferences)
        self._sheet = ContactSheet(self._queue, id="sheet")
        self._sheet_head = SheetHead(preferences.keymap, id="sheet-head")
        self._shares = Shares(self._attention)
        self._left_waiting = False
        """Whether the photo that was seen before the sheet waited then."""
        self._claimed: tuple[int, ...] = ()
        self._drawing_on: Easel | None = None

    def on_mount(self) -> None:
        """Keep what is told of the page right: what was drawn just now is soon seen."""
        self.set_interval(0.25, self._tell_page)
        self.app.theme_changed_signal.subscribe(self, lambda _: self._turn())

    @property
    def on_sheet(self) -> bool:
        """Whether the contact sheet is what is seen."""
        return self.has_class("-sheet")

    @staticmethod
    def allowed_on_sheet(action: str, parameters: tuple[object, ...]) -> bool:
        """Whether an action does anything there."""
        return action in ON_SHEET or (action == "decide" and parameters in ACCEPTING)

    # There and back

    def action_sheet(self) -> None:
        """See the photos of the queue side by side, or go back to the one that was seen."""
        if self.on_sheet:
            self._leave_sheet()
            return
        if self._chooses:
            self._close_filters()
        row = self._queue.current
        self._left_waiting = isinstance(row, QueueItem) and not self._was_decided()
        for group in ("open", "prepare"):
            self.workers.cancel_group(self, group)
        self._put_away()
        self._ending, self._unopened = (), None
        self.add_class("-sheet")
        self._pace.begin()
        self._sheet.lay_out_all()
        self._sheet.go_to(row.photo_id if isinstance(row, QueueItem) else None)
        self._sheet.focus()
        self._turn()
        self._show_state()

    def _leave_sheet(self, photo_id: int | None = None) -> None:
        """Go back to the photo that was seen before, or to this one."""
        self.workers.cancel_group(self, "sheet")
        self._shares.see(())
        self._claimed, self._drawing_on = (), None
        self.remove_class("-sheet")
        self.app.clear_notifications()
        self._show_state()
        self._queue.focus()
        if photo_id is None or not self._queue.choose(photo_id):
            self._come_back()

    def _come_back(self) -> None:
        if self._left_waiting and self._was_decided():
            self._go_on()
        else:
            self._show_row(self._queue.current)

    @on(ContactSheet.Chosen)
    def _open_chosen(self, message: ContactSheet.Chosen) -> None:
        self._leave_sheet(message.photo_id)

    def action_stop_editing(self) -> None:
        """Leave the sheet, or else do what the key does elsewhere."""
        if self.on_sheet:
            self._leave_sheet()
        else:
            super().action_stop_editing()

    def action_step(self, rows: int) -> None:
        """Put the frame around the next photo, or the one before."""
        self._sheet.action_step(rows)

    # What is drawn

    @on(ContactSheet.Turned)
    def _turn(self) -> None:
        """Other photos are seen: nobody else is handed those that wait, and all are drawn."""
        if self.on_sheet and self._sheet.size:
            self._claim_page()
            self._draw_on(self._sheet.draw_on(self._bench.canvas.easel_in_cells))
            self._tell_page()

    def _claim_page(self) -> None:
        waiting = tuple(item.photo_id for item in self._sheet.items if item.decision is None)
        if waiting != self._claimed:
            self._claimed = waiting
            self._desk.claim_page(waiting)

    def _draw_on(self, easel: Easel) -> None:
        # What draws on it already comes to what is new: begun anew, it would lose what it draws.
        if easel != self._drawing_on:
            self._drawing_on = easel
            self._draw_pages(easel)

    @work(group="sheet", exclusive=True)
    async def _draw_pages(self, easel: Easel) -> None:
        """Draw what the page lacks, then what the next one lacks, one after the other."""
        side, draw = side_for(easel), drawing_on(easel)
        try:
            while (item := self._sheet.next_undrawn()) is not None:
                try:
                    thumb = await asyncio.wrap_future(self._desk.glance(item, side, draw))
                except EXPECTED as problem:
                    thumb = Thumb(item.revision_id, failure=str(problem))
                self._sheet.keep(item, easel, thumb)
                self._tell_page()
        finally:
            if self._drawing_on == easel:
                self._drawing_on = None

    @on(ContactSheet.Changed)
    def _tell_page(self) -> None:
        """Tell which page it is and what of it would be accepted now."""
        if not self.on_sheet:
            return
        page, now = self._sheet.page, monotonic()
        self._shares.see(page.drawn.keys())
        barred, first = page.barred(now), self._sheet.first
        number, pages = self._sheet.pages
        self._sheet_head.heading = Heading(
            first=first + 1,
            last=first + len(page.items),
            photos=len(self._queue.items),
            page=number,
            pages=pages,
            accepted=len(page.accepted(now)),
            out=barred[Bar.OUT],
            undrawn=barred[Bar.UNDRAWN],
        )

    def hear_others(self, news: News) -> None:
        """Show on the sheet too what is open elsewhere."""
        super().hear_others(news)
        if self.on_sheet:
            self._sheet.follow()

    def _count(self) -> None:
        super()._count()
        if self.on_sheet:
            self._sheet.follow()
            self._turn()

    def action_overlay(self) -> None:
        """The outline alone, with a fill, the fill alone, nothing."""
        super().action_overlay()
        self._turn()

    def action_opacity(self, steps: int) -> None:
        """A fainter or stronger outline."""
        super().action_opacity(steps)
        self._turn()

    def action_contrast(self) -> None:
        """More contrast, or the photo's own."""
        super().action_contrast()
        self._turn()

    def action_near(self) -> None:
        """See the lesion of each photo, or all of it."""
        if not self.on_sheet:
            super().action_near()
            return
        canvas = self._bench.canvas
        whole = canvas.easel.near is Near.WHOLE
        canvas.prefer(Near.LESION if whole else Near.WHOLE)
        self._turn()

    def action_zoom(self, steps: int) -> None:
        """See the photo nearer or farther, or fewer photos larger and more of them smaller."""
        if not self.on_sheet:
            super().action_zoom(steps)
        elif not self._sheet.resize(steps):
            self._say(f"The photos of a page get no {'larger' if steps > 0 else 'smaller'}.")

    # What is decided

    def action_decide(self, kind: str) -> None:
        """Accept what was seen of the page, or else decide the photo that is seen."""
        if not self.on_sheet:
            super().action_decide(kind)
            return
        page, now = self._sheet.page, monotonic()
        items = page.accepted(now)
        self._say(
            tell_accepted(len(items), page.barred(now)), "information" if items else "warning"
        )
        if items:
            self._accept(items)

    def _accept(self, items: Collection[QueueItem]) -> None:
        meant = [self._meant(item) for item in items]
        accepted, reviewer = DecisionKind.ACCEPTED, self._desk.reviewer
        stored = asyncio.wrap_future(self._desk.accept_page(meant))
        for each in meant:
            self._pace.decide()
            self._outbox.put(each.photo_id, stored)
        self._queue.mark_all(
            {each.photo_id: Said(accepted, each.remarks, reviewer) for each in meant}
        )
        self._count()
        self._settle_page([each.photo_id for each in meant], stored)
        self._sheet.go_on()

    def _meant(self, item: QueueItem) -> Meant:
        remarks = Remarks.of(item)
        seconds = self._shares.take(item.photo_id)
        return Meant(item.photo_id, item.revision_id, item.decision_id, remarks, seconds)

    @work(group="decide")
    async def _settle_page(self, photo_ids: list[int], stored: Awaitable[LeftOut]) -> None:
        try:
            left = await stored
        except EXPECTED as problem:
            self._uncount(*photo_ids)
            self._say(f"The page is not stored. {problem}", "error")
        else:
            self._uncount(*left.changed, *left.taken)
            for photo_id in photo_ids:
                if photo_id not in left:
                    self._remarks.pop(photo_id, None)
            if sentence := tell_left_out(left):
                self._say(sentence, "warning")
        finally:
            for photo_id in photo_ids:
                self._desk.drop(photo_id)
                self._queue.unmark(photo_id)
            self.post_message(self.StoreChanged())

    def _show_taken_back(self, back: Sequence[TakenBack]) -> None:
        """Go to what was taken back, here too."""
        super()._show_taken_back(back)
        if self.on_sheet:
            self._sheet.go_to(min((each.decision.photo_id for each in back), key=self._place_of))

    def _place_of(self, photo_id: int) -> int:
        return self._queue.place_of(photo_id) or 0

    # What is said

    def action_flag(self) -> None:
        """Flag the photo in the frame, or else the one that is seen."""
        item = self._sheet.chosen
        if not self.on_sheet:
            super().action_flag()
        elif item is not None:
            self._remark(item.photo_id, replace(Remarks.of(item), flag=not item.flag))
            self._sheet.follow()

    def _say(self, sentence: str, severity: SeverityLevel = "information") -> None:
        if self.on_sheet:
            # One line at the bottom, which hides no photo.
            self.app.clear_notifications()
            self._said.clear()
        super()._say(sentence, severity)

    def _hints(self) -> tuple[str | Hint, ...]:
        return sheet_hints(self._keymap) if self.on_sheet else super()._hints()
