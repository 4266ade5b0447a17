"""Stands where coremltools looks for Apple's native module, and takes only what that one takes.

Names and signatures are those of the macOS wheel. Compiling translates the package to ONNX, running
it is ONNX Runtime's work; what Apple's arithmetic and its hardware would do is not in here. It
writes down what it is asked, and fails as it is ordered to, in the folder that COREML_STAND_IN
names.
"""

import functools
import os
import signal
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import onnxruntime
from PIL import Image

from tests.support.coreml_record import parameters

PROGRAM = "model.onnx"
COMPUTE_UNITS = ("ALL", "CPU_AND_GPU", "CPU_AND_NE", "CPU_ONLY")
NEWEST_SPECIFICATION = 10
KINDS = {"str": str, "dict": dict, "list": list, "bytes": bytes, "object": object, "int": int}


def native(*signatures: str) -> Callable[[Callable[..., Any]], Any]:
    """A function that takes what one of the signatures says, by position, or raises TypeError."""

    def strict(function: Callable[..., Any]) -> Any:
        @functools.wraps(function)
        def checked(*given: object) -> Any:
            if not any(_fits(signature, given) for signature in signatures):
                shown = ", ".join(type(value).__name__ for value in given)
                raise TypeError(f"{function.__name__}({shown}): it takes {' or '.join(signatures)}")
            return function(*given)

        checked.signatures = signatures  # type: ignore[attr-defined]
        return checked

    return strict


def _fits(signature: str, given: tuple[object, ...]) -> bool:
    kinds = parameters(signature)
    return len(kinds) == len(given) and all(map(_is_a, given, kinds))


def _is_a(value: object, kind: str) -> bool:
    if kind == "%":
        return value is None or isinstance(value, _MLModelProxy | _State)
    return isinstance(value, KINDS[kind])


def _note(line: str) -> None:
    folder = os.environ.get("COREML_STAND_IN")
    if folder is not None:
        with (Path(folder) / "journal").open("a") as journal:
            journal.write(f"{line}\n")


def _ordered(order: str) -> str | None:
    """What an order says, None where it was not given."""
    folder = os.environ.get("COREML_STAND_IN")
    file = Path(folder) / order if folder is not None else None
    return file.read_text() if file is not None and file.is_file() else None


def _fail(reason: str) -> NoReturn:
    # Apple's errors cross as their dictionary, over several lines.
    raise RuntimeError(f'{{\n    NSLocalizedDescription = "{reason}";\n}}')


def _not_here() -> NoReturn:
    raise NotImplementedError("This part of Core ML has no stand-in.")


class _State:
    @native("({%}, {str}) -> object")
    def read_state(self, _name: str) -> object:
        _not_here()

    @native("({%}, {str}, {object}) -> None")
    def write_state(self, _name: str, _value: object) -> None:
        _not_here()


class _MLModelProxy:
    @native(
        "({%}, {str}, {str}, {str}, {dict}) -> None",
        "({%}, {str}, {str}, {str}, {dict}, {object}) -> None",
    )
    def __init__(
        self,
        path: str,
        compute_units: str,
        _function: str,
        _hints: dict[str, str],
        _asset: object = None,
    ) -> None:
        _note(f"load {compute_units}")
        if compute_units not in COMPUTE_UNITS:
            _fail(f"There are no compute units {compute_units}.")
        if _ordered("refuse to load") is not None:
            _fail("The model can not be loaded on this\n        device.")
        self._units = compute_units
        self._compiled = Path(path if path.endswith(".mlmodelc") else _compile(path))
        self._session = _session(self._compiled)
        self._nanoseconds: int | None = None

    @native("({%}, {dict}, {%}) -> dict")
    def predict(self, features: dict[str, Any], _state: _State | None) -> dict[str, Any]:
        return self._run(features)

    @native("({%}, {list}) -> list")
    def batchPredict(self, batch: list[dict[str, Any]]) -> list[dict[str, Any]]:  # noqa: N802
        return [self._run(features) for features in batch]

    @native("({%}) -> str")
    def get_compiled_model_path(self) -> str:
        return str(self._compiled)

    @native("({%}) -> object")
    def get_load_duration_in_nano_seconds(self) -> int | None:
        return None

    @native("({%}) -> object")
    def get_last_predict_duration_in_nano_seconds(self) -> int | None:
        return self._nanoseconds

    @staticmethod
    @native("({bytes}) -> bytes")
    def auto_set_specification_version(_model: bytes) -> bytes:
        _not_here()

    @staticmethod
    @native("() -> int")
    def maximum_supported_specification_version() -> int:
        return NEWEST_SPECIFICATION

    @native("({%}) -> %")
    def newState(self) -> _State:  # noqa: N802
        return _State()

    @staticmethod
    @native("({str}) -> object")
    def create_model_asset_from_path(_path: str) -> object:
        _not_here()

    @staticmethod
    @native("({bytes}, {dict}) -> object")
    def create_model_asset_from_memory(_model: bytes, _blobs: dict[str, bytes]) -> object:
        _not_here()

    @staticmethod
    @native("({str}) -> object")
    def get_model_structure(_path: str) -> object:
        _not_here()

    @staticmethod
    @native("() -> list")
    def get_available_compute_devices() -> list[object]:
        _not_here()

    @staticmethod
    @native("() -> list")
    def get_all_compute_devices() -> list[object]:
        _not_here()

    @staticmethod
    @native("({str}, {str}) -> object")
    def get_compute_plan(_path: str, _units: str) -> object:
        _not_here()

    @staticmethod
    @native("({str}) -> str")
    def compileModel(path: str) -> str:  # noqa: N802
        return _compile(path)

    def _run(self, features: dict[str, Any]) -> dict[str, Any]:
        (wanted,) = self._session.get_inputs()
        if wanted.name not in features:
            _fail(f"The feature {wanted.name} is missing.")
        pixels = _pixels(features[wanted.name], wanted.shape)
        _note(f"predict {self._units}")
        self._obey(pixels)
        (output,) = self._session.get_outputs()
        (values,) = self._session.run([output.name], {wanted.name: pixels})
        self._nanoseconds = 1
        made = np.array(values, np.float32)
        if self._struck("no numbers", pixels):
            made[:] = np.nan
        return {_ordered("rename the output") or output.name: made}

    def _obey(self, pixels: Any) -> None:
        if _ordered("refuse to predict") is not None:
            _fail("The picture can not be\n        computed.")
        if self._struck("die", pixels):
            os.kill(os.getpid(), signal.SIGKILL)

    def _struck(self, order: str, pixels: Any) -> bool:
        """Whether an order strikes this picture on these compute units."""
        red, *_, blue = pixels[0, :, pixels.shape[2] // 2, pixels.shape[3] // 2]
        victims = {"all": True, "photos": bool(pixels.any()), "blue photos": bool(blue > red)}
        return victims.get(_ordered(f"{order} on {self._units}") or "", False)


class _MLCPUComputeDeviceProxy:
    """Imported by coremltools, not used here."""


class _MLGPUComputeDeviceProxy:
    """Imported by coremltools, not used here."""


class _MLNeuralEngineComputeDeviceProxy:
    """Imported by coremltools, not used here."""


class _MLComputePlanProxy:
    """Imported by coremltools, not used here."""


class _MLModelStructureProgramOperationProxy:
    """Imported by coremltools, not used here."""


class _MLModelStructureNeuralNetworkLayerProxy:
    """Imported by coremltools, not used here."""


class _MLModelAssetProxy:
    """Imported by coremltools, not used here."""


def _compile(path: str) -> str:
    from models.package import ModelError
    from models.translation import translated

    _note("compile")
    if _ordered("refuse to compile") is not None:
        _fail("The package can not be compiled.")
    try:
        program = translated(Path(path))
    except ModelError as error:
        _fail(str(error))
    made = Path(tempfile.mkdtemp()) / f"{Path(path).stem}.mlmodelc"
    made.mkdir()
    (made / PROGRAM).write_bytes(program)
    return str(made)


def _session(compiled: Path) -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 4
    try:
        return onnxruntime.InferenceSession(
            (compiled / PROGRAM).read_bytes(), options, providers=["CPUExecutionProvider"]
        )
    except Exception as error:
        _fail(f"The compiled model is damaged: {type(error).__name__}.")


def _pixels(picture: object, shape: list[int]) -> Any:
    """A PIL picture as Core ML takes it: colour, and of the model's own size."""
    if not isinstance(picture, Image.Image):
        _fail("The model wants a picture.")
    if picture.mode not in ("RGB", "RGBA"):
        _fail(f"The model wants colour and not {picture.mode}.")
    _, _, height, width = shape
    if picture.size != (width, height):
        _fail(f"A picture of {picture.size} is not of the model's size.")
    colours = np.asarray(picture, np.float32)[..., :3]
    return np.ascontiguousarray(colours.transpose(2, 0, 1)[None])
