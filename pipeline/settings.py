"""The settings: one value from defaults, a TOML file, variables and options; the last one wins."""

import getpass
import grp
import math
import os
import re
import sys
import tomllib
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_config_path

from db.sqlite.location import database_for
from imaging.decode.memory import USUAL_MEMORY
from imaging.view.overlay import USUAL_PENS, Colour, Pens
from models.run.refiner import shipped_refiner
from models.run.segmenter import BACKENDS, COMPUTE_UNITS, shipped_model
from models.run.setup import ModelSetup

COLORS = ("auto", "truecolor", "256")
WIDEST_OUTLINE = 5
"""Pixels of the screen: a wider line would hide what it runs along."""
FILE_VARIABLE = "NEVUS_SETTINGS"
LONGEST = 86_400
TIME_LIMIT = 60.0
"""Seconds a photo may take to be read and decoded; a large one takes about one."""
LOG_SIZE, MOST_MEGABYTES = 10, 10_000
"""Megabytes."""
LOGS_KEPT, BACKUPS_KEPT, MOST_KEPT = 5, 7, 1000

MOST_WORKERS = 256
MOST_UNASKED = 16
"""Workers where nobody says how many: the one who stores what they find keeps up with no more."""
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
LONGEST_NAME = 40
"""Characters of a reviewer's name, which stands in rows and is stored with each decision."""
SHORTEST_LIST, LONGEST_LIST = 1, 5
"""Reasons to choose from: each has a key from 1 to 5."""
LONGEST_REASON, LONGEST_WORD = 24, 12
"""Characters; more would not fit where they are shown."""


class BadSettings(Exception):
    """A setting that can't hold; the message names its place and what is allowed."""


@dataclass(frozen=True)
class Settings:
    """All that can be set; a None is found when it is needed, `sources` says where each is from."""

    db: Path | None
    group: str | None
    model: Path | None
    backend: str
    compute_units: str
    time_limit: float
    workers: int | None
    memory: float
    color: str
    reviewer: str | None
    reject_reasons: tuple[str, ...]
    score_words: tuple[str, ...]
    outline_color: Colour
    fill_color: Colour
    outline_width: int
    keys: Mapping[str, str] | None
    hash_names: bool
    log_size: int
    log_kept: int
    backup_to: Path | None
    backups_kept: int
    sources: Mapping[str, str]

    def setup(self) -> ModelSetup:
        """The model that is asked for, or else the one that is shipped."""
        return ModelSetup(self.model or shipped_model(), self.backend, self.compute_units)

    def database(self, folder: Path) -> Path:
        """Where the database of a folder's photos lies. Raises UnsafePlace."""
        return database_for(folder, self.db, self.group)

    def refiner(self) -> ModelSetup:
        """The package that mends outlines, which is nevus's own, run as the model is."""
        return ModelSetup(shipped_refiner(), self.backend, self.compute_units)

    def name(self) -> str:
        """Who reviews: the name that is set, or else that of the login. Raises BadSettings."""
        if self.reviewer is not None:
            return self.reviewer
        try:
            return _name(getpass.getuser())
        except (KeyError, OSError, ValueError) as error:
            raise BadSettings(
                "Your login has no name to store with your decisions. Name yourself with "
                "--reviewer or NEVUS_REVIEWER."
            ) from error

    def worker_count(self) -> int:
        """How many photos are outlined at once: as asked for, or one a core."""
        return self.workers or min(_cores(), MOST_UNASKED)

    def photo_bytes(self) -> int:
        """How much memory a photo may take."""
        return round(self.memory * 1e9)

    def pens(self) -> Pens:
        """What masks are drawn with."""
        return Pens(self.outline_color, self.fill_color, self.outline_width)

    def rows(self) -> list[tuple[str, str, str]]:
        """Each setting's name, value and source."""
        values = vars(self)
        return [(one.key, _shown(values[one.key]), self.sources[one.key]) for one in SETTINGS]


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


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError
    return value


def _name(value: object) -> str:
    """However it was typed, one name is one: without spaces around it, its accents composed."""
    name = unicodedata.normalize("NFC", _text(value).strip())
    if len(name) > LONGEST_NAME or not name.isprintable():
        raise ValueError
    return name


def _path(value: object) -> Path:
    return Path(_text(value)).expanduser()


def _group(value: object) -> str:
    name = _text(value)
    try:
        grp.getgrnam(name)
    except KeyError:
        raise ValueError from None
    return name


def _model(value: object) -> Path:
    path = _path(value)
    if not path.is_dir():
        raise ValueError
    return path


def _one_of(names: tuple[str, ...]) -> Callable[[object], object]:
    def read(value: object) -> object:
        if value not in names:
            raise ValueError
        return value

    return read


def _number(least: float, most: float) -> Callable[[object], object]:
    def read(value: object) -> object:
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise ValueError
        number = float(value)
        if not math.isfinite(number) or not least <= number <= most:
            raise ValueError
        return number

    return read


def _colour(value: object) -> Colour:
    found = re.fullmatch(r"#([0-9a-fA-F]{2})([0-9a-fA-F]{2})([0-9a-fA-F]{2})", _text(value))
    if found is None:
        raise ValueError
    red, green, blue = (int(each, 16) for each in found.groups())
    return Colour(red, green, blue)


def _whole(least: int, most: int) -> Callable[[object], object]:
    def read(value: object) -> object:
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise ValueError
        number = int(value)
        if not least <= number <= most:
            raise ValueError
        return number

    return read


def _yes_or_no(value: object) -> bool:
    if isinstance(value, bool):
        return value
    if value not in {"yes", "no"}:
        raise ValueError
    return value == "yes"


def _cores() -> int:
    """How many this process may use."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _texts(least: int, most: int, longest: int) -> Callable[[object], object]:
    """From a list, or from a text with semicolons between them."""

    def read(value: object) -> object:
        given = value.split(";") if isinstance(value, str) else value
        if not isinstance(given, list | tuple):
            raise ValueError
        texts = tuple(_text(each).strip() for each in given)
        fit = all(len(text) <= longest and text.isprintable() for text in texts)
        if not (fit and least <= len(texts) == len(set(texts)) <= most):
            raise ValueError
        return texts

    return read


def _keys(value: object) -> Mapping[str, str]:
    """From a table, or from a text such as `accept=f2; undo=z`."""
    given = value
    if isinstance(value, str):
        pairs = [pair.partition("=") for pair in value.split(";")]
        given = {name.strip(): key.strip() for name, _, key in pairs}
    if not isinstance(given, dict):
        raise ValueError
    return {name: _text(key) for name, key in given.items()}


def _list(texts: tuple[str, ...]) -> str:
    quoted = (f'"{text}"' for text in texts)
    return f"[{', '.join(quoted)}]"


def _names(names: tuple[str, ...]) -> str:
    return f"one of {', '.join(names)}"


SETTINGS = (
    Setting(
        "db",
        None,
        _path,
        "the path of a file",
        "The database; by default one for each folder, in your user data folder.",
        '"~/review/clinic.db"',
    ),
    Setting(
        "model",
        None,
        _model,
        "the path of an .mlpackage that is there",
        "The model; by default the one shipped.",
        '"~/models/better.mlpackage"',
    ),
    Setting(
        "backend",
        "auto",
        _one_of(BACKENDS),
        _names(BACKENDS),
        "What runs the model; coreml needs a Mac.",
        '"auto"',
    ),
    Setting(
        "compute_units",
        "CPU_AND_NE",
        _one_of(COMPUTE_UNITS),
        _names(COMPUTE_UNITS),
        "On a Mac, where; CPU_AND_NE is the Neural Engine.",
        '"CPU_AND_NE"',
    ),
    Setting(
        "time_limit",
        TIME_LIMIT,
        _number(1, LONGEST),
        f"a number of seconds from 1 to {LONGEST}",
        "How many seconds one photo may take to be read and decoded; then it is set aside.",
        f"{TIME_LIMIT}",
    ),
    Setting(
        "workers",
        None,
        _whole(1, MOST_WORKERS),
        f"a whole number from 1 to {MOST_WORKERS}",
        "How many photos are outlined at once, each by a process of its own; by default one a "
        f"core, {MOST_UNASKED} at most. On a Mac all share one Neural Engine; what more than one "
        "gains there is unmeasured.",
        "4",
    ),
    Setting(
        "memory",
        USUAL_MEMORY / 1e9,
        _number(LEAST_MEMORY, MOST_MEMORY),
        f"a number of gigabytes from {LEAST_MEMORY} to {MOST_MEMORY}",
        "How much memory one photo may take to be decoded; one that takes more is set aside.",
        f"{USUAL_MEMORY / 1e9:g}",
    ),
    Setting(
        "color",
        "auto",
        _one_of(COLORS),
        _names(COLORS),
        "The colours of the terminal; auto asks it. Any other also outweighs NO_COLOR.",
        '"auto"',
    ),
    Setting(
        "reviewer",
        None,
        _name,
        f"a name of at most {LONGEST_NAME} characters that can be printed",
        "Your name, stored with each decision; by default the one you are logged in with.",
        '"ada"',
    ),
    Setting(
        "group",
        None,
        _group,
        "a group of this machine",
        "Whose members share the database, each with a login; by default it is yours alone.",
        '"clinic"',
    ),
    Setting(
        "reject_reasons",
        REJECT_REASONS,
        _texts(SHORTEST_LIST, LONGEST_LIST, LONGEST_REASON),
        f"a list of {SHORTEST_LIST} to {LONGEST_LIST} different texts of at most {LONGEST_REASON} "
        "characters; in a variable with semicolons between them",
        "Why a photo is rejected: what R lets you choose from.",
        _list(REJECT_REASONS),
    ),
    Setting(
        "score_words",
        SCORE_WORDS,
        _texts(len(SCORE_WORDS), len(SCORE_WORDS), LONGEST_WORD),
        f"a list of {len(SCORE_WORDS)} different texts of at most {LONGEST_WORD} characters; in a "
        "variable with semicolons between them",
        "What the scores from 1 to 5 mean.",
        _list(SCORE_WORDS),
    ),
    Setting(
        "outline_color",
        USUAL_PENS.line,
        _colour,
        "a colour written as #rrggbb",
        "The outline's colour; colour-blind people see the default on any skin.",
        f'"{USUAL_PENS.line}"',
    ),
    Setting(
        "fill_color",
        USUAL_PENS.fill,
        _colour,
        "a colour written as #rrggbb",
        "The fill's colour.",
        f'"{USUAL_PENS.fill}"',
    ),
    Setting(
        "outline_width",
        USUAL_PENS.width,
        _whole(1, WIDEST_OUTLINE),
        f"a whole number from 1 to {WIDEST_OUTLINE}",
        "How many pixels of the screen the outline is wide.",
        f"{USUAL_PENS.width}",
    ),
    Setting(
        "keys",
        None,
        _keys,
        "a table of commands and their keys; in a variable such as accept=f2; undo=z",
        "Keys of your own; nevus settings --keys lists the commands.",
        '{ accept = "f2", undo = "z" }',
    ),
    Setting(
        "hash_names",
        False,
        _yes_or_no,
        "true or false; in a variable yes or no",
        "Whether nevus watch and nevus status print a hash instead of a photo's name.",
        "false",
    ),
    Setting(
        "log_size",
        LOG_SIZE,
        _whole(1, MOST_MEGABYTES),
        f"a whole number of megabytes from 1 to {MOST_MEGABYTES}",
        "How large the log of nevus watch --log grows before a new one is begun.",
        f"{LOG_SIZE}",
    ),
    Setting(
        "log_kept",
        LOGS_KEPT,
        _whole(0, MOST_KEPT),
        f"a whole number from 0 to {MOST_KEPT}",
        "How many full logs are kept beside it.",
        f"{LOGS_KEPT}",
    ),
    Setting(
        "backup_to",
        None,
        _path,
        "the path of a folder",
        "Where nevus watch puts a copy of the database each day; by default beside the database.",
        '"/Volumes/backup/nevus"',
    ),
    Setting(
        "backups_kept",
        BACKUPS_KEPT,
        _whole(0, MOST_KEPT),
        f"a whole number from 0 to {MOST_KEPT}",
        "How many of these copies are kept; with 0 none is made.",
        f"{BACKUPS_KEPT}",
    ),
)


def settings_file(environment: Mapping[str, str] = os.environ) -> Path:
    """Where the file is looked for."""
    named = environment.get(FILE_VARIABLE)
    return Path(named).expanduser() if named else user_config_path("nevus") / "settings.toml"


def read_settings(
    options: Mapping[str, object], environment: Mapping[str, str] = os.environ
) -> Settings:
    """What holds: `options` that are not None, else variables, else the file, else the defaults.

    An empty variable is none. Raises BadSettings, also for a named file that isn't there.
    """
    values: dict[str, object] = {one.key: one.default for one in SETTINGS}
    sources = dict.fromkeys(values, "default")
    for one in SETTINGS:
        option = f"--{one.key.replace('_', '-')}"
        variable = environment.get(one.variable) or None
        for given, source in ((variable, one.variable), (options.get(one.key), option)):
            if given is not None:
                values[one.key], sources[one.key] = given, source
    read = {
        one.key: _value(one, values[one.key], sources[one.key])
        for one in SETTINGS
        # What an option parsed itself is no text any more.
        if sources[one.key] != "default" and isinstance(values[one.key], str)
    }
    values |= read
    for key, (value, source) in _from_file(settings_file(environment), environment).items():
        if sources[key] == "default":
            values[key], sources[key] = value, source
    return Settings(**values, sources=sources)  # type: ignore[arg-type]


def _from_file(path: Path, environment: Mapping[str, str]) -> dict[str, tuple[object, str]]:
    shown = str(path)
    try:
        text = path.read_text(encoding="utf-8")
        given = tomllib.loads(text)
    except FileNotFoundError:
        if environment.get(FILE_VARIABLE):
            raise BadSettings(f"{shown}, which {FILE_VARIABLE} names, is not there.") from None
        return {}
    except tomllib.TOMLDecodeError as error:
        raise BadSettings(f"{shown} is no TOML: {error!s}. Mend it.") from error
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no UTF-8 text"
        raise BadSettings(f"The settings in {shown} can't be read: {reason}.") from error
    known = {one.key: one for one in SETTINGS}
    found = {}
    for key, value in given.items():
        place = f"{shown}:{_line(text, key)}"
        if key not in known:
            raise BadSettings(f"{place}: there is no setting {key}; there are {', '.join(known)}.")
        found[key] = (_value(known[key], _beside(path, key, value), place), place)
    return found


def _beside(path: Path, key: str, value: object) -> object:
    """A path in the file counts from the file's folder."""
    if key in {"db", "model", "backup_to"} and isinstance(value, str) and value.strip():
        return str(path.parent / Path(value).expanduser())
    return value


def _value(one: Setting, value: object, place: str) -> object:
    try:
        return one.read(value)
    except ValueError:
        raise BadSettings(f"{place}: {one.key} must be {one.allowed}, not {value!r}.") from None


def _line(text: str, key: str) -> int:
    named = re.compile(rf"""\s*(\[+\s*)?["']?{re.escape(key)}\b""")
    lines = text.splitlines()
    return next((n for n, line in enumerate(lines, 1) if named.match(line)), 1)


def _shown(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return "; ".join(f"{name}={key}" for name, key in value.items())
    if isinstance(value, tuple) and not isinstance(value, Colour):
        return "; ".join(value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def example() -> str:
    """A settings file with everything in it that can be set, each commented out."""
    head = (
        "# Settings of nevus. A variable (NEVUS_…) or an option of the command line outweighs one."
    )
    parts = [
        f"# {one.meaning}\n# It is {one.allowed}. Variable: {one.variable}.\n"
        f"# {one.key} = {one.example}\n"
        for one in SETTINGS
    ]
    return "\n".join([head + "\n", *parts])
