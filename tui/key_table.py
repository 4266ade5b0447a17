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
    """One thing a person can do, known to the settings by its `id`.

    One without `help` shares the line of the help that those before it begin. `hint` is its word in
    the key line, empty where it has none.
    """

    id: str
    key: str
    action: str
    group: Group
    name: str
    help: str = ""
    hint: str = ""

    @property
    def key_name(self) -> str:
        """The key alone, as a person knows it."""
        return name_of(self.key)


def name_of(key: str) -> str:
    """A key as a person knows it."""
    return f"^{key[5:]}" if key.startswith("ctrl+") else format_key(key)


COMMANDS: tuple[Command, ...] = (
    Command(
        "accept",
        "a",
        "decide('accepted')",
        Group.DECIDE,
        "Accept the outline",
        "Accept the outline",
        "accept",
    ),
    Command(
        "reject",
        "r",
        "decide('rejected')",
        Group.DECIDE,
        "Reject the outline",
        "Reject the outline",
        "reject",
    ),
    Command(
        "reject_because", "R", "reject", Group.DECIDE, "Reject, and say why", "Reject, and say why"
    ),
    Command(
        "no_lesion",
        "n",
        "decide('no lesion')",
        Group.DECIDE,
        "No lesion in this photo",
        "No lesion here",
        "no lesion",
    ),
    Command(
        "skip", "s", "decide('skipped')", Group.DECIDE, "Skip this photo", "Skip for now", "skip"
    ),
    Command(
        "take_back",
        "U",
        "take_back",
        Group.DECIDE,
        "Take back the last decision",
        "Take back the last",
        "take back",
    ),
    *(
        Command(
            f"score_{score}",
            str(score),
            f"score({score})",
            Group.DECIDE,
            f"Score {score}",
            "Score" if score == 1 else "",
        )
        for score in range(1, 6)
    ),
    Command("flag", "asterisk", "flag", Group.DECIDE, "Flag this photo", "Flag"),
    Command("note", "c", "note", Group.DECIDE, "Write a note", "Note"),
    Command("next", "j", "step(1)", Group.MOVE, "Next photo", "Next, previous photo"),
    Command("previous", "k", "step(-1)", Group.MOVE, "Previous photo"),
    Command(
        "search",
        "slash",
        "search",
        Group.MOVE,
        "Search names and notes",
        "Search, #9: the 9th",
        "search",
    ),
    Command(
        "next_match",
        "greater_than_sign",
        "next_match(1)",
        Group.MOVE,
        "Next match",
        "Next, previous match",
    ),
    Command("previous_match", "less_than_sign", "next_match(-1)", Group.MOVE, "Previous match"),
    Command("filter", "F", "filter", Group.MOVE, "Filter and sort", "Filter and sort", "filter"),
    Command("sheet", "g", "sheet", Group.MOVE, "Contact sheet", "Contact sheet", "sheet"),
    Command(
        "overlay",
        "o",
        "overlay",
        Group.LOOK,
        "Outline, fill, both or nothing",
        "Outline, fill or none",
        "outline",
    ),
    Command(
        "fainter",
        "comma",
        "opacity(-1)",
        Group.LOOK,
        "Fainter outline",
        "Fainter, stronger",
    ),
    Command("stronger", "full_stop", "opacity(1)", Group.LOOK, "Stronger outline"),
    Command(
        "lesion",
        "z",
        "near",
        Group.LOOK,
        "Lesion or whole photo",
        "Lesion or whole, kept",
        "lesion",
    ),
    Command("heat_map", "m", "heat", Group.LOOK, "Heat map of the model", "Heat map, contrast"),
    Command("contrast", "i", "contrast", Group.LOOK, "More contrast"),
    Command("before", "b", "before", Group.LOOK, "Before and after", "Before, after edits"),
    Command("panels", "v", "panels", Group.LOOK, "Panels away or back", "Panels away or back"),
    Command("whole", "0", "whole", Group.LOOK, "Whole photo", "Whole photo"),
    Command("nearer", "plus", "zoom(1)", Group.LOOK, "Nearer", "Nearer, farther"),
    Command("farther", "minus", "zoom(-1)", Group.LOOK, "Farther"),
    Command("left", "H", "pan(-1, 0)", Group.LOOK, "See what lies left", "See what lies beside"),
    Command("down", "J", "pan(0, 1)", Group.LOOK, "See what lies below"),
    Command("up", "K", "pan(0, -1)", Group.LOOK, "See what lies above"),
    Command("right", "L", "pan(1, 0)", Group.LOOK, "See what lies right"),
    Command(
        "colours",
        "ctrl+t",
        "app.switch_colours",
        Group.LOOK,
        "24-bit or 256 colours",
        "24-bit or 256 colours",
    ),
    Command("brush", "e", "take('brush')", Group.EDIT, "Brush", "Brush; again: away", "edit"),
    Command("lasso", "l", "take('lasso')", Group.EDIT, "Lasso", "Lasso, polygon, box", "lasso"),
    Command("polygon", "p", "take('polygon')", Group.EDIT, "Polygon"),
    Command("box", "d", "take('box')", Group.EDIT, "Box"),
    Command(
        "refine",
        "f",
        "take('refine')",
        Group.EDIT,
        "Refine at marks",
        "Refine at marks",
        "refine",
    ),
    Command("add_or_cut", "x", "swap_brush", Group.EDIT, "Add or cut", "Add or cut", "add/cut"),
    Command(
        "smaller",
        "left_square_bracket",
        "resize_brush(-1)",
        Group.EDIT,
        "Smaller brush",
        "Smaller, larger brush",
        "size",
    ),
    Command("larger", "right_square_bracket", "resize_brush(1)", Group.EDIT, "Larger brush"),
    Command("undo", "u", "undo", Group.EDIT, "Undo the last edit", "Undo", "undo"),
    Command("redo", "ctrl+r", "redo", Group.EDIT, "Redo the undone edit", "Redo", "redo"),
    Command(
        "lower_threshold",
        "t",
        "threshold(-1)",
        Group.EDIT,
        "Lower threshold: a larger outline",
        "Threshold down, up",
    ),
    Command(
        "higher_threshold", "T", "threshold(1)", Group.EDIT, "Higher threshold: a smaller outline"
    ),
    Command("fill_holes", "h", "repair('fill')", Group.EDIT, "Fill the holes", "Fill the holes"),
    Command("grow", "w", "repair('grow')", Group.EDIT, "Grow the outline", "Grow, shrink"),
    Command("shrink", "W", "repair('shrink')", Group.EDIT, "Shrink the outline"),
    Command(
        "smooth", "S", "repair('smooth')", Group.EDIT, "Smooth the outline", "Smooth the outline"
    ),
    Command(
        "keep_part",
        "y",
        "repair('keep')",
        Group.EDIT,
        "Keep only the part at the crosshair",
        "Keep, drop this part",
    ),
    Command("drop_part", "Y", "repair('drop')", Group.EDIT, "Drop the part at the crosshair"),
    Command("clear", "C", "repair('clear')", Group.EDIT, "Clear the outline", "Clear the outline"),
    Command(
        "model",
        "M",
        "repair('model')",
        Group.EDIT,
        "Back to the model's outline",
        "The model's outline",
    ),
    Command(
        "instances", "I", "instances", Group.EDIT, "Two lesions, or one", "Two lesions, or one"
    ),
    Command("revisions", "V", "versions", Group.EDIT, "Revisions", "Revisions: see, take"),
    Command(
        "put_away",
        "escape",
        "stop_editing",
        Group.EDIT,
        "Drop the shape, the tool, the filter",
        "Leave shape or tool",
        "done",
    ),
    Command(
        "commands",
        "ctrl+p",
        "app.command_palette",
        Group.PROGRAM,
        "Find a command",
        "Find a command",
    ),
    Command(
        "progress", "P", "app.progress", Group.PROGRAM, "Progress so far", "Progress in figures"
    ),
    Command("help", "question_mark", "app.help", Group.PROGRAM, "Help", "This help", "help"),
    Command("quit", "q", "app.quit", Group.PROGRAM, "Quit", "Quit, all is saved", "quit"),
)

KEYLESS = (Command("theme", "", "app.switch_theme", Group.LOOK, "Dark or light theme"),)
"""What is wanted so seldom that it has no key: the command palette has it."""

MOUSE_AND_ARROWS: tuple[tuple[str, str], ...] = (
    ("mouse", "Left adds, right cuts"),
    ("wheel", "Nearer, farther"),
    ("← ↑ ↓ →", "Crosshair; shift: far"),
    ("space", "Tool down, up; a point"),
    ("enter", "Close the shape"),
    ("⌫", "Take a point back"),
)
"""What the canvas takes while editing; written in the help, not to be bound."""

SHEET_KEYS: tuple[tuple[str, str], ...] = (
    ("accept", "Accept what is seen"),
    ("take_back", "Take the page back"),
    ("space", "Take one out, or in"),
    ("enter", "Open it"),
    ("pgdn", "Next page; pgup: back"),
    ("nearer", "Larger, fewer photos"),
)
"""What keys do on the contact sheet; by the ids of their commands, or what it alone takes."""

REVIEW_HINTS = (
    *("accept", "reject", "no_lesion", "skip", "refine", "brush", "lesion", "help", "quit"),
    *("search", "filter", "take_back", "overlay", "sheet"),
)
EDIT_HINTS = ("accept", "add_or_cut", "smaller", "put_away", "help", "undo", "redo", "quit")
"""The key line while looking and while editing, what matters most first."""


def bindings() -> list[BindingType]:
    """The table as Textual's bindings; the key line shows them, not Textual's footer."""
    return [Binding(item.key, item.action, item.name, show=False, id=item.id) for item in COMMANDS]
