"""A package's ML Program as an ONNX graph, made once and kept in the user's cache.

Weights keep the values that float16 gave them; arithmetic is float32, which is what the CPU does
well. So results differ from Apple hardware by rounding only.
"""

import tempfile
from collections.abc import Iterable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from models.package.cache import cache_folder, mark_used, prune
from models.package.carried import info_to_metadata
from models.package.package import (
    ModelError,
    PackageInfo,
    check_package,
    damage_said,
    package_hash,
    read_package,
)
from models.package.program_file import Function, Operation, main_function

if TYPE_CHECKING:
    import onnx

    from models.translate.operations import GraphWriter

TRANSLATOR_VERSION = 5
"""To be raised with every change of what a translation holds: cached ones of others are left."""
Sides = tuple[int | None, ...]
"""Of a shape; None where it is known only when a picture is there."""
_OPSET, _IR_VERSION = 17, 9
_DIGEST = sha256().digest_size


def translate_cached(path: Path) -> bytes:
    """A package as a serialised ONNX model, from the cache or made now; raises ModelError.

    Only a translation made now imports onnx. A cached one that is damaged is made anew, and
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


def translate(path: Path) -> "onnx.ModelProto":
    """Write a package's program in ONNX; raises ModelError naming all that can't be written."""
    info = read_package(path)
    function = main_function(path)
    with damage_said(path):
        graph, offences = _written(function.operations)
        if offences:
            raise ModelError(
                f"{path} uses {', '.join(offences)}, which nevus can't run off a Mac. "
                "On a Mac use --backend coreml; elsewhere choose a model without it."
            )
        model = _model(path, graph, info, function)
        _check_shapes(path, model, function)
    return model


def untranslatable(path: Path) -> tuple[str, ...]:
    """What of a package's program can't be written in ONNX, with why; raises ModelError."""
    function = main_function(path)
    with damage_said(path):
        return tuple(_written(function.operations)[1])


def _written(operations: Iterable[Operation]) -> tuple["GraphWriter", list[str]]:
    """The operations in ONNX, and each that can't be written with why, every kind once."""
    from models.translate.operations import GraphWriter

    graph, offences = GraphWriter(), set()
    for operation in operations:
        if operation.kind != "const":
            try:
                _write_operation(graph, operation)
            except ValueError as error:
                reason = f" ({error})" if str(error) else ""
                offences.add(f"{operation.kind}{reason}")
    return graph, sorted(offences)


def _write_operation(graph: "GraphWriter", operation: Operation) -> None:
    """Write one operation; raises ValueError, with a reason where the operation is known."""
    from models.translate.operations import WRITERS, Call

    if operation.kind not in WRITERS:
        raise ValueError
    call = Call(operation)
    WRITERS[operation.kind](graph, call)
    if call.unread():
        raise ValueError(f"with {', '.join(call.unread())}")


def _model(
    path: Path, graph: "GraphWriter", info: PackageInfo, function: Function
) -> "onnx.ModelProto":
    from onnx import checker, helper

    model = helper.make_model(
        helper.make_graph(
            graph.nodes,
            "main",
            [_tensor(info.input_name, _input_shape(path, info, function))],
            [_tensor(info.output_name, function.outputs[0].shape)],
            graph.initializers,
        ),
        opset_imports=[helper.make_opsetid("", _OPSET)],
        ir_version=_IR_VERSION,
        producer_name="nevus",
    )
    helper.set_model_props(model, info_to_metadata(info))
    try:
        checker.check_model(model)
    except checker.ValidationError as error:
        raise ModelError(f"{path} can't be written in ONNX ({error}).") from error
    return model


def _input_shape(path: Path, info: PackageInfo, function: Function) -> tuple[int, ...]:
    channels = 1 if info.colour == "GRAYSCALE" else 3
    expected = (1, channels, info.input_size.height, info.input_size.width)
    found = tuple(function.inputs[info.input_name].shape)
    if found != expected:
        raise ModelError(
            f"{path} takes its picture as {_times(found)}; "
            f"nevus gives {_times(expected)}: convert it again with that shape."
        )
    return expected


def _check_shapes(path: Path, model: "onnx.ModelProto", function: Function) -> None:
    """Raise ModelError where a result hasn't the shape that Core ML says it has.

    A second look at every operation: what was misread mostly shows in its shape.
    """
    from onnx import shape_inference

    try:
        inferred = shape_inference.infer_shapes(model, strict_mode=True, data_prop=True)
    except shape_inference.InferenceError as error:
        raise ModelError(f"{path} can't be written in ONNX ({error}).") from error
    graph = inferred.graph
    shapes = {value.name: _known_shape(value) for value in (*graph.value_info, *graph.output)}
    for operation in function.operations:
        for output in operation.outputs:
            found = shapes.get(output.name)
            if found is not None and found != output.shape:
                raise ModelError(
                    f"{path} uses {operation.kind} in a way that nevus can't "
                    f"run off a Mac: it would give {_times(found)}, not {_times(output.shape)}."
                )


def _known_shape(value: "onnx.ValueInfoProto") -> tuple[int, ...] | None:
    dimensions = value.type.tensor_type.shape.dim
    if not all(n.HasField("dim_value") for n in dimensions):
        return None
    return tuple(n.dim_value for n in dimensions)


def _times(shape: Sides) -> str:
    return "×".join("?" if side is None else str(side) for side in shape)


def _tensor(name: str, shape: Sides) -> "onnx.ValueInfoProto":
    from onnx import TensorProto, helper

    return helper.make_tensor_value_info(name, TensorProto.FLOAT, list(shape))


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
