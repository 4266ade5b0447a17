"""How many colours the terminal shows, and how that is known."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum

from tui.surface.probe import Answer
from tui.surface.tmux import client_features, inside_tmux


class Depth(StrEnum):
    """The colours of a terminal: 24-bit ones, the 256 of xterm's table, or 16 and fewer."""

    TRUE = "truecolor"
    TABLE = "256"
    FEW = "16"

    @property
    def words(self) -> str:
        """As it is said to a person."""
        return "24-bit colours" if self is Depth.TRUE else f"{self.value} colours"


class Source(Enum):
    """Who said how many colours there are."""

    OPTION = "as --color says"
    COLORTERM = "as COLORTERM says"
    TERM = "as TERM says"
    ANSWER = "as the terminal said when it was asked"
    NAME = "as the terminal gave its name"
    TMUX = "as tmux says of this terminal"
    TMUX_BEYOND = "which a tmux on the way takes, and may pass on as fewer"
    UNKNOWN = "as nothing said more"


@dataclass(frozen=True)
class Colours:
    """How many colours are used, and why."""

    depth: Depth
    source: Source

    @property
    def doubt(self) -> str:
        """What to do if the photo looks wrong; empty where nothing is left to guess."""
        if self.source is Source.UNKNOWN:
            return _UNKNOWN
        if self.source is Source.TMUX_BEYOND:
            return _TMUX_BEYOND
        if self.source is Source.TMUX and self.depth is not Depth.TRUE:
            return _TMUX_LIMITS
        return ""

    @property
    def remark(self) -> str:
        """Said at each start: only where a key may mend it there and then. All else the help says.

        What tmux passes on is as its settings are, the next time too.
        """
        return self.doubt if self.source is Source.UNKNOWN else ""


_UNKNOWN = (
    "The terminal didn't say whether it shows 24-bit colours. If skin looks banded, ctrl+t "
    "(or the key you chose for that) switches to them and back; --color truecolor starts with them."
)
_TMUX_BEYOND = (
    "24-bit colours go through tmux, which may pass on fewer. If skin looks banded, ctrl+t "
    "(or the key you chose for that) switches to 256 and back."
)
_TMUX_LIMITS = (
    "tmux passes no 24-bit colours on to this terminal. If the terminal shows them: "
    "tmux set -as terminal-features ',*:RGB', then detach and attach."
)


def known_colours(choice: str, environment: Mapping[str, str]) -> Colours | None:
    """The colours to use, for a `--color` of `auto`, `truecolor` or `256`.

    None where the terminal is to be asked.
    """
    if choice != "auto":
        return Colours(Depth(choice), Source.OPTION)
    if inside_tmux(environment):
        return through_tmux(client_features(environment))
    return said_by(environment)


def through_tmux(features: tuple[str, ...]) -> Colours:
    """The colours inside tmux, of the features of the terminals that are attached to it."""
    if not any(features):
        return Colours(Depth.TRUE, Source.TMUX_BEYOND)
    passes = any("RGB" in each.split(",") for each in features)
    return Colours(Depth.TRUE if passes else Depth.TABLE, Source.TMUX)


def said_by(environment: Mapping[str, str]) -> Colours | None:
    """What the environment says of colours, if it says enough; screen hands down others' words."""
    term = environment.get("TERM", "").lower()
    if environment.get("STY"):
        return Colours(_table(term), Source.UNKNOWN)
    if environment.get("COLORTERM", "").strip().lower() in {"truecolor", "24bit"}:
        return Colours(Depth.TRUE, Source.COLORTERM)
    if term.endswith("-direct") or _ABLE_TERMS.match(term):
        return Colours(Depth.TRUE, Source.TERM)
    if term in {"", "dumb", "linux"}:
        return Colours(Depth.FEW, Source.TERM)
    return None


def answered(answer: Answer, environment: Mapping[str, str]) -> Colours:
    """What the terminal's answer says, or what TERM leaves to be expected."""
    # What tmux was told is kept by it; what its own terminal makes of it is not in its answer.
    if answer.name.startswith("tmux"):
        return Colours(Depth.TRUE, Source.TMUX_BEYOND)
    if answer.keeps_colour is not None:
        return Colours(Depth.TRUE if answer.keeps_colour else Depth.TABLE, Source.ANSWER)
    if _ABLE_NAMES.match(answer.name):
        return Colours(Depth.TRUE, Source.NAME)
    return Colours(_table(environment.get("TERM", "").lower()), Source.UNKNOWN)


def _table(term: str) -> Depth:
    return Depth.TABLE if term.endswith("256color") else Depth.FEW


_ABLE_TERMS = re.compile(r"(xterm-)?(alacritty|contour|foot|ghostty|kitty|rio|wezterm)\b")
_ABLE_NAMES = re.compile(
    # Each of these showed 24-bit colours before it gave its name, so that no version matters.
    # XTerm may be built without: it is taken at its word.
    r"(alacritty|contour|foot|ghostty|iterm2|kitty|konsole|mintty|rio|vte|wezterm|xterm\.js)\b",
    re.IGNORECASE,
)
