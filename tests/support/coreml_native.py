"""Stands where coremltools looks for Apple's native module, and takes only what that one takes.

Names and signatures are those of the macOS wheel. Compiling translates the package to ONNX, running
it is ONNX Runtime's work; what Apple's arithmetic and its hardware would do is not in here. It
writes down what it is asked, and fails as it is ordered to, in the folder that COREML_STAND_IN
names. Translations are kept in the one that COREML_STAND_IN_KEPT names: for Apple's compiler it
makes no difference how empty nevus's cache is.
"""

import os
import shutil
import signal
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

from models.run.quiet_onnxruntime import onnxruntime
from tests.support.coreml_calls import Native, native
from tests.support.coreml_orders import fail, note, ordered
from tests.support.coreml_pictures import given, taken
from tests.support.coreml_plan import (
    _MLComputePlanProxy,
    _MLCPUComputeDeviceProxy,
    _MLGPUComputeDeviceProxy,
    _MLModelStructureNeuralNetworkLayerProxy,
    _MLModelStructureProgramOperationProxy,
    _MLNeuralEngineComputeDeviceProxy,
    plan,
)
from tests.support.mac_platform import KEPT

__all__ = [
    "_MLCPUComputeDeviceProxy",
    "_MLComputePlanProxy",
    "_MLGPUComputeDeviceProxy",
    "_MLModelAssetProxy",
    "_MLModelProxy",
    "_MLModelStructureNeuralNetworkLayerProxy",
    "_MLModelStructureProgramOperationProxy",
    "_MLNeuralEngineComputeDeviceProxy",
    "_State",
]

PROGRAM, SPECIFICATION = "model.onnx", "model.mlmodel"
COMPUTE_UNITS = ("ALL", "CPU_AND_GPU", "CPU_AND_NE", "CPU_ONLY")
NEWEST_SPECIFICATION = 10
PLANNING_SYSTEM = (14, 4)
VICTIMS: dict[str, Callable[[Any], Any]] = {
    "all": lambda _: True,
    "photos": lambda pixels: pixels.any(),
    "blue photos": lambda pixels: _middle(pixels)[2] > _middle(pixels)[0],
}


def _not_here() -> NoReturn:
    raise NotImplementedError("This part of Core ML has no stand-in.")


class _State(Native):
    @native("({%}, {str}) -> object")
    def read_state(self, _name: str) -> object:
        _not_here()

    @native("({%}, {str}, {object}) -> None")
    def write_state(self, _name: str, _value: object) -> None:
        _not_here()


class _MLModelProxy(Native):
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
        note(f"load {compute_units}")
        if compute_units not in COMPUTE_UNITS:
            fail(f"There are no compute units {compute_units}.")
        if ordered("refuse to load") is not None:
            fail("The model can not be loaded on this\n        device.")
        self._units = compute_units
        self._compiled = Path(path if path.endswith(".mlmodelc") else _compile(path))
        self._session = _session(self._compiled)
        self._description = _specification(self._compiled).description
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
    def get_compute_plan(path: str, compute_units: str) -> object:
        from coremltools.models.utils import _macos_version

        note(f"plan {compute_units}")
        if _macos_version() < PLANNING_SYSTEM:
            raise RuntimeError("MLComputePlan is only available on macOS >= 14.4")
        if ordered("refuse to plan") is not None:
            fail("The model can not be\n        planned.")
        return plan(_specification(Path(path)), compute_units)

    @staticmethod
    @native("({str}) -> str")
    def compileModel(path: str) -> str:  # noqa: N802
        return _compile(path)

    def _run(self, features: dict[str, Any]) -> dict[str, Any]:
        (wanted,), (described,) = self._description.input, self._description.output
        if wanted.name not in features:
            fail(f"The feature {wanted.name} is missing.")
        pixels = taken(features[wanted.name], wanted.type.imageType)
        note(f"predict {self._units}")
        self._obey(pixels)
        (values,) = self._session.run([described.name], {wanted.name: pixels})
        self._nanoseconds = 1
        if self._struck("no numbers", pixels):
            values = np.full_like(values, np.nan)
        return {ordered("rename the output") or described.name: given(values, described.type)}

    def _obey(self, pixels: Any) -> None:
        if ordered("refuse to predict") is not None:
            fail("The picture can not be\n        computed.")
        if self._struck("die", pixels):
            os.kill(os.getpid(), signal.SIGKILL)

    def _struck(self, order: str, pixels: Any) -> bool:
        """Whether an order strikes this picture on these compute units."""
        victims = ordered(f"{order} on {self._units}")
        return victims is not None and VICTIMS[victims](pixels)


class _MLModelAssetProxy(Native):
    """Imported by coremltools, not used here."""


def _compile(path: str) -> str:
    from models.package.package import ModelError, program_file

    note("compile")
    if ordered("refuse to compile") is not None:
        fail("The package can not be compiled.")
    try:
        program = _translated(Path(path))
    except ModelError as error:
        fail(str(error))
    made = Path(tempfile.mkdtemp()) / f"{Path(path).stem}.mlmodelc"
    made.mkdir()
    (made / PROGRAM).write_bytes(program)
    shutil.copyfile(program_file(Path(path)), made / SPECIFICATION)
    return str(made)


def _translated(package: Path) -> bytes:
    from models.package.package import check_package, package_hash
    from models.translate.translation import translate

    check_package(package)
    kept = Path(os.environ[KEPT]) / package_hash(package)
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        descriptor, made = tempfile.mkstemp(dir=kept.parent)
        with os.fdopen(descriptor, "wb") as file:
            file.write(translate(package).SerializeToString())
        Path(made).rename(kept)
    return kept.read_bytes()


def _session(compiled: Path) -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 4
    try:
        return onnxruntime.InferenceSession(
            (compiled / PROGRAM).read_bytes(), options, providers=["CPUExecutionProvider"]
        )
    except Exception as error:
        fail(f"The compiled model is damaged: {type(error).__name__}.")


def _specification(compiled: Path) -> Any:
    from coremltools.proto.Model_pb2 import Model

    try:
        return Model.FromString((compiled / SPECIFICATION).read_bytes())
    except OSError:
        fail("There is no compiled model at the path.")


def _middle(pixels: Any) -> Any:
    return pixels[0, :, pixels.shape[2] // 2, pixels.shape[3] // 2]
