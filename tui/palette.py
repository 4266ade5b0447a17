"""Every command in Textual's command palette, found by its name."""

from collections.abc import Iterator

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.types import IgnoreReturnCallbackType

from tui.key_table import KEYLESS, Command
from tui.keymap import Keymap

ITSELF = "app.command_palette"


class Commands(Provider):
    """The commands that can be done now."""

    async def discover(self) -> Hits:
        """All of them, in the order of the help."""
        for command in self._possible():
            yield DiscoveryHit(command.name, self._doing(command), help=_where(command))

    async def search(self, query: str) -> Hits:
        """Those whose name resembles what was typed."""
        matcher = self.matcher(query)
        for command in self._possible():
            score = matcher.match(command.name)
            if score > 0:
                shown = matcher.highlight(command.name)
                yield Hit(score, shown, self._doing(command), help=_where(command))

    def _possible(self) -> Iterator[Command]:
        for command in (*self._keymap().commands, *KEYLESS):
            name, _, _ = command.action.removeprefix("app.").partition("(")
            target = self.app if command.action.startswith("app.") else self.screen
            if command.action != ITSELF and target.check_action(name, ()):
                yield command

    def _keymap(self) -> Keymap:
        keymap: Keymap = self.app.keymap  # type: ignore[attr-defined]
        return keymap

    def _doing(self, command: Command) -> IgnoreReturnCallbackType:
        async def do() -> None:
            await self.screen.run_action(command.action)

        return do


def _where(command: Command) -> str:
    return f"{command.group}, key {command.key_name}" if command.key else str(command.group)
