"""Copies of a package with some of its constants changed; they load like the original."""

import shutil
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from models.package.package import program_file, read_spec, weights_folder

Array = npt.NDArray[Any]
Change = Callable[[Array], Array]
_BLOB = struct.Struct("<IIQQ")
"""Of a blob in weight.bin: a mark, the kind of number, bytes, and where the numbers begin."""
_MARK, _HALF = 0xDEADBEEF, 1


def constants_of(package: Path, kind: str, operand: str) -> list[str]:
    """The names of the constants that operations of a kind take as an operand, in order."""
    operations = list(_operations(read_spec(package)))
    known = {op.outputs[0].name for op in operations if op.type == "const"}
    taken = [op.inputs[operand].arguments for op in operations if op.type == kind]
    return [found[0].name for found in taken if found and found[0].name in known]


def changed(package: Path, target: Path, name: str, change: Change) -> Path:
    """Copy a package to `target` with the float16 constant `name` changed."""
    shutil.copytree(package, target)
    spec = read_spec(target)
    (constant,) = (op for op in _operations(spec) if op.outputs[0].name == name)
    value = constant.attributes["val"]
    shape = [dimension.constant.size for dimension in value.type.tensorType.dimensions]
    if value.WhichOneof("value") == "blobFileValue":
        _change_blob(target, value.blobFileValue.offset, shape, change)
    else:
        held = value.immediateValue.tensor.bytes
        before = np.frombuffer(held.values, np.float16).reshape(shape)
        held.values = change(before).astype(np.float16).tobytes()
        program_file(target).write_bytes(spec.SerializeToString())
    return target


def saying(package: Path, target: Path, **said: str) -> Path:
    """Copy a package to `target` that says otherwise of itself: another model, as its hash tells.

    The names are those of nevus's metadata, without what they begin with.
    """
    shutil.copytree(package, target)
    spec = read_spec(target)
    for name, value in said.items():
        spec.description.metadata.userDefined[f"org.nevus.{name}"] = value
    program_file(target).write_bytes(spec.SerializeToString())
    return target


def without_defaults(package: Path, target: Path) -> Path:
    """Copy a package to `target` without the settings that are what Core ML takes by itself."""
    from coremltools.converters.mil.frontend.milproto.load import load

    shutil.copytree(package, target)
    spec = read_spec(target)
    theirs = load(spec, spec.specificationVersion, str(weights_folder(package)))
    known = {op.outputs[0].name: op for op in theirs.functions["main"].operations}
    for operation in _operations(spec):
        if operation.type != "const":
            its = known[operation.outputs[0].name]
            defaults = dict(its.default_inputs().items())
            for name in [name for name in operation.inputs if defaults.get(name) is not None]:
                if np.array_equal(its.inputs[name].val, defaults[name]):
                    del operation.inputs[name]
    program_file(target).write_bytes(spec.SerializeToString())
    return target


def _change_blob(package: Path, offset: int, shape: list[int], change: Change) -> None:
    file = weights_folder(package) / "weight.bin"
    data = bytearray(file.read_bytes())
    mark, kind, size, start = _BLOB.unpack_from(data, offset)
    assert (mark, kind) == (_MARK, _HALF)
    before = np.frombuffer(bytes(data[start : start + size]), np.float16).reshape(shape)
    data[start : start + size] = change(before).astype(np.float16).tobytes()
    file.write_bytes(data)


def _operations(spec: Any) -> Any:
    function = spec.mlProgram.functions["main"]
    return function.block_specializations[function.opset].operations
