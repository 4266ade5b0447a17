"""What `auto` may choose on this machine beside Core ML: what passed its selftest and was faster.

Kept in the user's cache; losing it costs another selftest, and until then Core ML is chosen.
"""

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from platform import mac_ver
from typing import Any

from models.package.cache import cache_folder
from models.package.model import model_hash
from models.package.package import ModelError
from models.run.coreai_backend import installed_version, why_not

KEPT = 32
"""How many models and compute units are remembered, the last ones."""


@dataclass(frozen=True)
class Passed:
    """A selftest that Core AI passed here, and what a photo took it and Core ML, in milliseconds.

    `system` and `runtime` are macOS's version and coreai-core's: others haven't been tried.
    `core_ml` is None where Core ML could not run the model.
    """

    model_hash: str
    compute_units: str
    system: str
    runtime: str
    core_ai: float
    core_ml: float | None

    @property
    def is_faster(self) -> bool:
        """Whether Core AI took less time."""
        return self.core_ml is None or self.core_ai < self.core_ml


def passed(package: Path, compute_units: str, core_ai: float, core_ml: float | None) -> Passed:
    """A selftest that was just passed, of this machine as it is now. Raises ModelError."""
    runtime = installed_version() or ""
    return Passed(model_hash(package), compute_units, mac_ver()[0], runtime, core_ai, core_ml)


def prefers_core_ai(package: Path, compute_units: str) -> bool:
    """Whether Core AI has passed on this very machine, and was faster. Raises ModelError."""
    return bool(_kept()) and _prefers(recall(package, compute_units))


def _prefers(found: Passed | None) -> bool:
    return found is not None and found.is_faster and not why_not()


def recall(package: Path, compute_units: str) -> Passed | None:
    """The selftest that Core AI passed here with this model, if nothing has changed since.

    Raises ModelError where the package can't be read.
    """
    try:
        found = Passed(**_kept()[_key(model_hash(package), compute_units)])
    except (KeyError, TypeError):
        return None
    now = (mac_ver()[0], installed_version())
    return found if (found.system, found.runtime) == now else None


def remember(found: Passed) -> None:
    """Keep a passed selftest. Raises ModelError where the cache can't be written."""
    kept = _kept()
    key = _key(found.model_hash, found.compute_units)
    kept.pop(key, None)
    _keep({**kept, key: asdict(found)})


def disprove(package: Path, compute_units: str) -> None:
    """Drop what was remembered: the selftest was not passed this time. Raises ModelError."""
    kept = _kept()
    if kept.pop(_key(model_hash(package), compute_units), None) is not None:
        _keep(kept)


def _key(digest: str, compute_units: str) -> str:
    return f"{digest} {compute_units}"


def _file() -> Path:
    return cache_folder("coreai-selftests.json")


def _kept() -> dict[str, Any]:
    """What was kept; what can't be read is nothing."""
    try:
        kept = json.loads(_file().read_bytes())
    except (OSError, ValueError):
        return {}
    return kept if isinstance(kept, dict) else {}


def _keep(kept: Mapping[str, Any]) -> None:
    file = _file()
    made = file.with_name(f"{file.name}.{os.getpid()}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        made.write_text(json.dumps(dict(list(kept.items())[-KEPT:]), indent=1) + "\n")
        made.replace(file)
    except OSError as error:
        with suppress(OSError):
            made.unlink(missing_ok=True)
        raise ModelError(
            "What was found of Core AI can't be kept in nevus's cache "
            f"({error.strerror or error}): nevus doctor says where that is."
        ) from error
