"""Which model is run, and how: one value on its way from the command line to where it is opened."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from models.run.memory import memory_errors

if TYPE_CHECKING:
    from models.run.refiner import NetworkRefiner
    from models.run.segmenter import Segmenter


BACKENDS = ("auto", "coreml", "onnxruntime", "coreai")
COMPUTE_UNITS = ("ALL", "CPU_AND_GPU", "CPU_AND_NE", "CPU_ONLY")


@dataclass(frozen=True)
class ModelSetup:
    """A package, what runs it (one of `BACKENDS`) and where Apple's do (of `COMPUTE_UNITS`)."""

    package: Path
    backend: str = "auto"
    compute_units: str = "CPU_AND_NE"

    def on_cpu(self) -> "ModelSetup":
        """The same model on the CPU alone."""
        return replace(self, compute_units="CPU_ONLY")

    def device(self, backend: str) -> str:
        """Where this backend is asked to run it, as receipts name it."""
        specialised = backend == "coreml" or (backend == "coreai" and sys.platform == "darwin")
        return self.compute_units if specialised else "CPU"

    def open(self) -> "Segmenter":
        """The opened model. Raises ModelError, and what the machine raises where it is in the way.

        That is MemoryError and OSError. All else is the model's failure or its runtime's, which no
        photo is to pay for.
        """
        # Late, here and below: whoever only hands the value on pays for no runtime.
        with self._opening("Name another model with --model, or install nevus again."):
            from models.run.segmenter import open_segmenter

            return open_segmenter(self.package, self.backend, self.compute_units)

    def open_refiner(self) -> "NetworkRefiner":
        """The opened package that mends outlines; raises likewise."""
        with self._opening("Install nevus again."):
            from models.run.refiner import open_refiner

            return open_refiner(self.package, self.backend, self.compute_units)

    @contextmanager
    def _opening(self, advice: str) -> Iterator[None]:
        from models.package.package import ModelError

        try:
            with memory_errors():
                yield
        except (ModelError, MemoryError, OSError):
            raise
        except Exception as error:
            raise ModelError(
                f"{self.package} can't be opened ({type(error).__name__}: {error}). {advice}"
            ) from error
