"""A package's ML Program so that it can be counted and judged."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from models.package.program_file import Operation, main_function

_FLOATS = frozenset({"fp16", "fp32", "fp64"})


@dataclass(frozen=True)
class Program:
    """The operations of a package's `main` in order, nested ones included, constants left out.

    `parameters` counts the floating-point values in its constants of at least one axis, each
    constant once.
    """

    operations: tuple[Operation, ...]
    parameters: int


def read_program(path: Path) -> Program:
    """Read a package's program. Raises ModelError."""
    operations = list(_walk(main_function(path).operations))
    packed = set(_packed(operations))
    return Program(
        tuple(each for each in operations if not _constant(each)),
        sum(_weights(each) for each in operations if each.outputs[0].name not in packed),
    )


def _walk(operations: Iterable[Operation]) -> Iterator[Operation]:
    for operation in operations:
        yield operation
        for block in operation.blocks:
            yield from _walk(block)


def _constant(operation: Operation) -> bool:
    # `const`, and `constexpr_…`, which unpack compressed weights when the model is loaded.
    return operation.kind.startswith("const")


def _packed(operations: Iterable[Operation]) -> Iterator[str]:
    """The names of what is unpacked: it counts as what comes out."""
    for operation in operations:
        if operation.kind.startswith("constexpr_"):
            yield from (each.name for given in operation.inputs.values() for each in given)


def _weights(operation: Operation) -> int:
    """How many parameters a constant holds; a compressed one counts as what it unpacks to."""
    output = operation.outputs[0]
    counts = _constant(operation) and output.precision in _FLOATS and output.shape
    return (output.values or 0) if counts else 0
