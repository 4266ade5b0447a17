"""A package's ML Program as plain values, so that it can be counted and judged."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from models.package.program_file import main_function

_FLOATS = frozenset({"fp16", "fp32", "fp64"})
_LARGEST_ATTRIBUTE = 32
"""Constants up to so many values are settings, such as strides; larger ones are weights."""


@dataclass(frozen=True)
class Tensor:
    """A value that flows between operations.

    A side that is known only when a picture is there is None in `shape`; `precision` is Core ML's
    name of the type (`fp16`, `int32`); `given` is True for the picture itself.
    """

    name: str
    shape: tuple[int | None, ...]
    precision: str
    given: bool = False

    @property
    def values(self) -> int | None:
        """How many values it holds, None where that is not known."""
        sides = [side for side in self.shape if side is not None]
        return int(np.prod(sides)) if len(sides) == len(self.shape) else None


@dataclass(frozen=True)
class Operation:
    """One operation: what goes in by the name of the input, what comes out, and its settings."""

    kind: str
    name: str
    inputs: Mapping[str, tuple[Tensor, ...]]
    outputs: tuple[Tensor, ...]
    settings: Mapping[str, Any]

    def one(self, name: str) -> Tensor:
        """The tensor of an input that takes a single one."""
        return self.inputs[name][0]

    def numbers(self, setting: str, default: Iterable[float] = ()) -> tuple[float, ...]:
        """A setting as numbers, `default` where it is not given or not known."""
        value = self.settings.get(setting)
        return tuple(default) if value is None else tuple(float(n) for n in np.ravel(value))


@dataclass(frozen=True)
class Program:
    """The operations of a package's `main` in order, nested ones included, constants left out.

    `parameters` counts the floating-point values in its constants of at least one axis, each
    constant once.
    """

    operations: tuple[Operation, ...]
    parameters: int


def read_program(path: Path) -> Program:
    """Read a package's program; imports coremltools. Raises ModelError."""
    function = main_function(path)
    given = {variable.name for variable in function.inputs.values()}
    operations = list(_walk(function.operations))
    return Program(
        tuple(_operation(each, given) for each in operations if not _constant(each)),
        sum(_weights(each) for each in operations),
    )


def _walk(operations: Iterable[Any]) -> Iterator[Any]:
    for operation in operations:
        yield operation
        for block in operation.blocks:
            yield from _walk(block.operations)


def _constant(operation: Any) -> bool:
    # `const`, and `constexpr_…`, which unpack compressed weights when the model is loaded.
    return str(operation.op_type).startswith("const")


def _weights(operation: Any) -> int:
    """How many parameters a constant holds; a compressed one counts as what it unpacks to."""
    if not _constant(operation):
        return 0
    output = operation.outputs[0]
    packed = any(child.op_type.startswith("constexpr_") for child in output.child_ops)
    tensor = _tensor(output, frozenset())
    if packed or tensor.precision not in _FLOATS or not tensor.shape:
        return 0
    return tensor.values or 0


def _operation(operation: Any, given: Iterable[str]) -> Operation:
    listed = {name: _listed(value) for name, value in operation.inputs.items()}
    return Operation(
        kind=str(operation.op_type),
        name=str(operation.name),
        inputs={
            name: tuple(_tensor(each, given) for each in variables)
            for name, variables in listed.items()
        },
        outputs=tuple(_tensor(output, given) for output in operation.outputs),
        settings={
            name: variables[0].val
            for name, variables in listed.items()
            if len(variables) == 1 and _is_setting(variables[0].val)
        },
    )


def _listed(value: Any) -> tuple[Any, ...]:
    return tuple(value) if isinstance(value, list | tuple) else (value,)


def _is_setting(value: Any) -> bool:
    return value is not None and np.size(value) <= _LARGEST_ATTRIBUTE


def _tensor(variable: Any, given: Iterable[str]) -> Tensor:
    from coremltools.converters.mil.mil import ListVar
    from coremltools.converters.mil.mil.types import builtin_to_string

    if isinstance(variable, ListVar):  # A classifier's labels, for one.
        return Tensor(str(variable.name), (), "list", variable.name in given)
    shape = getattr(variable, "shape", None) or ()
    return Tensor(
        name=str(variable.name),
        # A side that varies is a symbol of sympy.
        shape=tuple(int(side) if isinstance(side, int | np.integer) else None for side in shape),
        precision=str(builtin_to_string(variable.dtype)),
        given=variable.name in given,
    )
