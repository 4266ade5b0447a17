"""A package's ML Program as an ONNX graph, made once and kept in the user's cache.

Weights keep the values that float16 gave them; arithmetic is float32, which is what the CPU does
well. So results differ from Apple hardware by rounding only.
"""

import json
import tempfile
from contextlib import suppress
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from imaging.framing import Size
from imaging.text import printable
from models.cache import cache_folder, mark_used, prune
from models.package import (
    ModelError,
    PackageInfo,
    check_package,
    package_hash,
    read_package,
    read_spec,
    weights_folder,
)

if TYPE_CHECKING:
    import onnx

    from models.operations import GraphWriter

TRANSLATOR_VERSION = 3
"""To be raised with every change of what a translation holds: cached ones of others are left."""
INFO_KEY = "org.nevus.package"
_OPSET, _IR_VERSION = 17, 9
_DIGEST = sha256().digest_size


def translated(path: Path) -> bytes:
    """A package as a serialised ONNX model, from the cache or made now; raises ModelError.

    Only a translation made now imports coremltools. A cached one that is damaged is made anew, and
    a cache that can't be written costs time, nothing else.
    """
    check_package(path)
    cached = cache_file(package_hash(path))
    model = _read(cached)
    if model is None:
        model = translate(path).SerializeToString()
        with suppress(OSError):
            _write(cached, model)
    else:
        mark_used(cached)
    return model


def cache_file(digest: str) -> Path:
    """Where the translation of a package with this hash is kept: a SHA-256, then the ONNX model."""
    return cache_folder("onnx") / f"{TRANSLATOR_VERSION}-{digest}"


def info_from_metadata(metadata: dict[str, str]) -> PackageInfo:
    """The package's description as the translation carries it."""
    values = json.loads(metadata[INFO_KEY])
    return PackageInfo(**{**values, "input_size": Size(**values["input_size"])})


def translate(path: Path) -> "onnx.ModelProto":
    """Write a package's program in ONNX; raises ModelError naming what can't be written."""
    from models.operations import GraphWriter

    info = read_package(path)
    function = main_function(path)
    _check_operations(path, function)
    graph = GraphWriter()
    for operation in function.operations:
        if operation.op_type != "const":
            _write_operation(path, graph, operation)
    return _model(path, graph, info, function)


def _check_operations(path: Path, function: Any) -> None:
    from models.operations import WRITERS

    known = {*WRITERS, "const"}
    unknown = sorted({op.op_type for op in function.operations} - known)
    if unknown:
        raise ModelError(
            f"{printable(str(path))} uses {', '.join(unknown)}, which nevus can't run off a Mac. "
            "On a Mac use --backend coreml; elsewhere choose a model without it."
        )


def _write_operation(path: Path, graph: "GraphWriter", operation: Any) -> None:
    from models.operations import WRITERS

    try:
        WRITERS[operation.op_type](graph, operation)
    except (KeyError, TypeError, ValueError) as error:
        raise ModelError(
            f"{printable(str(path))} uses {operation.op_type} in a way that nevus can't run off a "
            f"Mac ({operation.name}: {printable(str(error))})."
        ) from error


def _model(path: Path, graph: "GraphWriter", info: PackageInfo, function: Any) -> "onnx.ModelProto":
    from onnx import checker, helper

    size = info.input_size
    model = helper.make_model(
        helper.make_graph(
            graph.nodes,
            "main",
            [_tensor(info.input_name, (1, 3, size.height, size.width))],
            [_tensor(info.output_name, function.outputs[0].shape)],
            graph.initializers,
        ),
        opset_imports=[helper.make_opsetid("", _OPSET)],
        ir_version=_IR_VERSION,
        producer_name="nevus",
    )
    helper.set_model_props(model, {INFO_KEY: json.dumps(asdict(info))})
    try:
        checker.check_model(model)
    except checker.ValidationError as error:
        raise ModelError(
            f"{printable(str(path))} can't be written in ONNX ({printable(str(error))})."
        ) from error
    return model


def _tensor(name: str, shape: tuple[int, ...]) -> "onnx.ValueInfoProto":
    from onnx import TensorProto, helper

    return helper.make_tensor_value_info(name, TensorProto.FLOAT, list(shape))


def main_function(path: Path) -> Any:
    """The package's `main` function as coremltools reads it back, weights included."""
    from coremltools.converters.mil.frontend.milproto.load import load

    spec = read_spec(path)
    if spec.WhichOneof("Type") != "mlProgram":
        raise ModelError(f"{printable(str(path))} is not an ML Program; convert it as one.")
    try:
        program = load(spec, spec.specificationVersion, str(weights_folder(path)))
        return program.functions["main"]
    except Exception as error:  # coremltools raises plain exceptions of many kinds.
        raise ModelError(
            f"{printable(str(path))} can't be read back ({printable(str(error))}). Copy it again."
        ) from error


def _read(file: Path) -> bytes | None:
    """A cached model, or None where there is none or it is damaged."""
    try:
        data = file.read_bytes()
    except OSError:
        return None
    digest, model = data[:_DIGEST], data[_DIGEST:]
    return model if sha256(model).digest() == digest else None


def _write(file: Path, model: bytes) -> None:
    """Cache a model: the file appears whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=file.parent) as folder:
        part = Path(folder) / file.name
        part.write_bytes(sha256(model).digest() + model)
        part.replace(file)
    prune(file.parent)
