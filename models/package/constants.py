"""Values that stand in an ML Program or in the files of weights beside it."""

import math
import struct
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
_BLOB = struct.Struct("<IIQQ")
"""What is noted before a blob: a mark, the kind of number, how many bytes, where they begin."""
_MARK = 0xDEADBEEF
_KINDS = {
    "fp16": (np.float16, 1),
    "fp32": (np.float32, 2),
    "uint8": (np.uint8, 3),
    "int8": (np.int8, 4),
    "int16": (np.int16, 6),
    "uint16": (np.uint16, 7),
    "int32": (np.int32, 14),
    "uint32": (np.uint32, 15),
    "bool": (np.bool_, None),
    "fp64": (np.float64, None),
    "int64": (np.int64, None),
    "uint64": (np.uint64, None),
}
"""Core ML's names of its kinds of numbers, NumPy's, and what a file of weights calls them."""


class Constants:
    """Reads values; each file of weights is read once."""

    def __init__(self, weights: Path) -> None:
        self._folder = weights
        self._files: dict[str, bytes] = {}

    def read(self, value: Any, precision: str, shape: tuple[int, ...]) -> Any:
        """An array, a NumPy scalar where there is no axis, or a text.

        None for what nevus has no use for: lists, and numbers of less than a byte. Raises
        ValueError or OSError where it can't be read.
        """
        if value.WhichOneof("value") == "blobFileValue":
            return self._stored(value.blobFileValue, precision, shape)
        if value.immediateValue.WhichOneof("value") != "tensor":
            return None
        return _immediate(value.immediateValue.tensor, precision, shape)

    def _stored(self, place: Any, precision: str, shape: tuple[int, ...]) -> Any:
        kind, code = _KINDS.get(precision, (None, None))
        if kind is None or code is None:
            return None
        data = self._file(place.fileName)
        if len(data) < place.offset + _BLOB.size:
            raise ValueError(f"{_base(place.fileName)} is cut short")
        mark, found, size, start = _BLOB.unpack_from(data, place.offset)
        if (mark, found) != (_MARK, code) or size != _bytes(kind, shape):
            raise ValueError(f"{_base(place.fileName)} holds other numbers than the program says")
        if len(data) < start + size:
            raise ValueError(f"{_base(place.fileName)} is cut short")
        return np.frombuffer(data[start : start + size], kind).reshape(shape)[()]

    def _file(self, path: str) -> memoryview:
        name = _base(path)
        if name not in self._files:
            self._files[name] = (self._folder / name).read_bytes()
        return memoryview(self._files[name])


def _immediate(tensor: Any, precision: str, shape: tuple[int, ...]) -> Any:
    held = tensor.WhichOneof("value")
    kind, _ = _KINDS.get(precision, (None, None))
    values: Any = () if held is None else getattr(tensor, held).values
    if not len(values) and math.prod(shape) > 0:
        raise ValueError("a constant has no value")
    if held == "strings":
        return np.array(values).reshape(shape) if shape else str(values[0])
    if kind is None:
        return None
    array: Array = np.frombuffer(values, kind) if held == "bytes" else np.array(values, kind)
    return array.reshape(shape)[()]


def _base(path: str) -> str:
    """The file's own name: a program gives it with a folder that only Core ML knows."""
    return path.rsplit("/", 1)[-1]


def _bytes(kind: Any, shape: tuple[int, ...]) -> int:
    return math.prod(shape) * int(np.dtype(kind).itemsize)
