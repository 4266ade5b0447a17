"""Run a package with Core ML on Apple hardware; thin, and not yet run on a Mac."""

import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from platformdirs import user_cache_path

from imaging.framing import Pixels
from imaging.text import printable
from models.exchange import picture
from models.package import ModelError, PackageInfo, read_package


class CoreMLBackend:
    """One compiled model; `run` takes a framed photo and gives its probabilities.

    The model is compiled once, into the user's cache: from a fixed place the Neural Engine
    specialises it only once.
    """

    name = "coreml"

    def __init__(self, path: Path, compute_units: str) -> None:
        import coremltools

        self.device = compute_units
        self.info: PackageInfo = read_package(path)
        try:
            self._model: Any = coremltools.models.CompiledMLModel(
                str(compiled(path, self.info.hash)), coremltools.ComputeUnit[compute_units]
            )
        except Exception as error:  # Core ML raises plain exceptions of many kinds.
            raise ModelError(
                f"Core ML can't load {printable(str(path))} ({printable(str(error))})."
            ) from error

    def run(self, framed: Pixels) -> npt.NDArray[np.float32]:
        """A framed photo, uint8 (gh, gw, 3), to the model's output, float32."""
        answer = self._model.predict({self.info.input_name: picture(framed, self.info.colour)})
        return np.asarray(answer[self.info.output_name], np.float32)


def compiled(path: Path, digest: str) -> Path:
    """The compiled model of a package with this hash, from the cache or compiled now."""
    from coremltools.models.utils import compile_model

    place = user_cache_path("nevus") / "coreml" / f"{digest}.mlmodelc"
    if place.is_dir():
        return place
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=place.parent) as folder:
        made = Path(compile_model(str(path), str(Path(folder) / place.name)))
        # Another process may have been first; its folder is as good.
        with suppress(OSError):
            made.rename(place)
    return place
