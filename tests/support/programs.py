"""Small ML Programs translated and run, to compare with a definition in NumPy."""

from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from models.run.quiet_onnxruntime import onnxruntime
from models.translate.translation import translate

Array = npt.NDArray[np.float32]
HEIGHT, WIDTH = 9, 12
RANDOM = np.random.default_rng(4)


class Program(Protocol):
    """What is made of the picture, as coremltools' builder writes it."""

    def __call__(self, x: Any, /) -> Any: ...


def darkness(photo: Any) -> Any:
    """How likely a pixel is of a lesion, to a model that looks at how dark it is: a `Program`."""
    from coremltools.converters.mil import Builder as mb  # noqa: N813

    bright = mb.reduce_mean(x=photo, axes=[1], keep_dims=True)
    return mb.sigmoid(x=mb.mul(x=mb.sub(x=0.4, y=bright), y=20.0))


class Definition(Protocol):
    """What should come out for float (1, 3, 9, 12) from 0 to 1."""

    def __call__(self, x: Array, /) -> Array: ...


class Same(Protocol):
    """Check a program against its definition, and that an ONNX operator of this kind was used."""

    def __call__(self, program: Program, definition: Definition, kind: str) -> None: ...


def half(*shape: int) -> Array:
    """Random weights that float16 keeps exactly."""
    return RANDOM.normal(0, 0.3, shape).astype(np.float16).astype(np.float32)


def computed(package: Path) -> tuple[Array, Array]:
    """A picture with values from 0 to 1, and what the translated package makes of it."""
    model = translate(package)
    picture = np.random.default_rng(1).integers(0, 256, (1, 3, HEIGHT, WIDTH)).astype(np.float32)
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    (output,) = session.run(None, {"photo": picture})
    return picture / np.float32(255), np.asarray(output)


def kinds(package: Path) -> set[str]:
    """The ONNX operators in a translation."""
    return {node.op_type for node in translate(package).graph.node}
