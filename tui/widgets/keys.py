"""The line of keys at the bottom: as many as fit, what matters most first, each to be clicked."""

from collections.abc import Sequence

from textual import events
from textual.content import Content
from textual.reactive import reactive
from textual.style import Style
from textual.widget import Widget

from tui.keymap import Command, by_key
from tui.words import fitting

COMMAND = "command"
"""What a clicked cell carries: the key of its command."""
ALWAYS = "question_mark"
"""The key that leads to all others keeps its place however narrow the terminal is."""


class Keys(Widget):
    """Keys and their words; never cut in the middle of one."""

    shown: reactive[Sequence[str]] = reactive[Sequence[str]](())

    def render(self) -> Content:
        """The commands of `shown` that fit."""
        commands = [by_key(key) for key in self.shown]
        keep = [command for command in commands if command.key == ALWAYS]
        others = [command for command in commands if command.key != ALWAYS]
        widths = [_width(command) for command in (*keep, *others)]
        count = fitting(widths, self.content_size.width, gap=2)
        fits = {command.key for command in (keep + others)[:count]}
        parts = [_hint(command) for command in commands if command.key in fits]
        return Content("  ").join(parts)

    async def on_click(self, event: events.Click) -> None:
        """Do what the key would do."""
        key = event.style.meta.get(COMMAND)
        if key is not None:
            await self.screen.run_action(by_key(key).action)


def _width(command: Command) -> int:
    return len(command.shown) + 1 + len(command.hint)


def _hint(command: Command) -> Content:
    hint = Content.assemble((command.shown, "bold $accent"), " ", (command.hint, "$quiet"))
    return hint.stylize_before(Style.from_meta({COMMAND: command.key}))
