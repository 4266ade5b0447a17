"""Run a package with Core ML on Apple hardware.

Everything above Apple's own code is tried elsewhere, over a stand-in for it; Apple's is not.
"""

import re
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from imaging.framing import Pixels
from models.package.package import ModelError, PackageInfo, read_package
from models.run.compiled import compile_cached, discard, is_kept
from models.run.memory import memory_errors
from models.run.tensors import to_picture

_DESCRIBED = re.compile(r'\{ NSLocalizedDescription = "([^"]*?)\.?"; \}')
_INSTEAD = "Try --compute-units CPU_ONLY or --backend onnxruntime."


class CoreMLBackend:
    """One compiled model; `run` takes a framed photo and gives its probabilities."""

    name = "coreml"

    def __init__(self, path: Path, compute_units: str) -> None:
        self.device = compute_units
        self.info: PackageInfo = read_package(path)
        self._shown = str(path)
        try:
            with memory_errors():
                self._model: Any = _load(path, self.info.hash, compute_units)
        except MemoryError:
            raise
        except Exception as error:  # Core ML raises plain exceptions of many kinds.
            raise ModelError(
                f"Core ML can't load {self._shown} ({one_line(error)}). {_INSTEAD}"
            ) from error

    def run(self, framed: Pixels) -> npt.NDArray[np.float32]:
        """A framed photo, uint8 (gh, gw, 3), to the model's output, float32. Raises ModelError.

        Where the package gives a grey picture, coremltools hands a PIL one over.
        """
        return np.asarray(self._output(self._predict(framed)), np.float32)

    def _predict(self, framed: Pixels) -> dict[str, Any]:
        given = {self.info.input_name: to_picture(framed, self.info.colour)}
        try:
            with memory_errors():
                answer: dict[str, Any] = self._model.predict(given)
        except MemoryError:
            raise
        except Exception as error:
            raise ModelError(
                f"Core ML can't run {self._shown} ({one_line(error)}). {_INSTEAD}"
            ) from error
        return answer

    def _output(self, answer: dict[str, Any]) -> Any:
        if self.info.output_name not in answer:
            given = ", ".join(answer) or "nothing"
            raise ModelError(
                f"Core ML ran {self._shown} and gave {given} where the package promises "
                f"{self.info.output_name}. Convert the model again, or use "
                "--backend onnxruntime."
            )
        return answer[self.info.output_name]


def _load(path: Path, digest: str, compute_units: str) -> Any:
    if is_kept(digest):
        # Any failure: the one that counts is that of a model compiled now.
        with suppress(Exception):
            return _open(compile_cached(path, digest), compute_units)
        discard(digest)
    return _open(compile_cached(path, digest), compute_units)


def _open(model: Path, compute_units: str) -> Any:
    import coremltools

    return coremltools.models.CompiledMLModel(str(model), coremltools.ComputeUnit[compute_units])


def one_line(error: Exception) -> str:
    """An error of Core ML's as a person reads it: Apple's are dictionaries over several lines."""
    line = " ".join(str(error).split())
    described = _DESCRIBED.fullmatch(line)
    return described[1] if described else line
