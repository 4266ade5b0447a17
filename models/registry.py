"""The user's models beside the one that ships: a folder each, with a card of what is known of it.

`models/NAME/` in the user's data folder holds `NAME.mlpackage` (or what else a model is), what lay
beside it by the same name, and `card.json`. `in-use` names the one that outlines photos where
nobody says otherwise. What changes is made aside and renamed, by one process at a time.
"""

import fcntl
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from platformdirs import user_data_path

from models.evaluate.comparison import Comparison, comparison_from
from models.package.model import model_hash, read_model
from models.package.package import ModelError
from models.package.shipped import shipped_model

VARIABLE = "NEVUS_MODELS"
NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,59}")
ALLOWED = "small letters, digits, “.”, “_” and “-”, 60 at most, a letter or digit first"
_BESIDE = (".aimodel", ".references", ".json")
"""What comes along where it lies beside a package by the same name."""
_CARD, _IN_USE, _LOCK, _ASIDE = "card.json", "in-use", ".lock", ".adding-"


class UnknownModel(ModelError):
    """There is no model of that name."""


class NameTaken(ModelError):
    """A name that can't be given: it is taken, or none that a model may have."""


@dataclass(frozen=True)
class Entry:
    """A model by its name. `problem` says why it can't be used, if so.

    `card` is what was told when it was added; `compared` are the last comparisons, the newest last.
    """

    name: str
    path: Path
    hash: str
    license: str = ""
    shipped: bool = False
    added_at: str = ""
    card: Mapping[str, Any] = field(default_factory=dict)
    compared: tuple[Comparison, ...] = ()
    problem: str = ""

    def beside(self, other: "Entry") -> Comparison | None:
        """The last comparison with that model."""
        return next((each for each in reversed(self.compared) if each.other == other.hash), None)


def registry() -> "Registry":
    """That of whoever runs this: in the user's data folder, or where NEVUS_MODELS says."""
    named = os.environ.get(VARIABLE)
    return Registry(Path(named).expanduser() if named else user_data_path("nevus") / "models")


class Registry:
    """The models in one folder, and the one that ships."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def entries(self) -> list[Entry]:
        """Every model, the shipped one first. Raises ModelError where the folder can't be read."""
        return [self._shipped(), *(self._entry(name) for name in self._names())]

    def find(self, name: str) -> Entry:
        """The model of that name. Raises UnknownModel, and ModelError where it is damaged."""
        shipped = shipped_model().stem
        if name == shipped:
            return self._shipped()
        names = self._names()
        if name not in names:
            raise UnknownModel(
                f"There is no model “{name}”; there are: {', '.join([shipped, *names])}. "
                "nevus model add takes in another."
            )
        found = self._entry(name)
        if found.problem:
            raise ModelError(found.problem)
        return found

    def in_use(self) -> Entry:
        """What outlines photos where nobody says otherwise. Raises ModelError."""
        path = self.used_path()
        return self._shipped() if path is None else self.find(path.parent.name)

    def used_path(self) -> Path | None:
        """Where the model in use lies, None where it is the shipped one: nothing of it is read.

        Raises ModelError where it is there no more.
        """
        used = self._used()
        if used is None:
            return None
        path = self._folder / used
        if not path.exists():
            raise ModelError(
                f"The model in use, {used.parent}, is not in {self._folder} any more. "
                "nevus model use chooses another, nevus model use lesion the shipped one."
            )
        return path

    def check_name(self, name: str) -> None:
        """Raise NameTaken where no model may be added by this name."""
        if not NAME.fullmatch(name):
            raise NameTaken(f"“{name}” is no name for a model: {ALLOWED}.")
        if name == shipped_model().stem or (self._folder / name).exists():
            raise NameTaken(
                f"There is a model “{name}” already, and nothing is overwritten. Choose another "
                f"name, or remove that one: nevus model remove {name}."
            )

    def add(self, source: Path, name: str, card: Mapping[str, object] | None = None) -> Entry:
        """Take in a copy of a model under a name; what lies beside it comes along.

        Raises NameTaken, and ModelError where it is no model or can't be copied.
        """
        with self._alone():
            self.check_name(name)
            info = read_model(source)
            known = {
                "file": f"{name}{source.suffix}",
                "added_at": datetime.now(UTC).isoformat(timespec="seconds"),
                "hash": info.hash,
                "license": info.license,
                "card": dict(card or {}),
                "compared": [],
            }
            made = Path(tempfile.mkdtemp(prefix=_ASIDE, dir=self._folder))
            _copy(source, made / str(known["file"]))
            for ending in _BESIDE:
                beside = source.with_suffix(ending)
                if beside != source and beside.exists():
                    _copy(beside, made / f"{name}{ending}")
            _write(made / _CARD, known)
            _flush_all(made)
            made.chmod(0o755)
            made.rename(self._folder / name)
            _flush(self._folder)
        return self.find(name)

    def remove(self, name: str) -> None:
        """Remove a model. Raises UnknownModel, and ModelError for one shipped or in use."""
        with self._alone():
            if name == shipped_model().stem:
                raise ModelError(f"{name} is shipped with nevus and stays.")
            if name not in self._names():
                self.find(name)
            used = self._used()
            if used is not None and used.parent.name == name:
                raise ModelError(
                    f"{name} is in use. Use another first: nevus model use lesion, or one of "
                    "nevus model list."
                )
            aside = Path(tempfile.mkdtemp(prefix=_ASIDE, dir=self._folder))
            (self._folder / name).rename(aside / name)
            shutil.rmtree(aside)

    def use(self, name: str) -> Entry:
        """Have a model outline photos from now on. Raises UnknownModel and ModelError."""
        with self._alone():
            found = self.find(name)
            if found.shipped:
                (self._folder / _IN_USE).unlink(missing_ok=True)
            else:
                _write(self._folder / _IN_USE, f"{name}/{found.path.name}")
            _flush(self._folder)
        return found

    def note(self, name: str, compared: Comparison) -> None:
        """Keep a comparison in the card of a model that is not shipped. Raises ModelError."""
        with self._alone():
            path = self._folder / name / _CARD
            known = _read(path)
            kept = [each for each in known["compared"] if _differs(each, compared)]
            _write(path, {**known, "compared": [*kept, asdict(compared)]})

    def _shipped(self) -> Entry:
        path = shipped_model()
        return Entry(path.stem, path, model_hash(path), shipped=True)

    def _names(self) -> list[str]:
        try:
            found = [each.name for each in self._folder.iterdir() if each.is_dir()]
        except FileNotFoundError:
            return []
        except OSError as error:
            raise self._unreadable(error) from error
        return sorted(name for name in found if NAME.fullmatch(name))

    def _entry(self, name: str) -> Entry:
        folder = self._folder / name
        again = f"Remove it, then add it again: nevus model remove {name}."
        try:
            known = _read(folder / _CARD)
            found = Entry(
                name,
                folder / Path(known["file"]).name,
                str(known["hash"]),
                str(known["license"]),
                added_at=str(known["added_at"]),
                card=dict(known["card"]),
                compared=tuple(map(comparison_from, known["compared"])),
            )
        except (KeyError, TypeError, ValueError, ModelError):
            return Entry(name, folder, "", problem=f"The card of {name} is damaged. {again}")
        if not found.path.exists():
            return replace(found, problem=f"{folder} holds no model any more. {again}")
        try:
            whole = model_hash(found.path) == found.hash
        except ModelError as error:
            return replace(found, problem=str(error))
        problem = "" if whole else f"{found.path} is not what was added: it has changed. {again}"
        return replace(found, problem=problem)

    def _used(self) -> Path | None:
        """The file of the model in use, below the folder: NAME/NAME.mlpackage."""
        try:
            return Path(str(json.loads((self._folder / _IN_USE).read_bytes())))
        except FileNotFoundError:
            return None
        except ValueError as error:
            raise ModelError(
                f"{self._folder / _IN_USE} is damaged. Choose the model anew with nevus model use."
            ) from error
        except OSError as error:
            raise self._unreadable(error) from error

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One process at a time, which clears what a kill left."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with (self._folder / _LOCK).open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                for left in self._folder.glob(f"{_ASIDE}*"):
                    shutil.rmtree(left, ignore_errors=True)
                try:
                    yield
                finally:
                    for left in self._folder.glob(f"{_ASIDE}*"):
                        shutil.rmtree(left, ignore_errors=True)
        except OSError as error:
            raise ModelError(
                f"{self._folder} can't be changed ({error.strerror or error}). Nothing was done: "
                "make room, or make it a folder that you may write."
            ) from error

    def _unreadable(self, error: OSError) -> ModelError:
        return ModelError(
            f"The models in {self._folder} can't be read ({error.strerror or error}). "
            "Change its permissions."
        )


def _differs(kept: Mapping[str, Any], compared: Comparison) -> bool:
    return (kept["other"], kept["pairs"]) != (compared.other, compared.pairs)


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target)
    else:
        shutil.copyfile(source, target)


def _read(path: Path) -> dict[str, Any]:
    """Raises ModelError."""
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise ModelError(f"{path} can't be read. Remove the model, then add it again.") from error
    if not isinstance(found, dict):
        raise ModelError(f"{path} is damaged. Remove the model, then add it again.")
    return found


def _write(path: Path, value: object) -> None:
    """A file that is whole or not there."""
    made = path.with_name(f"{path.name}.{os.getpid()}")
    made.write_text(json.dumps(value, indent=1) + "\n", encoding="utf-8")
    _flush(made)
    made.replace(path)


def _flush_all(folder: Path) -> None:
    for place, _, names in os.walk(folder):
        for name in names:
            _flush(Path(place, name))
        _flush(Path(place))


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
