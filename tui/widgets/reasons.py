"""Why a photo is rejected: a short list to choose from, where the details else are."""

from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Static

from imaging.text import printable
from tui.preferences import Preferences

HEADING = 1
"""Lines above the first one."""


class Reasons(Static, can_focus=True):
    """Shown while it is asked for: chosen by number at once, or gone to and then taken."""

    @dataclass
    class Chosen(Message):
        """The photo is rejected because of the reason with this number, from 1 on."""

        number: int

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "step(1)", show=False),
        Binding("j", "step(1)", show=False, id="next"),
        Binding("up", "step(-1)", show=False),
        Binding("k", "step(-1)", show=False, id="previous"),
        Binding("enter", "take", show=False),
    ]
    cursor: reactive[int] = reactive(0, init=False)

    def __init__(self, preferences: Preferences, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, markup=False)
        self._keys, self._reasons = preferences.keymap, preferences.vocabulary.reasons

    def begin(self) -> None:
        """Ask anew, the cursor on the first."""
        self.cursor = 0
        self.refresh()

    def validate_cursor(self, cursor: int) -> int:
        """On one of them."""
        return min(max(cursor, 0), len(self._reasons) - 1)

    def action_step(self, steps: int) -> None:
        """Go to another one."""
        self.cursor += steps

    def action_take(self) -> None:
        """Reject because of this one."""
        self.post_message(self.Chosen(self.cursor + 1))

    def on_click(self, event: events.Click) -> None:
        """Go to the one under the pointer."""
        place = event.get_content_offset(self)
        if place is not None and HEADING <= place.y < HEADING + len(self._reasons):
            self.cursor = place.y - HEADING

    def render(self) -> Content:
        """The reasons, and how to choose one or none."""
        leave = Content.assemble(
            (f"{self._keys.key('put_away')}  ", "bold $accent"), ("decides nothing", "$quiet")
        )
        heading = Content.styled("Reject, because", "$faint bold")
        lines = [self._line(place, reason) for place, reason in enumerate(self._reasons)]
        return Content("\n").join([heading, *lines, leave])

    def _line(self, place: int, reason: str) -> Content:
        key = f"{self._keys.key(f'score_{place + 1}')}  "
        text = Content.assemble((key, "bold $accent"), printable(reason))
        return text.stylize("$foreground on $cursor") if place == self.cursor else text

    def reason(self, number: int) -> str | None:
        """The reason with a number, counted from 1; None where there is none."""
        return self._reasons[number - 1] if 1 <= number <= len(self._reasons) else None
