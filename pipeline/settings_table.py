"""The table of the settings: what can be set, how it is read, and what is said of it."""

from collections.abc import Callable
from dataclasses import dataclass

from imaging.photo import USUAL_MEMORY
from imaging.view.overlay import USUAL_PENS
from models.run.setup import BACKENDS, COMPUTE_UNITS
from pipeline.setting_values import (
    LONGEST_NAME,
    read_colour,
    read_group,
    read_keys,
    read_model,
    read_name,
    read_number,
    read_one_of,
    read_path,
    read_texts,
    read_whole,
    read_yes_or_no,
)

COLORS = ("auto", "truecolor", "256")
THEME_NAMES = ("dark", "light")
GRAPHICS = ("auto", "kitty", "sixel", "cells")
WIDEST_OUTLINE = 5
"""Pixels of the screen: a wider line would hide what it runs along."""
LONGEST = 86_400
TIME_LIMIT = 60.0
"""Seconds a photo may take to be read and decoded; a large one takes about one."""
LOG_SIZE, MOST_MEGABYTES = 10, 10_000
"""Megabytes."""
LOGS_KEPT, BACKUPS_KEPT, MOST_KEPT = 5, 7, 1000

MOST_WORKERS = 256
MOST_UNASKED = 16
"""Workers where nobody says how many: the one who stores what they find keeps up with no more."""
MAPS_BUDGET, LEAST_MAPS, MOST_MAPS = 10.0, 0.1, 100_000
"""Gigabytes, of which the least holds a thousand maps."""
LEAST_MEMORY, MOST_MEMORY = 0.1, 1024
"""Gigabytes a photo may be allowed to take: of 12 megapixels it takes that little."""

REJECT_REASONS = (
    "out of focus",
    "not skin",
    "several lesions",
    "hidden by hair or ruler",
    "other",
)
SCORE_WORDS = ("unusable", "poor", "fair", "good", "perfect")
SHORTEST_LIST, LONGEST_LIST = 1, 5
"""Reasons to choose from: each has a key from 1 to 5."""
LONGEST_REASON, LONGEST_WORD = 24, 12
"""Characters; more would not fit where they are shown."""


@dataclass(frozen=True)
class Setting:
    """One setting: how a value is read (ValueError where it can't hold), and what is said of it."""

    key: str
    default: object
    read: Callable[[object], object]
    allowed: str
    meaning: str
    example: str

    @property
    def variable(self) -> str:
        """The environment's name for it."""
        return f"NEVUS_{self.key.upper()}"


def _list(texts: tuple[str, ...]) -> str:
    quoted = (f'"{text}"' for text in texts)
    return f"[{', '.join(quoted)}]"


def _names(names: tuple[str, ...]) -> str:
    return f"one of {', '.join(names)}"


SETTINGS = (
    Setting(
        "db",
        None,
        read_path,
        "the path of a file",
        "The database; by default one for each folder, in your user data folder.",
        '"~/review/clinic.db"',
    ),
    Setting(
        "model",
        None,
        read_model,
        "the path of a model that is there, or a name of nevus model list",
        "The model; by default the one that nevus model use chose, else the one shipped.",
        '"~/models/better.mlpackage"',
    ),
    Setting(
        "backend",
        "auto",
        read_one_of(BACKENDS),
        _names(BACKENDS),
        "What runs the model; coreml needs a Mac, coreai macOS 27 (Linux: for proof).",
        '"auto"',
    ),
    Setting(
        "compute_units",
        "CPU_AND_NE",
        read_one_of(COMPUTE_UNITS),
        _names(COMPUTE_UNITS),
        "On a Mac, where; CPU_AND_NE is the Neural Engine.",
        '"CPU_AND_NE"',
    ),
    Setting(
        "time_limit",
        TIME_LIMIT,
        read_number(1, LONGEST),
        f"a number of seconds from 1 to {LONGEST}",
        "How many seconds one photo may take to be read and decoded; then it is set aside.",
        f"{TIME_LIMIT}",
    ),
    Setting(
        "workers",
        None,
        read_whole(1, MOST_WORKERS),
        f"a whole number from 1 to {MOST_WORKERS}",
        "How many photos are outlined at once, each by a process of its own; by default one a "
        f"core, {MOST_UNASKED} at most. On a Mac all share one Neural Engine; what more than one "
        "gains there is unmeasured.",
        "4",
    ),
    Setting(
        "memory",
        USUAL_MEMORY / 1e9,
        read_number(LEAST_MEMORY, MOST_MEMORY),
        f"a number of gigabytes from {LEAST_MEMORY} to {MOST_MEMORY}",
        "How much memory one photo may take to be decoded; one that takes more is set aside.",
        f"{USUAL_MEMORY / 1e9:g}",
    ),
    Setting(
        "color",
        "auto",
        read_one_of(COLORS),
        _names(COLORS),
        "The colours of the terminal; auto asks it. Any other also outweighs NO_COLOR.",
        '"auto"',
    ),
    Setting(
        "theme",
        "dark",
        read_one_of(THEME_NAMES),
        _names(THEME_NAMES),
        "Whether the screen is dark or light; the photo is the same on both.",
        '"dark"',
    ),
    Setting(
        "graphics",
        "auto",
        read_one_of(GRAPHICS),
        _names(GRAPHICS),
        "How the photo is drawn; auto asks the terminal, and cells do on every one.",
        '"auto"',
    ),
    Setting(
        "reviewer",
        None,
        read_name,
        f"a name of at most {LONGEST_NAME} characters that can be printed",
        "Your name, stored with each decision; by default the one you are logged in with.",
        '"ada"',
    ),
    Setting(
        "group",
        None,
        read_group,
        "a group of this machine",
        "Whose members share the database, each with a login; by default it is yours alone.",
        '"clinic"',
    ),
    Setting(
        "reject_reasons",
        REJECT_REASONS,
        read_texts(SHORTEST_LIST, LONGEST_LIST, LONGEST_REASON),
        f"a list of {SHORTEST_LIST} to {LONGEST_LIST} different texts of at most {LONGEST_REASON} "
        "characters; in a variable with semicolons between them",
        "Why a photo is rejected: what R lets you choose from.",
        _list(REJECT_REASONS),
    ),
    Setting(
        "score_words",
        SCORE_WORDS,
        read_texts(len(SCORE_WORDS), len(SCORE_WORDS), LONGEST_WORD),
        f"a list of {len(SCORE_WORDS)} different texts of at most {LONGEST_WORD} characters; in a "
        "variable with semicolons between them",
        "What the scores from 1 to 5 mean.",
        _list(SCORE_WORDS),
    ),
    Setting(
        "outline_color",
        USUAL_PENS.line,
        read_colour,
        "a colour written as #rrggbb",
        "The outline's colour; colour-blind people see the default on any skin.",
        f'"{USUAL_PENS.line}"',
    ),
    Setting(
        "fill_color",
        USUAL_PENS.fill,
        read_colour,
        "a colour written as #rrggbb",
        "The fill's colour.",
        f'"{USUAL_PENS.fill}"',
    ),
    Setting(
        "outline_width",
        USUAL_PENS.width,
        read_whole(1, WIDEST_OUTLINE),
        f"a whole number from 1 to {WIDEST_OUTLINE}",
        "How many pixels of the screen the outline is wide.",
        f"{USUAL_PENS.width}",
    ),
    Setting(
        "keys",
        None,
        read_keys,
        "a table of commands and their keys; in a variable such as accept=f2; undo=z",
        "Keys of your own; nevus settings --keys lists the commands.",
        '{ accept = "f2", undo = "z" }',
    ),
    Setting(
        "hash_names",
        False,
        read_yes_or_no,
        "true or false; in a variable yes or no",
        "Whether nevus watch and nevus status print a hash instead of a photo's name.",
        "false",
    ),
    Setting(
        "log_size",
        LOG_SIZE,
        read_whole(1, MOST_MEGABYTES),
        f"a whole number of megabytes from 1 to {MOST_MEGABYTES}",
        "How large the log of nevus watch --log grows before a new one is begun.",
        f"{LOG_SIZE}",
    ),
    Setting(
        "log_kept",
        LOGS_KEPT,
        read_whole(0, MOST_KEPT),
        f"a whole number from 0 to {MOST_KEPT}",
        "How many full logs are kept beside it.",
        f"{LOGS_KEPT}",
    ),
    Setting(
        "backup_to",
        None,
        read_path,
        "the path of a folder",
        "Where nevus watch puts a copy of the database each day; by default beside the database.",
        '"/Volumes/backup/nevus"',
    ),
    Setting(
        "backups_kept",
        BACKUPS_KEPT,
        read_whole(0, MOST_KEPT),
        f"a whole number from 0 to {MOST_KEPT}",
        "How many of these copies are kept; with 0 none is made.",
        f"{BACKUPS_KEPT}",
    ),
    Setting(
        "maps_budget",
        MAPS_BUDGET,
        read_number(LEAST_MAPS, MOST_MAPS),
        f"a number of gigabytes from {LEAST_MAPS} to {MOST_MAPS}",
        "How much the cache of probability maps may take, 0.1 MB a photo; then those of decided "
        "photos go first, and are computed again when wanted.",
        f"{MAPS_BUDGET:g}",
    ),
)
