"""What the keys for brush, repairs, threshold and outline do, and the line on how they are set."""

from dataclasses import dataclass, replace
from time import monotonic

from textual import on
from textual.message import Message
from textual.notifications import SeverityLevel
from textual.screen import Screen

from db.values import Tool
from pipeline.review.desk import Desk
from tui.failures import brief
from tui.key_table import EDIT_HINTS, REVIEW_HINTS, bindings
from tui.outbox import Outbox
from tui.preferences import Preferences
from tui.sentences import NONE_TO_REDO, nothing_to_undo
from tui.widgets.keys import Hint, Keys
from tui.widgets.status import State, Status
from tui.widgets.workbench import Workbench

LOOK_EVERY = 0.1
SHOWN_FOR: dict[SeverityLevel, float] = {"information": 5.0, "warning": 5.0, "error": 15.0}
"""Seconds a sentence stays at least."""
READ_AT = 15
"""Letters a second at which somebody reads a sentence that he did not expect."""


class EditingScreen(Screen[None]):
    """A screen with a photo on a workbench; it tells what is unsaved, and why."""

    BINDINGS = bindings()

    @dataclass
    class StoreChanged(Message):
        """The database holds something else now, so that the queue is to be read again."""

    def __init__(self, desk: Desk, reviewer: str, preferences: Preferences) -> None:
        super().__init__()
        self._desk = desk
        self._keymap = preferences.keymap
        self._bench = Workbench(preferences.pens, id="workbench")
        self._status = Status(reviewer, id="status")
        self._keys = Keys(preferences.keymap, id="keys")
        self._outbox = Outbox()
        self._refused: Exception | None = None
        self._said: dict[str, float] = {}
        self._telling = False
        self._made_before = self._making = ""

    def on_mount(self) -> None:
        """Look after the writer from now on."""
        self.set_interval(LOOK_EVERY, self._look_at_writer)
        self._show_state()

    def action_overlay(self) -> None:
        """The outline alone, with a fill, the fill alone, nothing."""
        self._bench.change_overlay()

    def action_opacity(self, steps: int) -> None:
        """A fainter or stronger outline."""
        self._bench.shift_opacity(steps)

    def action_contrast(self) -> None:
        """More contrast, or the photo's own."""
        self._bench.swap_contrast()

    def action_heat(self) -> None:
        """The model's probabilities on the photo, or not."""
        if self._has_photo() and not self._bench.swap_heat():
            self._say("The model's probabilities for this photo are not at hand.", "warning")

    def action_before(self) -> None:
        """The outline as it was before, or as it is."""
        if self._has_photo():
            self._bench.swap_before()

    def action_zoom(self, steps: int) -> None:
        """See the photo nearer, or farther."""
        if self._has_photo():
            self._bench.zoom(steps)

    def action_pan(self, across: int, down: int) -> None:
        """See what lies beside."""
        if self._has_photo():
            self._bench.pan(across, down)

    def action_whole(self) -> None:
        """See all of each photo."""
        self._bench.see_whole()

    def action_near(self) -> None:
        """See the lesion of each photo, or all of it."""
        if self._has_photo() and not self._bench.swap_near():
            self._say("There is no outline to go near to.")

    def _has_photo(self) -> bool:
        if self._bench.opened is None:
            self._say("No photo is open, so there is nothing to look at.")
        return self._bench.opened is not None

    def action_take(self, name: str) -> None:
        """Take a tool, or put it away."""
        tool = Tool(name)
        if self._bench.editing and self._bench.canvas.tool is tool:
            self.put_tool_away()
        elif self._bench.opened is None:
            self._say("No photo is open, so there is nothing to draw on.")
        else:
            self._bench.start_editing(tool)

    def action_stop_editing(self) -> None:
        """Forget the shape that is begun, or else put the tool away."""
        if not self._bench.drop_shape():
            self.put_tool_away()

    def put_tool_away(self) -> None:
        """Put away what is in hand, whatever it is about to draw."""
        self._bench.stop_editing()

    def action_swap_brush(self) -> None:
        """Add or cut."""
        if self._has_brush():
            self._bench.swap_brush()

    def action_resize_brush(self, steps: int) -> None:
        """A larger or smaller brush."""
        if self._has_brush():
            self._bench.resize_brush(steps)

    def _has_brush(self) -> bool:
        if not self._bench.editing:
            brush, lasso = self._keymap.key("brush"), self._keymap.key("lasso")
            self._say(f"No tool is in hand. {brush} takes the brush, {lasso} the lasso.")
        return self._bench.editing

    def action_undo(self) -> None:
        """Take the last edit back."""
        if self._bench.edited:
            self._bench.undo()
        else:
            opened = self._bench.opened
            kept = 0 if opened is None else opened.kept
            self._say(nothing_to_undo(kept, self._keymap))

    def action_redo(self) -> None:
        """Bring the last undone edit back."""
        if self._bench.can_redo:
            self._bench.redo()
        else:
            self._say(NONE_TO_REDO)

    def action_threshold(self, steps: int) -> None:
        """Draw the outline anew from the stored probabilities."""
        draft = self._bench.draft
        if draft is None:
            self._say("No photo is open, so there is no outline to draw anew.")
        elif not draft.can_set_threshold:
            self._say("The model's probabilities for this photo are not at hand.", "warning")
        elif not self._bench.shift_threshold(steps):
            self._say(f"The threshold goes no {'higher' if steps > 0 else 'lower'}.")

    def action_repair(self, tool: str) -> None:
        """Repair the outline as a whole, or go back to the model's."""
        if self._bench.opened is None:
            self._say("No photo is open, so there is no outline to repair.")
        elif tool in (Tool.KEEP, Tool.DROP) and not self._bench.editing:
            keep, drop, brush = map(self._keymap.key, ("keep_part", "drop_part", "brush"))
            self._say(
                f"{keep} and {drop} mean the part at the crosshair, which a tool shows. {brush} "
                "takes the brush."
            )
        else:
            self._bench.repair(Tool(tool))

    def action_instances(self) -> None:
        """Each part of the outline a lesion, or all of it one."""
        if self._bench.opened is None:
            self._say("No photo is open, so there are no lesions to tell apart.")
        else:
            self._bench.swap_instances()

    @on(Workbench.Unchanged)
    def _say_unchanged(self, message: Workbench.Unchanged) -> None:
        self._say(message.sentence)

    @on(Workbench.Failed)
    def _say_failed(self, message: Workbench.Failed) -> None:
        self._say(message.sentence, "error")

    @on(Workbench.Set)
    def _show_state(self) -> None:
        """Tell it once, when all is done that goes on: a decision alone changes it seven times."""
        if not self._telling:
            self._telling = True
            self.call_next(self._tell_state)

    def _tell_state(self) -> None:
        self._telling = False
        self._status.state = self._state()
        self._keys.shown = self._hints()

    def _state(self) -> State:
        state = self._bench.state(self.unsaved)
        return replace(state, refused=self._why_unsaved(), making=self._making)

    def _hints(self) -> tuple[str | Hint, ...]:
        if not self._bench.editing:
            return REVIEW_HINTS
        tool = self._bench.canvas.tool
        hints = (
            EDIT_HINTS if tool is Tool.BRUSH else [name for name in EDIT_HINTS if name != "smaller"]
        )
        if tool is Tool.REFINE:
            turn = Hint(self._keymap.key("add_or_cut"), "in/outside", "add_or_cut")
            return tuple(turn if name == "add_or_cut" else name for name in hints)
        return tuple(hints)

    # What is saved, and what went wrong

    def finish(self) -> None:
        """The screen is gone: leave nothing half done."""
        self._bench.finish()

    @property
    def unsaved(self) -> int:
        """How many edits, remarks and decisions are on their way."""
        return self._desk.pending + len(self._outbox) + self._bench.drawing

    def _why_unsaved(self) -> str:
        if self._refused is not None:
            return brief(self._refused)
        count = len(self._outbox.refused)
        return "" if not count else "1 decision" if count == 1 else f"{count} decisions"

    def _look_at_writer(self) -> None:
        before, self._refused = self._refused, self._desk.refused
        if self._refused is not None and before is None:
            self._complain(self._refused)
        if self._refused is None and before is not None:
            self.post_message(self.StoreChanged())
        # Told once it was seen twice: most is made sooner, and would only flicker.
        made_before, self._made_before = self._made_before, self._bench.making
        self._making = self._made_before if self._made_before == made_before else ""
        shown = self._status.state
        now = (self.unsaved, self._why_unsaved(), self._making)
        if now != (shown.unsaved, shown.refused, shown.making):
            self._show_state()

    def _complain(self, problem: Exception) -> None:
        self._say(str(problem), "error")

    def _say(self, sentence: str, severity: SeverityLevel = "information") -> None:
        """Show a sentence for a while; not again while it is shown."""
        now, shown_for = monotonic(), seconds_to_read(sentence, severity)
        if self._said.get(sentence, now) <= now:
            self._said[sentence] = now + shown_for
            self.app.notify(sentence, severity=severity, timeout=shown_for)


def seconds_to_read(sentence: str, severity: SeverityLevel) -> float:
    """How long a sentence stays, so that it can be read to its end."""
    return max(SHOWN_FOR[severity], len(sentence) / READ_AT)
