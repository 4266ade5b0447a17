"""Photos in, probabilities out, by whatever can run the package here."""

import platform
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from imaging.framing import FRAMINGS, Pixels, Probabilities
from imaging.mask.agreement import expected_jaccard
from imaging.mask.outline import mask_on_grid
from imaging.photo import Photo
from imaging.values import Prediction, Receipt
from models.package.aimodel import is_aimodel
from models.package.model import check_model
from models.package.onnx_file import is_onnx
from models.package.package import ModelError, NoNumbers, PackageInfo
from models.run.setup import BACKENDS, COMPUTE_UNITS
from models.run.tensors import to_probabilities


class Backend(Protocol):
    """What executes a package."""

    name: str
    device: str
    info: PackageInfo

    def run(self, framed: Pixels) -> npt.NDArray[np.float32]:
        """A framed photo, uint8 (gh, gw, 3), to the model's output, float32."""


class Segmenter:
    """A package with something that executes it."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def using(self, variant: Callable[[Backend], Backend]) -> "Segmenter":
        """The same package, executed as `variant` (see `variants`) makes of its backend."""
        return Segmenter(variant(self._backend))

    @property
    def info(self) -> PackageInfo:
        """What the package says of itself."""
        return self._backend.info

    @property
    def backend(self) -> str:
        """`onnxruntime`, `coreml` or `coreai`."""
        return self._backend.name

    @property
    def decoded_side(self) -> int:
        """How long the longer side of a photo should be decoded, in pixels.

        Where the framing cuts, a photo twice as long as wide still fills the grid with real pixels.
        """
        size = self.info.input_size
        return max(size.width, size.height) * (2 if self.info.framing == "centre" else 1)

    def predict(self, photo: Photo) -> Prediction:
        """Frame a photo, run the model, and give its probabilities with a receipt.

        The probabilities are rounded to float16, as the cache keeps them; the milliseconds are
        those of the model alone.
        """
        framing = FRAMINGS[self.info.framing](photo.size, self.info.input_size)
        framed = framing.picture_to_grid(photo.pixels)
        started = time.perf_counter()
        grid = self.predict_framed(framed)
        milliseconds = (time.perf_counter() - started) * 1000
        receipt = Receipt(
            self.info.title, self.info.hash, self._backend.name, self._backend.device, milliseconds
        )
        rounded = grid.astype(np.float16).astype(np.float32)
        seen = rounded[framing.inside]
        expected = expected_jaccard(seen, mask_on_grid(seen, self.info.threshold))
        lesion = self.info.lesion_probability(float(seen.max()))
        predicted = self.info.predicted_jaccard(expected, lesion)
        return Prediction(rounded, framing, receipt, predicted, lesion)

    def predict_framed(self, framed: Pixels) -> Probabilities:
        """Run the model alone: uint8 (gh, gw, 3) to float32 probabilities (gh, gw).

        Raises NoNumbers where one of them is none, and ModelError.
        """
        return _numbers(self._backend, self._backend.run(framed).reshape(framed.shape[:2]))


def open_segmenter(
    path: Path, backend: str = "auto", compute_units: str = "CPU_AND_NE"
) -> Segmenter:
    """Open a package: with Core ML on Apple hardware, with ONNX Runtime elsewhere, or as asked.

    Raises ModelError with a sentence when there is no such package or nothing can run it.
    """
    chosen = open_backend(path, backend, compute_units)
    _check_output(path, chosen)
    return Segmenter(chosen)


def open_backend(path: Path, backend: str, compute_units: str) -> Backend:
    """What executes a package, whatever that is for. Raises ModelError."""
    check_model(path)
    _check_name("backend", backend, BACKENDS)
    _check_name("compute unit", compute_units, COMPUTE_UNITS)
    return _backend(path, backend, compute_units)


def on_apple_hardware() -> bool:
    """Whether this is a Mac with Apple silicon."""
    return sys.platform == "darwin" and platform.machine() == "arm64"


def _backend(path: Path, name: str, compute_units: str) -> Backend:
    if is_onnx(path) and name in {"coreml", "coreai"}:
        raise ModelError(
            f"{path} is run by ONNX Runtime alone, on the CPU: leave --backend {name} out."
        )
    if name == "coreai" or (name == "auto" and is_aimodel(path)):
        from models.run.coreai_backend import CoreAIBackend

        return CoreAIBackend(path, compute_units)
    if is_aimodel(path):
        raise ModelError(f"{path} is run by Core AI alone: leave --backend {name} out.")
    if name == "coreml" or (name == "auto" and on_apple_hardware() and not is_onnx(path)):
        if sys.platform != "darwin":
            raise ModelError("Core ML runs on a Mac only; use --backend onnxruntime here.")
        better = _core_ai_where_better(path, compute_units) if name == "auto" else None
        return better or _core_ml(path, compute_units)
    from models.run.onnx_backend import OnnxBackend

    return OnnxBackend(path)


def _core_ml(path: Path, compute_units: str) -> Backend:
    from models.run.coreml_backend import CoreMLBackend

    return CoreMLBackend(path, compute_units)


def _core_ai_where_better(path: Path, compute_units: str) -> Backend | None:
    """Core AI, where it has passed its selftest on this Mac, was faster, and can still be opened.

    One that can't any more is no reason to stop: Core ML runs the same model.
    """
    from models.run.preferred import prefers_core_ai

    if not prefers_core_ai(path, compute_units):
        return None
    from models.run.coreai_backend import CoreAIBackend

    try:
        return CoreAIBackend(path, compute_units)
    except ModelError:
        return None


def _check_output(path: Path, backend: Backend) -> None:
    # Tried on a black picture once, so that a wrong model fails here and not with every photo.
    size = backend.info.input_size
    output = backend.run(np.zeros((size.height, size.width, 3), np.uint8))
    if tuple(n for n in output.shape if n > 1) != (size.height, size.width):
        raise ModelError(
            f"{path} gives {'×'.join(map(str, output.shape))} values for a picture "
            f"of {size.width}×{size.height}; nevus needs one value a pixel: convert it again with "
            "one channel, the lesion's, and at the picture's size."
        )
    _numbers(backend, output)


def _numbers(backend: Backend, values: npt.NDArray[np.float32]) -> Probabilities:
    grid = to_probabilities(values, backend.info.output)
    if not np.isfinite(grid).all():
        raise NoNumbers(
            f"{backend.info.name} computes values that are no numbers (NaN) on the "
            f"device {backend.device}, so no mask can be drawn. Choose another model or, on a Mac, "
            "other --compute-units."
        )
    return grid


def _check_name(kind: str, name: str, known: tuple[str, ...]) -> None:
    if name not in known:
        raise ModelError(f"There is no {kind} {name}; there are {', '.join(known)}.")
