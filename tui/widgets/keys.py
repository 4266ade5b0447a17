"""The line of keys at the bottom: as many as fit, what matters most first, each to be clicked."""

from collections.abc import Sequence

from textual import events
from textual.content import Content
from textual.reactive import reactive
from textual.style import Style
from textual.widget import Widget

from tui.key_table import Command
from tui.keymap import Keymap
from tui.words import cells, fitting

COMMAND = "command"
"""What a clicked cell carries: the id of its command."""
ALWAYS = "help"
"""The command that leads to all others keeps its place however narrow the terminal is."""


class Keys(Widget):
    """Keys and their words; never cut in the middle of one."""

    shown: reactive[Sequence[str]] = reactive[Sequence[str]](())
    """The ids of the commands."""

    def __init__(self, keymap: Keymap, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._keymap = keymap

    def render(self) -> Content:
        """The commands of `shown` that fit."""
        commands = [self._keymap.command(name) for name in self.shown]
        keep = [command for command in commands if command.id == ALWAYS]
        others = [command for command in commands if command.id != ALWAYS]
        widths = [self._width(command) for command in (*keep, *others)]
        count = fitting(widths, self.content_size.width, gap=2)
        fits = {command.id for command in (keep + others)[:count]}
        parts = [self._hint(command) for command in commands if command.id in fits]
        return Content("  ").join(parts)

    async def on_click(self, event: events.Click) -> None:
        """Do what the key would do."""
        name = event.style.meta.get(COMMAND)
        if name is not None:
            await self.screen.run_action(self._keymap.command(name).action)

    def _width(self, command: Command) -> int:
        return cells(self._keymap.keys_beside(command)) + 1 + len(command.hint)

    def _hint(self, command: Command) -> Content:
        keys = self._keymap.keys_beside(command)
        hint = Content.assemble((keys, "bold $accent"), " ", (command.hint, "$quiet"))
        return hint.stylize_before(Style.from_meta({COMMAND: command.id}))
