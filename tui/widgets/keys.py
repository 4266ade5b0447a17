"""The line of keys at the bottom: as many as fit, what matters most first, each to be clicked."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual import events
from textual.content import Content
from textual.reactive import reactive
from textual.style import Style
from textual.widget import Widget

from tui.keymap import Keymap
from tui.words import cells, fitting

COMMAND = "command"
"""What a clicked cell carries: the id of its command."""
ALWAYS = "help"
"""The command that leads to all others keeps its place however narrow the terminal is."""


@dataclass(frozen=True)
class Hint:
    """A key that only what has the focus knows, and what it does there."""

    keys: str
    words: str
    command: str = ""
    """The id of what a click on it does; empty where that is nothing."""


class Keys(Widget):
    """Keys and their words; never cut in the middle of one."""

    shown: reactive[Sequence[str | Hint]] = reactive[Sequence[str | Hint]](())
    """The ids of the commands, and what is no command."""

    def __init__(self, keymap: Keymap, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._keymap = keymap

    def render(self) -> Content:
        """The commands of `shown` that fit."""
        hints = [self._hint(each) if isinstance(each, str) else each for each in self.shown]
        keep = [hint for hint in hints if hint.command == ALWAYS]
        order = keep + [hint for hint in hints if hint.command != ALWAYS]
        widths = [cells(hint.keys) + 1 + cells(hint.words) for hint in order]
        fits = order[: fitting(widths, self.content_size.width, gap=2)]
        return Content("  ").join([_told(hint) for hint in hints if hint in fits])

    async def on_click(self, event: events.Click) -> None:
        """Do what the key would do."""
        name = event.style.meta.get(COMMAND)
        if name is not None:
            await self.screen.run_action(self._keymap.command(name).action)

    def _hint(self, name: str) -> Hint:
        command = self._keymap.command(name)
        return Hint(self._keymap.keys_beside(command), command.hint, name)


def _told(hint: Hint) -> Content:
    told = Content.assemble((hint.keys, "bold $accent"), " ", (hint.words, "$quiet"))
    return told.stylize_before(Style.from_meta({COMMAND: hint.command or None}))
