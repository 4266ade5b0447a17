"""Run an .aimodel with Core AI: the system's from macOS 27 on, Apple's own runtime of CPUs else.

Off a Mac, where it is for proof, that runtime lies in the wheel of coreai-core and nothing is
specialised for the machine: seconds a photo. Core AI on a Mac has not been run yet.
"""

import asyncio
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from platform import mac_ver
from sys import platform
from typing import Any

import numpy as np
import numpy.typing as npt

from imaging.framing import Pixels
from models.package.aimodel import aimodel_beside, is_aimodel, read_aimodel
from models.package.cache import cache_folder
from models.package.package import ModelError, PackageInfo, package_hash
from models.run.memory import memory_errors
from models.run.tensors import to_planes

PINNED = "1.0.0b3"
"""The version of coreai-core that nevus was tried with: a beta may change its names any day."""
FIRST_MACOS = 27
EXTRA = "pip install 'nevus[coreai]'"
_FUNCTION = "main"
_INSTEAD = "Try --compute-units CPU_ONLY or --backend auto."
_UNITS = {"CPU_AND_NE": "neural_engine", "CPU_AND_GPU": "gpu"}
"""The compute unit to prefer; ALL leaves it to Core AI."""


class CoreAIBackend:
    """One opened .aimodel; `run` takes a framed photo and gives its probabilities.

    `path` names it, or the package it lies beside, whose hash it must carry then.
    """

    name = "coreai"

    def __init__(self, path: Path, compute_units: str) -> None:
        asset = path if is_aimodel(path) else aimodel_beside(path)
        self.info: PackageInfo = read_aimodel(asset)
        if asset != path:
            _check_made_with(path, asset, self.info.hash)
        check_runnable()
        self._shown = str(asset)
        self.device = compute_units if platform == "darwin" else "CPU"
        self._loop = asyncio.new_event_loop()
        with self._failures("load"):
            self._function: Any = self._loop.run_until_complete(_opened(asset, compute_units))
        _check_interface(asset, self._function.desc, self.info)

    def run(self, framed: Pixels) -> npt.NDArray[np.float32]:
        """A framed photo, uint8 (gh, gw, 3), to the model's output, float32. Raises ModelError."""
        from coreai.runtime import NDArray

        given = {self.info.input_name: NDArray(to_planes(framed, self.info.colour))}
        with self._failures("run"):
            answer = self._loop.run_until_complete(self._function(given))
            return np.array(answer[self.info.output_name].numpy(), np.float32)

    @contextmanager
    def _failures(self, doing: str) -> Iterator[None]:
        try:
            with memory_errors():
                yield
        except (ModelError, MemoryError):
            raise
        except (AttributeError, ImportError, TypeError) as error:
            raise ModelError(_changed(error)) from error
        except Exception as error:  # Apple's errors share no public base.
            said = " ".join(str(error).split())
            raise ModelError(f"Core AI can't {doing} {self._shown} ({said}). {_INSTEAD}") from error


def why_not() -> str:
    """Why Core AI can't be used on this machine, as a sentence with what to do; empty if it can."""
    if platform == "darwin" and _macos() < FIRST_MACOS:
        return (
            f"Core AI comes with macOS {FIRST_MACOS}; this Mac has {mac_ver()[0]}. Update it, or "
            "use --backend coreml."
        )
    found = installed_version()
    if found is None:
        return f"Core AI needs the package coreai-core, which is not installed: {EXTRA}."
    if found != PINNED:
        return (
            f"nevus was tried with coreai-core {PINNED}, a beta, and {found} is installed, whose "
            f"interface may be another. Install the one that was tried: {EXTRA}."
        )
    return ""


def check_runnable() -> None:
    """Raise ModelError where Core AI can't be used on this machine."""
    reason = why_not()
    if reason:
        raise ModelError(reason)


def installed_version() -> str | None:
    """The version of coreai-core here, or None."""
    try:
        return version("coreai-core")
    except PackageNotFoundError:
        return None


def computed_by() -> str:
    """What computes here: the system's framework, or the runtime that came in the wheel."""
    from coreai.runtime import _use_os_coreai

    return "the system's framework" if _use_os_coreai else "the runtime in the wheel, on the CPU"


def _macos() -> int:
    return int(mac_ver()[0].split(".")[0] or 0)


def _check_made_with(package: Path, asset: Path, made_with: str) -> None:
    if package_hash(package) != made_with:
        raise ModelError(
            f"{asset} was made with another package than {package.name} (hash {made_with[:12]}…). "
            "Copy both again, or use --backend auto."
        )


async def _opened(asset: Path, compute_units: str) -> Any:
    """The asset's function; what it is lowered to for that is gone afterwards."""
    from coreai.authoring import AIModelAsset

    with _temporary_files():
        options = _specialization(compute_units)
        async with AIModelAsset.load(asset).executable(options) as model:
            if _FUNCTION not in model.function_names:
                raise ModelError(
                    f"{asset} has the functions {', '.join(model.function_names) or 'none'}; nevus "
                    f"calls {_FUNCTION}. Convert it again with that entry point."
                )
            return model.load_function(_FUNCTION)


def _specialization(compute_units: str) -> Any:
    """What Core AI is asked to specialise for; off a Mac there is nothing to ask."""
    if platform != "darwin":
        return None
    from coreai.runtime import ComputeUnitKind, SpecializationOptions

    if compute_units == "CPU_ONLY":
        return SpecializationOptions.cpu_only()
    if compute_units not in _UNITS:
        return SpecializationOptions.default()
    kind = getattr(ComputeUnitKind, _UNITS[compute_units])()
    return SpecializationOptions.from_preferred_compute_unit_kind(kind)


@contextmanager
def _temporary_files() -> Iterator[None]:
    """Have what Apple's library lays down for a moment lie in nevus's cache, not in a common place.

    Of this process alone, and its worker runs one job at a time.
    """
    folder, before = cache_folder("coreai"), tempfile.tempdir
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        if os.access(folder, os.W_OK):
            tempfile.tempdir = str(folder)
    try:
        yield
    finally:
        tempfile.tempdir = before


def _check_interface(asset: Path, described: Any, info: PackageInfo) -> None:
    channels = 1 if info.colour == "GRAYSCALE" else 3
    expected = [1, channels, info.input_size.height, info.input_size.width]
    named = [info.input_name], [info.output_name]
    found = list(described.input_names), list(described.output_names)
    if named != found:
        raise ModelError(
            f"{asset} takes {', '.join(found[0]) or 'nothing'} and gives "
            f"{', '.join(found[1]) or 'nothing'}, where it says that it takes {info.input_name} "
            f"and gives {info.output_name}. Convert it again."
        )
    shape = list(described.input_descriptor(info.input_name).shape)
    if shape != expected:
        raise ModelError(
            f"{asset} takes its picture as {_times(shape)}; nevus gives {_times(expected)}: "
            "convert it again with that shape."
        )


def _times(shape: list[int]) -> str:
    return "×".join(map(str, shape))


def _changed(error: Exception) -> str:
    return (
        f"coreai-core {installed_version()} isn't what nevus was made for ({error}); it is a beta, "
        f"and its names change. Install the one that was tried ({PINNED}): {EXTRA}."
    )
