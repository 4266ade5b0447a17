"""A photo's revisions, and edits that are kept, to be gone through: the photo shows each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from db.values import Origin, Revision, Tool
from imaging.text import printable
from pipeline.review.versions import Version
from tui.widgets.details import moment
from tui.words import cut, percent

HEADING = 3
"""Lines above the first one: what this is, the keys, and what Dice compares."""
EACH = 2
"""Lines for each."""
MOST_TOOLS = 2
"""That are named; of more it is said how many they are."""
INDENT = 8
"""Cells on the left: the cursor, and when it was made."""


class Versions(Widget, can_focus=True):
    """Shown where the details are else; kept edits stand on top, then the last revision."""

    @dataclass
    class Chosen(Message):
        """The cursor stands on this one."""

        version: Version

    @dataclass
    class Taken(Message):
        """This one is to be the outline."""

        version: Version

    class Left(Message):
        """None is to be taken."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "step(1)", show=False),
        Binding("j", "step(1)", show=False, id="next"),
        Binding("up", "step(-1)", show=False),
        Binding("k", "step(-1)", show=False, id="previous"),
        Binding("enter", "take", show=False),
        Binding("escape", "leave", show=False),
        Binding("V", "leave", show=False, id="revisions"),
    ]
    cursor: reactive[int] = reactive(0, init=False)

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._versions: Sequence[Version] = ()

    def show(self, versions: Sequence[Version]) -> None:
        """Show these, the cursor on the first; there is at least one."""
        self._versions = versions
        self.set_reactive(Versions.cursor, 0)
        self.watch_cursor()

    def watch_cursor(self) -> None:
        """Tell which one the cursor stands on."""
        self.refresh()
        self.post_message(self.Chosen(self._versions[self.cursor]))

    def validate_cursor(self, cursor: int) -> int:
        """On one of them."""
        return min(max(cursor, 0), len(self._versions) - 1)

    def action_step(self, steps: int) -> None:
        """Go to another one."""
        self.cursor += steps

    def action_take(self) -> None:
        """Make this one the outline."""
        self.post_message(self.Taken(self._versions[self.cursor]))

    def action_leave(self) -> None:
        """Take none."""
        self.post_message(self.Left())

    def on_click(self, event: events.Click) -> None:
        """Go to the one under the pointer."""
        place = event.get_content_offset(self)
        if place is not None and place.y >= HEADING:
            self.cursor = self._first + (place.y - HEADING) // EACH

    @property
    def _fit(self) -> int:
        return max(1, (self.content_size.height - HEADING) // EACH)

    @property
    def _first(self) -> int:
        """The uppermost one that is seen: as near to the top as leaves the cursor in sight."""
        return max(0, self.cursor - self._fit + 1)

    def render(self) -> Content:
        """The keys, and as many as there is room for, the cursor's among them."""
        seen = range(self._first, min(len(self._versions), self._first + self._fit))
        lines = [line for place in seen for line in self._lines(place)]
        return Content("\n").join([*self._heading(), *lines])

    def _heading(self) -> list[Content]:
        count = f"Revisions  {self.cursor + 1} of {len(self._versions)}"
        keys = (("enter", "takes it"), ("esc", "none"))
        parts = [
            Content.assemble((key, "bold $accent"), " ", (what, "$quiet")) for key, what in keys
        ]
        compared = Content.styled("Dice: with what is drawn now", "$quiet")
        return [Content.styled(count, "$faint bold"), Content("  ").join(parts), compared]

    def _lines(self, place: int) -> list[Content]:
        version, chosen = self._versions[place], place == self.cursor
        room = self.content_size.width - INDENT
        when, whose, first = _told(version)
        figures = f"{first}  Dice {version.dice:.3f}"
        if version.lesions:
            figures += f"  {version.lesions} lesions"
        bar = Content.styled("▌" if chosen else " ", "$accent")
        at = Content.styled(f"{moment(when):<{INDENT - 1}}", "$quiet")
        style = "bold" if chosen else ""
        return [
            bar + at + Content.styled(cut(whose, room), style),
            bar + Content.styled(" " * (INDENT - 1) + cut(figures, room), "$quiet"),
        ]


def _told(version: Version) -> tuple[datetime, str, str]:
    """When it was made, who drew it and how, and its area; that kept edits are not decided."""
    made = version.made
    if not isinstance(made, Revision):
        edits = len(made.edits)
        whose = "yours, 1 edit" if edits == 1 else f"yours, {edits} edits"
        return made.made_at, whose, "not decided"
    who = printable(version.model if made.origin is Origin.MODEL else made.author)
    on = f" on {printable(version.model)}" if version.model not in ("", made.author) else ""
    area = percent(made.measurements.area_fraction)
    return made.created_at, f"{who}, {_how(made, version.tools)}{on}", area


def _how(made: Revision, tools: tuple[Tool, ...]) -> str:
    """How a revision was drawn: by what names of tools are short enough to be said."""
    if made.origin is not Origin.BRUSH:
        return str(made.origin)
    if len(tools) > MOST_TOOLS:
        return f"{len(tools)} tools"
    return " and ".join(tools) or "by hand"
