"""The settings: one value from defaults, a TOML file, variables and options; the last one wins."""

import getpass
import json
import os
import re
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_config_path

from db.sqlite.location import database_for
from imaging.view.overlay import Colour, Pens
from models.package.package import ModelError
from models.package.shipped import shipped_model, shipped_refiner
from models.registry import registry
from models.run.setup import ModelSetup
from pipeline.setting_values import is_model_name, read_name
from pipeline.settings_table import MOST_UNASKED, SETTINGS, Setting

FILE_VARIABLE = "NEVUS_SETTINGS"


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
    theme: str
    graphics: str
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
    maps_budget: float
    sources: Mapping[str, str]

    def setup(self) -> ModelSetup:
        """The model that is asked for, else the one in use, else the one that is shipped.

        Raises ModelError where the one in use is there no more.
        """
        package = self.model or registry().used_path() or shipped_model()
        return ModelSetup(package, self.backend, self.compute_units)

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
            return read_name(getpass.getuser())
        except (KeyError, OSError, ValueError) as error:
            raise BadSettings(
                "Your login has no name to store with your decisions. Name yourself with "
                "--reviewer or NEVUS_REVIEWER."
            ) from error

    def worker_count(self) -> int:
        """How many photos are outlined at once: as asked for, or one a core."""
        return self.workers or min(usable_cores(), MOST_UNASKED)

    def photo_bytes(self) -> int:
        """How much memory a photo may take."""
        return round(self.memory * 1e9)

    def maps_bytes(self) -> int:
        """How much the maps may take."""
        return round(self.maps_budget * 1e9)

    def pens(self) -> Pens:
        """What masks are drawn with."""
        return Pens(self.outline_color, self.fill_color, self.outline_width)

    def rows(self) -> list[tuple[str, str, str]]:
        """Each setting's name, value and source; why the model in use is none, if so."""
        values = vars(self)
        rows = {one.key: (_shown(values[one.key]), self.sources[one.key]) for one in SETTINGS}
        try:
            used = None if self.model else registry().used_path()
            if used is not None:
                rows["model"] = str(used), "nevus model use"
        except ModelError as error:
            rows["model"] = "–", str(error)
        return [(key, *told) for key, told in rows.items()]


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
    if key == "model" and isinstance(value, str) and is_model_name(value):
        return value
    if key in {"db", "model", "backup_to"} and isinstance(value, str) and value.strip():
        return str(path.parent / Path(value).expanduser())
    return value


def _value(one: Setting, value: object, place: str) -> object:
    try:
        return one.read(value)
    except ValueError:
        shown = _as_given(value)
        raise BadSettings(f"{place}: {one.key} must be {one.allowed}, not {shown}.") from None


def _as_given(value: object) -> str:
    """As it may stand in a file or a variable: no word of Python's."""
    return repr(value) if isinstance(value, str) else json.dumps(value, default=str)


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


def usable_cores() -> int:
    """How many cores this process may use."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
