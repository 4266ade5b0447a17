"""Every key, once: bindings, key line, help and command palette are all made from this table."""

from dataclasses import dataclass
from enum import StrEnum

from textual.binding import Binding, BindingType
from textual.keys import format_key


class Group(StrEnum):
    """Where a command stands in the help."""

    DECIDE = "Decide"
    MOVE = "Move"
    LOOK = "Look"
    EDIT = "Edit the outline"
    PROGRAM = "nevus"


@dataclass(frozen=True)
class Command:
    """One thing a person can do.

    `shown` is how its key is written; two neighbours share one line of the help, written at the
    first. `hint` is its word in the key line, empty where it has none.
    """

    key: str
    action: str
    group: Group
    name: str
    shown: str = ""
    help: str = ""
    hint: str = ""

    @property
    def key_name(self) -> str:
        """The key alone, as a person knows it."""
        return format_key(self.key)


COMMANDS: tuple[Command, ...] = (
    Command(
        "a",
        "decide('accepted')",
        Group.DECIDE,
        "Accept the outline",
        "a",
        "Accept the outline",
        "accept",
    ),
    Command(
        "r",
        "decide('rejected')",
        Group.DECIDE,
        "Reject the outline",
        "r",
        "Reject the outline",
        "reject",
    ),
    Command(
        "R",
        "reject",
        Group.DECIDE,
        "Reject, and say why",
        "R",
        "Reject, and say why",
    ),
    Command(
        "n",
        "decide('no lesion')",
        Group.DECIDE,
        "No lesion in this photo",
        "n",
        "No lesion in the photo",
        "no lesion",
    ),
    Command(
        "s",
        "decide('skipped')",
        Group.DECIDE,
        "Skip this photo",
        "s",
        "Skip for now",
        "skip",
    ),
    Command(
        "U",
        "take_back",
        Group.DECIDE,
        "Take back the last decision",
        "U",
        "Take back last decision",
        "take back",
    ),
    *(
        Command(
            str(score),
            f"score({score})",
            Group.DECIDE,
            f"Score {score}",
            "1–5" if score == 1 else "",
            "Score, kept with the photo",
        )
        for score in range(1, 6)
    ),
    Command("asterisk", "flag", Group.DECIDE, "Flag this photo", "*", "Flag, kept with the photo"),
    Command("c", "note", Group.DECIDE, "Write a note", "c", "Note, kept with the photo"),
    Command("j", "step(1)", Group.MOVE, "Next photo", "j k", "Next, previous photo"),
    Command("k", "step(-1)", Group.MOVE, "Previous photo"),
    Command(
        "slash",
        "search",
        Group.MOVE,
        "Search names and notes",
        "/",
        "Search, #9: the 9th",
        "search",
    ),
    Command(
        "greater_than_sign",
        "next_match(1)",
        Group.MOVE,
        "Next match",
        "> <",
        "Next, previous match",
    ),
    Command("less_than_sign", "next_match(-1)", Group.MOVE, "Previous match"),
    Command("F", "filter", Group.MOVE, "Filter and sort", "F", "Filter and sort", "filter"),
    Command(
        "o",
        "overlay",
        Group.LOOK,
        "Outline, fill, both or nothing",
        "o",
        "Outline, fill, nothing",
        "outline",
    ),
    Command(
        "comma", "opacity(-1)", Group.LOOK, "Fainter outline", ", .", "Fainter, stronger outline"
    ),
    Command("full_stop", "opacity(1)", Group.LOOK, "Stronger outline"),
    Command(
        "z",
        "near",
        Group.LOOK,
        "Lesion or whole photo",
        "z",
        "Lesion or whole, kept",
        "lesion",
    ),
    Command("m", "heat", Group.LOOK, "Heat map of the model", "m i", "Heat map, more contrast"),
    Command("i", "contrast", Group.LOOK, "More contrast"),
    Command("v", "panels", Group.LOOK, "Panels away or back", "v", "Panels away or back"),
    Command("0", "whole", Group.LOOK, "Whole photo", "0", "Whole photo"),
    Command("plus", "zoom(1)", Group.LOOK, "Nearer", "+ -", "Nearer, farther"),
    Command("minus", "zoom(-1)", Group.LOOK, "Farther"),
    Command("H", "pan(-1, 0)", Group.LOOK, "See what lies left", "H J K L", "See what lies beside"),
    Command("J", "pan(0, 1)", Group.LOOK, "See what lies below"),
    Command("K", "pan(0, -1)", Group.LOOK, "See what lies above"),
    Command("L", "pan(1, 0)", Group.LOOK, "See what lies right"),
    Command(
        "ctrl+t",
        "app.switch_colours",
        Group.LOOK,
        "24-bit or 256 colours",
        "^t",
        "24-bit or 256 colours",
    ),
    Command("e", "take('brush')", Group.EDIT, "Brush", "e", "Brush; again: put it away", "edit"),
    Command("l", "take('lasso')", Group.EDIT, "Lasso", "l p d", "Lasso, polygon, box", "lasso"),
    Command("p", "take('polygon')", Group.EDIT, "Polygon"),
    Command("d", "take('box')", Group.EDIT, "Box"),
    Command(
        "x",
        "swap_brush",
        Group.EDIT,
        "Add or cut",
        "x",
        "Add or cut",
        "add/cut",
    ),
    Command(
        "left_square_bracket",
        "resize_brush(-1)",
        Group.EDIT,
        "Smaller brush",
        "[ ]",
        "Smaller, larger brush",
        "size",
    ),
    Command("right_square_bracket", "resize_brush(1)", Group.EDIT, "Larger brush"),
    Command("u", "undo", Group.EDIT, "Undo the last edit", "u", "Undo", "undo"),
    Command("ctrl+r", "redo", Group.EDIT, "Redo the undone edit", "^r", "Redo", "redo"),
    Command(
        "t",
        "threshold(-1)",
        Group.EDIT,
        "Lower threshold: a larger outline",
        "t T",
        "Lower, higher threshold",
    ),
    Command("T", "threshold(1)", Group.EDIT, "Higher threshold: a smaller outline"),
    Command("h", "repair('fill')", Group.EDIT, "Fill the holes", "h", "Fill the holes"),
    Command(
        "w", "repair('grow')", Group.EDIT, "Grow the outline", "w W", "Grow, shrink the outline"
    ),
    Command("W", "repair('shrink')", Group.EDIT, "Shrink the outline"),
    Command("S", "repair('smooth')", Group.EDIT, "Smooth the outline", "S", "Smooth the outline"),
    Command(
        "y",
        "repair('keep')",
        Group.EDIT,
        "Keep only the part at the crosshair",
        "y Y",
        "Keep, drop part at crosshair",
    ),
    Command("Y", "repair('drop')", Group.EDIT, "Drop the part at the crosshair"),
    Command("C", "repair('clear')", Group.EDIT, "Clear the outline", "C", "Clear the outline"),
    Command(
        "M",
        "repair('model')",
        Group.EDIT,
        "Back to the model's outline",
        "M",
        "Back to the model's outline",
    ),
    Command(
        "escape",
        "stop_editing",
        Group.EDIT,
        "Drop the shape, the tool, the filter",
        "esc",
        "Drop shape, tool, filter",
        "done",
    ),
    Command(
        "ctrl+p",
        "app.command_palette",
        Group.PROGRAM,
        "Find a command",
        "^p",
        "Find a command by name",
    ),
    Command("question_mark", "app.help", Group.PROGRAM, "Help", "?", "This help", "help"),
    Command("q", "app.quit", Group.PROGRAM, "Quit", "q", "Quit, everything is saved", "quit"),
)

MOUSE_AND_ARROWS: tuple[tuple[str, str], ...] = (
    ("mouse", "Left draws, right erases"),
    ("wheel", "Nearer, farther"),
    ("← ↑ ↓ →", "Crosshair, faster with shift"),
    ("space", "Brush down, up; a point"),
    ("enter", "Close the shape"),
    ("⌫", "Take a point back"),
)
"""What the canvas takes while editing; written in the help, not to be bound."""

REVIEW_HINTS = ("a", "r", "n", "s", "e", "z", "question_mark", "q", "slash", "F", "U", "o")
EDIT_HINTS = ("a", "x", "left_square_bracket", "escape", "question_mark", "u", "ctrl+r", "q")
"""The key line while looking and while editing, what matters most first."""


def bindings() -> list[BindingType]:
    """The table as Textual's bindings; the key line shows them, not Textual's footer."""
    return [Binding(item.key, item.action, item.name, show=False) for item in COMMANDS]


def by_key(key: str) -> Command:
    """The command on a key."""
    return next(item for item in COMMANDS if item.key == key)


def keys_typed(text: str) -> tuple[str, ...]:
    """The keys of the table that wrote a text, one a character; others are left out."""
    keys = {item.key_name: item.key for item in COMMANDS}
    return tuple(keys[character] for character in text if character in keys)
