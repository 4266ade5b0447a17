"""An app that keeps to the colours of its terminal, and a key to choose others."""

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import lru_cache
from typing import Any

from rich.color import Color, ColorSystem
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual.app import App, ScreenStackError
from textual.color import Color as Background
from textual.css.query import NoMatches
from textual.filter import LineFilter
from textual.notifications import Notifications, SeverityLevel
from textual.signal import Signal
from textual.widget import Widget
from textual.widgets._toast import ToastRack

from imaging.text import printable
from tui.surface.colours import Colours, Depth
from tui.surface.driver import LastingDriver
from tui.surface.gallery import Gallery
from tui.surface.graphics import CELLS, Graphics
from tui.surface.placeholders import shelves_of

SYSTEMS = {
    Depth.TRUE: ColorSystem.TRUECOLOR,
    Depth.TABLE: ColorSystem.EIGHT_BIT,
    Depth.FEW: ColorSystem.STANDARD,
}
LOW = 30
"""Lines of a terminal in which two long sentences have room, not one alone."""
READING = 30.0
"""Seconds that a remark about colours or pictures stays, unless it is clicked away."""


class Reduction(LineFilter):
    """Takes each colour to the nearest that a depth has."""

    def __init__(self, depth: Depth) -> None:
        super().__init__(enabled=depth is not Depth.TRUE)
        self._system = SYSTEMS[depth]

    def apply(self, segments: list[Segment], background: Background) -> list[Segment]:  # noqa: ARG002
        """The segments in colours that there are."""
        return [
            Segment(text, style and _reduced(style, self._system), control)
            for text, style, control in segments
        ]


@lru_cache(16_384)
def _reduced(style: Style, system: ColorSystem) -> Style:
    reduced = Style.from_color(_nearest(style.color, system), _nearest(style.bgcolor, system))
    return style + reduced


def _nearest(colour: Color | None, system: ColorSystem) -> Color | None:
    return None if colour is None else colour.downgrade(system)


def has_true_colours(app: App[Any]) -> bool:
    """Whether 24-bit colours reach the terminal of an app."""
    return not any(isinstance(each, Reduction) for each in app.get_line_filters())


def call_when_sent(widget: Widget, done: Callable[[], object]) -> None:
    """Have a widget do something once the terminal has what is drawn so far, if that is known."""
    if isinstance(widget.app, ColourApp):
        widget.app.call_when_sent(widget, done)
    else:
        widget.call_later(done)


class ColourApp(App[None]):
    """Draws with the colours found, says what is in doubt about them, and switches them.

    Rich and Textual remember how a style is written to the terminal, so their own system of colours
    can't change under way. Here it is the largest one, and the lines are reduced before.
    """

    def __init__(self, colours: Colours, graphics: Graphics = CELLS) -> None:
        super().__init__(driver_class=LastingDriver)
        self.console = Console(
            file=self.console.file,
            color_system="truecolor",
            force_terminal=True,
            no_color=False,
            legacy_windows=False,
            highlight=False,
            emoji=False,
            safe_box=False,
            soft_wrap=False,
        )
        self.colours = colours
        """What was found at the start."""
        self.graphics = graphics
        self.gallery = Gallery(
            shelves_of(os.getpid()), mends=graphics.mends, in_tmux=graphics.in_tmux
        )
        """What the terminal holds of the photo."""
        self._reduction = Reduction(colours.depth)
        self.colours_switched: Signal[Depth] = Signal(self, "colours_switched")
        """Told after there are more colours, or fewer."""

    def refresh_css(self, animate: bool = True) -> None:
        """Read the styles anew with the theme's colours.

        Before anything is mounted nothing is read by them yet, and they would be read twice.
        """
        if self.screen_stack:
            super().refresh_css(animate)
        else:
            self.stylesheet.set_variables(self.get_css_variables())

    def send(self, message: str) -> None:
        """Send the terminal something that is no text, before what is drawn next."""
        if message and self._driver is not None:
            self._driver.write(message)

    def call_when_sent(self, widget: Widget, done: Callable[[], object]) -> None:
        """Have a widget do something once the terminal was sent all that is drawn so far.

        Whatever goes on meanwhile would take the interpreter from the thread that sends it.
        """

        def tell() -> None:
            # The app may be gone by now.
            with suppress(RuntimeError):
                widget.call_later(done)

        if isinstance(self._driver, LastingDriver):
            self._driver.call_when_sent(tell)
        else:
            tell()

    def parting(self) -> str:
        """What a terminal is to be sent before it is let go of."""
        return self.gallery.take_down()

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Textual's filters, and at last the reduction to the colours in use."""
        filters = super().get_line_filters()
        return [*filters, self._reduction] if self._reduction.enabled else filters

    def on_ready(self) -> None:
        """Say what is in doubt, where a key may mend it, and what was asked for and is not had."""
        if self.colours.remark:
            self.notify(self.colours.remark, title="Colours", timeout=READING)
        if self.graphics.remark:
            self.notify(self.graphics.remark, title="Pictures", timeout=READING)

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = False,
    ) -> None:
        """Show a sentence for a while, which may hold any name."""
        super().notify(
            printable(message), title=title, severity=severity, timeout=timeout, markup=markup
        )

    def _refresh_notifications(self) -> None:
        """Show the newest ones: more would lie over what is judged, and over the first line."""
        # Without a screen, or with one that is no more than begun, there is nowhere to show them.
        with suppress(ScreenStackError, NoMatches):
            self.call_later(self._show_newest, self.screen.get_child_by_type(ToastRack))

    def _show_newest(self, rack: ToastRack) -> None:
        newest = Notifications()
        for each in [*self._notifications][-1 if self.size.height < LOW else -2 :]:
            newest.add(each)
        shown = {rack._toast_id(each) for each in newest}
        # A rack looks for toasts that it is to remove, and those that are new are not in it yet.
        for holder in rack.children:
            if holder.id not in shown:
                holder.remove()
        rack.show(newest)

    def action_switch_colours(self) -> None:
        """24-bit colours instead of fewer, or 256 instead of them."""
        depth = Depth.TABLE if has_true_colours(self) else Depth.TRUE
        self._reduction = Reduction(depth)
        self.colours_switched.publish(depth)
        for screen in self.screen_stack:
            for widget in screen.walk_children(with_self=True):
                widget.refresh()
        self.notify(f"{depth.words}.", title="Colours")
