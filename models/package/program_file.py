"""A package's ML Program as plain values, as its own files have it.

Coremltools reads one back as what its converters work on, every type inferred anew: for a network
of a few hundred operations that takes longer than to run it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from models.package.constants import Constants
from models.package.interface import NotTaken, check_kind
from models.package.package import ModelError, read_spec, weights_folder

LIST = "list"
"""The precision of what is no tensor: a classifier's labels, for one."""


@dataclass(frozen=True, eq=False)
class Tensor:
    """A value that flows between operations, or stands in the program.

    A side that is known only when a picture is there is None in `shape`. `precision` is Core ML's
    name of the type (`fp16`, `int32`). `constant` is what it holds where the program says so: an
    array, a NumPy scalar or a text, None elsewhere. `given` is True for the picture itself.
    """

    name: str
    shape: tuple[int | None, ...]
    precision: str
    constant: Any = None
    given: bool = False

    @property
    def values(self) -> int | None:
        """How many values it holds, None where that is not known."""
        sides = [side for side in self.shape if side is not None]
        return int(np.prod(sides)) if len(sides) == len(self.shape) else None


@dataclass(frozen=True, eq=False)
class Operation:
    """One operation: what goes in by the name of the input, and what comes out.

    An input that takes several tensors holds them in order; `blocks` are the bodies of loops and
    branches.
    """

    kind: str
    name: str
    inputs: Mapping[str, tuple[Tensor, ...]]
    outputs: tuple[Tensor, ...]
    blocks: tuple[tuple["Operation", ...], ...] = ()

    def one(self, name: str) -> Tensor:
        """The tensor of an input that takes a single one."""
        return self.inputs[name][0]

    def setting(self, name: str, default: Any = None) -> Any:
        """A constant input, `default` where it is not given or not known."""
        given = self.inputs.get(name, ())
        known = len(given) == 1 and given[0].constant is not None
        return given[0].constant if known else default

    def numbers(self, setting: str, default: Iterable[float] = ()) -> tuple[float, ...]:
        """A constant input as numbers, `default` where it is not given or not known."""
        value = self.setting(setting)
        return tuple(default) if value is None else tuple(float(n) for n in np.ravel(value))


@dataclass(frozen=True, eq=False)
class Function:
    """A package's `main`: what goes in by name, its operations in order, and what comes out."""

    inputs: Mapping[str, Tensor]
    operations: tuple[Operation, ...]
    outputs: tuple[Tensor, ...]


def main_function(path: Path) -> Function:
    """The package's `main`, weights included; `const` operations are among its own.

    Raises ModelError.
    """
    spec = read_spec(path)
    try:
        check_kind(spec)
    except NotTaken as reason:
        raise ModelError(f"{path} {reason}") from reason
    try:
        return _Reader(weights_folder(path)).function(spec.mlProgram.functions["main"])
    except (LookupError, OSError, OverflowError, ValueError) as error:
        raise ModelError(f"{path} can't be read back ({error}). Copy it again.") from error


class _Reader:
    """Reads a function; a name means what was last read under it."""

    def __init__(self, weights: Path) -> None:
        self._constants = Constants(weights)
        self._named: dict[str, Tensor] = {}

    def function(self, message: Any) -> Function:
        if message.opset not in message.block_specializations:
            raise ValueError("it has no operations")
        given = {each.name: self._know(each, given=True) for each in message.inputs}
        block = message.block_specializations[message.opset]
        operations = self._block(block)
        return Function(given, operations, tuple(self._find(name) for name in block.outputs))

    def _block(self, message: Any) -> tuple[Operation, ...]:
        for each in message.inputs:
            self._know(each)
        return tuple(map(self._operation, message.operations))

    def _operation(self, message: Any) -> Operation:
        inputs = {
            name: tuple(map(self._bound, argument.arguments))
            for name, argument in message.inputs.items()
        }
        blocks = tuple(map(self._block, message.blocks))
        value = message.attributes["val"] if message.type == "const" else None
        outputs = tuple(self._know(each, value) for each in message.outputs)
        return Operation(
            kind=message.type,
            name=_name(message, outputs),
            inputs=inputs,
            outputs=outputs,
            blocks=blocks,
        )

    def _bound(self, binding: Any) -> Tensor:
        if binding.WhichOneof("binding") == "value":
            return self._tensor("", binding.value.type, binding.value)
        return self._find(binding.name)

    def _find(self, name: str) -> Tensor:
        if name not in self._named:
            raise ValueError(f"nothing makes {name}")
        return self._named[name]

    def _know(self, message: Any, value: Any = None, given: bool = False) -> Tensor:
        tensor = self._tensor(message.name, message.type, value, given)
        self._named[tensor.name] = tensor
        return tensor

    def _tensor(self, name: str, kind: Any, value: Any = None, given: bool = False) -> Tensor:
        if kind.WhichOneof("type") == "stateType":
            kind = kind.stateType.wrappedType
        if kind.WhichOneof("type") != "tensorType":
            return Tensor(name, (), LIST, None, given)
        precision = _precision(kind.tensorType)
        shape = tuple(map(_side, kind.tensorType.dimensions))
        known = tuple(side for side in shape if side is not None)
        constant = None if value is None else self._constants.read(value, precision, known)
        return Tensor(name, shape, precision, constant, given)


def _name(message: Any, outputs: tuple[Tensor, ...]) -> str:
    """An operation's own name, that of what it makes where it has none."""
    said: list[str] = []
    if "name" in message.attributes:
        said = list(message.attributes["name"].immediateValue.tensor.strings.values)
    return "".join([*said, *(each.name for each in outputs)][:1])


def _side(dimension: Any) -> int | None:
    constant = dimension.WhichOneof("dimension") == "constant"
    return int(dimension.constant.size) if constant else None


def _precision(kind: Any) -> str:
    """`fp16` for FLOAT16, and so on: as coremltools says it."""
    field = kind.DESCRIPTOR.fields_by_name["dataType"]
    return str(field.enum_type.values_by_number[kind.dataType].name).lower().replace("float", "fp")
