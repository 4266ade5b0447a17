"""The line above a contact sheet: which page it is, and what a key would accept of it."""

from dataclasses import dataclass

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from tui.keymap import Keymap
from tui.words import GAP, fitting


@dataclass(frozen=True)
class Heading:
    """Photos `first` to `last` of so many, on a page of so many; what is accepted of these.

    `undrawn` of them are not drawn yet, and `out` were taken out.
    """

    first: int = 0
    last: int = 0
    photos: int = 0
    page: int = 1
    pages: int = 1
    accepted: int = 0
    out: int = 0
    undrawn: int = 0


class SheetHead(Widget):
    """One line; what matters least is left out where it is too narrow."""

    heading: reactive[Heading] = reactive(Heading())

    def __init__(self, keymap: Keymap, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._keymap = keymap

    def render(self) -> Content:
        """The parts that fit, and on the right what is accepted."""
        head, width = self.heading, self.content_size.width
        right = self._accepts()
        parts = [
            Content.styled("Contact sheet", "bold"),
            _of("page", f"{head.page}", head.pages),
            _of("photos", f"{head.first}–{head.last}", head.photos),
        ]
        if not head.photos:
            parts[1:] = [Content.styled("no photo is shown", "$quiet")]
        room = width - right.cell_length - GAP
        shown = parts[: fitting([part.cell_length for part in parts], room)]
        left = Content(" " * GAP).join(shown)
        return left.pad_right(max(0, width - left.cell_length - right.cell_length)) + right

    def _accepts(self) -> Content:
        head = self.heading
        told = [(head.undrawn, "not drawn yet"), (head.out, "taken out")]
        rest = "".join(f"{count} {what}   " for count, what in told if count)
        key = self._keymap.key("accept")
        return Content.assemble(
            (rest, "$warning"), (key, "bold $accent"), f" accepts {head.accepted}"
        )


def _of(name: str, what: str, total: int) -> Content:
    return Content.assemble((f"{name} ", "$quiet"), what, (f" of {total}", "$quiet"))
