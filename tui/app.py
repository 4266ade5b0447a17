"""The Textual app: theme, screens, ingest, and leaving only when all is saved."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import events, on, work
from textual.message import Message

from pipeline.review.bookmarks import Bookmarks
from pipeline.review.desk import Desk
from pipeline.review.listening import News
from pipeline.review.session import ReviewSession
from tui.colour_app import ColourApp
from tui.failures import EXPECTED
from tui.keys_in_turn import KeysInTurn
from tui.palette import Commands
from tui.preferences import USUAL, Preferences
from tui.screens.review import ReviewScreen
from tui.sentences import leaving, theme_switched
from tui.surface.finding import USUAL as USUAL_TERMINAL
from tui.surface.finding import Found
from tui.theme import THEMES, other

if TYPE_CHECKING:
    from pipeline.intake.ingest import Ingest, IngestProgress

Hear = Callable[["IngestProgress"], None]
AT_LATEST = 2.0
"""Seconds until the folder is looked through, whatever is seen by then."""


class NevusApp(KeysInTurn, ColourApp):
    """Reviews the photos of a folder with a session; `make_ingest` brings the folder's photos in.

    `finish` must be called once the app has run: it ends what runs behind the screen.
    """

    TITLE = "nevus"
    CSS_PATH = "nevus.tcss"
    COMMANDS: ClassVar = {Commands}
    ENABLE_COMMAND_PALETTE = True

    @dataclass
    class IngestAdvanced(Message):
        """Photos were found or segmented."""

        progress: "IngestProgress"

    @dataclass
    class OthersHeard(Message):
        """Others did something in the same database."""

        news: News

    def __init__(
        self,
        session: ReviewSession,
        make_ingest: Callable[[Hear], "Ingest"],
        found: Found = USUAL_TERMINAL,
        preferences: Preferences = USUAL,
    ) -> None:
        super().__init__(found.colours, found.graphics)
        for theme in THEMES.values():
            self.register_theme(theme)
        self.theme = preferences.theme
        self._make_ingest = make_ingest
        self._ingest: Ingest | None = None
        self.begins = False
        """Whether the folder is looked through, or is about to be, and others are listened to."""
        self._desk = Desk(session)
        self._warned: set[str] = set()
        self._typed = found.typed
        self.keymap = preferences.keymap
        self.set_keymap(self.keymap.chosen)
        self._review = ReviewScreen(self._desk, session.folder, session.reviewer, preferences)

    @property
    def waiting(self) -> int | None:
        """How many photos wait; None where the folder was not looked through yet."""
        return self._review.waiting

    def return_to(self, bookmarks: Bookmarks) -> None:
        """Begin as it was left, and keep how it is left next; before it runs."""
        self._review.bookmarks = bookmarks

    def get_default_screen(self) -> ReviewScreen:
        """The review screen, the only one under the help."""
        return self._review

    def on_mount(self) -> None:
        """Bring photos in before long, and listen to others."""
        self.set_timer(AT_LATEST, self._begin)

    @on(ReviewScreen.Drawn)
    def _begin(self) -> None:
        # Not before: what looks through the folder, the process of the model, and the first look
        # for what others did would take the processor from those that show the first photo.
        if not self.begins:
            self.begins = True
            self._desk.listen(self._tell_others)
            self._start_ingest()

    def on_ready(self) -> None:
        """Do what was typed before the app could listen."""
        for key in self.keymap.typed(self._typed):
            self.simulate_key(key)

    async def on_event(self, event: events.Event) -> None:
        """Note that somebody does something, before it is done."""
        if isinstance(event, (events.InputEvent, events.Paste)):
            self._review.touch(moved=isinstance(event, events.MouseMove))
        await super().on_event(event)

    @work(thread=True, group="ingest")
    def _start_ingest(self) -> None:
        self._ingest = self._make_ingest(self._tell_advanced)
        self._ingest.start()

    def _tell_advanced(self, progress: "IngestProgress") -> None:
        self.post_message(self.IngestAdvanced(progress))

    @on(IngestAdvanced)
    def _show_progress(self, message: IngestAdvanced) -> None:
        self._review.hear(message.progress)

    def _tell_others(self, news: News) -> None:
        self.post_message(self.OthersHeard(news))

    @on(OthersHeard)
    def _show_others(self, message: OthersHeard) -> None:
        self._review.hear_others(message.news)

    def action_switch_theme(self) -> None:
        """The light theme instead of the dark one, or the other way round."""
        self.theme = other(self.theme)
        self.notify(theme_switched(self.theme))

    def action_progress(self) -> None:
        """Show what the review has come to."""
        # Not before: what draws charts takes a while to import.
        from tui.screens.statistics import StatisticsScreen

        self.push_screen(StatisticsScreen(self._desk.statistics, self.keymap))

    def action_help(self) -> None:
        """Show the help."""
        # Not before it is wanted, as each start would wait for it.
        from tui.screens.help import HelpScreen

        self.push_screen(HelpScreen(self.keymap, self.colours.doubt))

    async def action_quit(self) -> None:
        """Leave as soon as every edit and decision is saved."""
        self.action_help_quit()

    def action_help_quit(self) -> None:
        """Leave at ctrl+c as at q."""
        self._review.put_tool_away()
        self._leave()

    @work(group="quit", exclusive=True)
    async def _leave(self) -> None:
        unsaved, waits = "", self._review.unsaved
        if waits and self._desk.refused is None:
            # At once: all that takes a while, and a key that seems to do nothing is pressed again.
            self.notify(leaving(waits))
        try:
            await asyncio.wrap_future(self._desk.save())
        except EXPECTED as problem:
            unsaved = f"{problem} Leaving now loses them. "
        left = unsaved + await self._review.left_behind()
        if left and left not in self._warned:
            self._warned.add(left)
            sentence = f"{left} Press {self.keymap.key('quit')} again to leave."
            self.notify(sentence, severity="warning", timeout=30)
        else:
            self.exit()

    def on_exit_app(self) -> None:
        """Keep where the reviewer is while it can still be seen."""
        self._review.keep_bookmark()

    def finish(self) -> None:
        """End the threads behind the screen; what was handed to them is done first. Blocks."""
        ingest, self._ingest = self._ingest, None
        if ingest is not None:
            ingest.stop()
        self._review.finish()
        self._desk.close()
