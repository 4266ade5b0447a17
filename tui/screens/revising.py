"""What the key for revisions does: each is seen on the photo, and one may become the outline."""

import asyncio
from collections.abc import Awaitable

from textual import on, work

from imaging.framing import Mask
from pipeline.review.desk import Desk, DeskPhoto
from tui.failures import EXPECTED
from tui.preferences import Preferences
from tui.screens.editing import EditingScreen
from tui.widgets.keys import Hint
from tui.widgets.versions import Versions

VERSION_HINTS = (
    Hint("↑ ↓", "newer, older"),
    Hint("enter", "takes it"),
    Hint("esc", "leaves all as it is"),
    *("overlay", "lesion"),
)
"""What the key line says while they are gone through."""
REVISION = "a revision"
"""What is seen instead of the outline as it is."""


class RevisingScreen(EditingScreen):
    """A screen on which a photo's revisions are gone through."""

    def __init__(self, desk: Desk, reviewer: str, preferences: Preferences) -> None:
        super().__init__(desk, reviewer, preferences)
        self._versions = Versions(id="versions")

    @property
    def _goes_through(self) -> bool:
        return self.has_class("-versions")

    def action_versions(self) -> None:
        """Go through the photo's revisions, or leave them."""
        opened = self._bench.opened
        if self._goes_through:
            self._leave_versions()
        elif opened is None:
            self._say("No photo is open, so it has no revisions.")
        else:
            self.put_tool_away()
            self._bench.see_after()
            self._show_versions(opened)

    @work(group="versions", exclusive=True)
    async def _show_versions(self, opened: DeskPhoto) -> None:
        try:
            versions = await asyncio.wrap_future(self._desk.versions(opened))
        except EXPECTED as problem:
            self._complain(problem)
            return
        if not versions:
            self._say("There is no revision of this photo yet.")
        elif self._bench.opened is opened:
            self.add_class("-versions")
            self._versions.show(versions)
            self._versions.focus()
            self._show_state()

    @on(Versions.Chosen)
    def _show_version(self, message: Versions.Chosen) -> None:
        opened, version = self._bench.opened, message.version
        if self._goes_through and opened is not None:
            self._see(opened, asyncio.wrap_future(self._desk.mask(version)))

    @work(group="versions", exclusive=True)
    async def _see(self, opened: DeskPhoto, decoded: Awaitable[Mask]) -> None:
        mask = await decoded
        if self._goes_through and self._bench.opened is opened:
            self._bench.see_instead(REVISION, mask)

    @on(Versions.Taken)
    def _take_version(self, message: Versions.Taken) -> None:
        if self._goes_through:
            self._leave_versions()
            self._bench.take_version(message.version)

    @on(Versions.Left)
    def _leave_versions(self) -> None:
        """See the outline as it is again."""
        self.workers.cancel_group(self, "versions")
        if self._goes_through:
            self.remove_class("-versions")
            self._bench.see_after()
            self.put_tool_away()

    def _hints(self) -> tuple[str | Hint, ...]:
        return VERSION_HINTS if self._goes_through else super()._hints()
