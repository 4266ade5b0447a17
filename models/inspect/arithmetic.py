"""How many multiply-accumulates a program takes, from the shapes of its operations alone."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from models.inspect.program import Program
from models.package.program_file import Operation

NOT_COUNTED = frozenset({"gru", "lstm", "rnn", "scaled_dot_product_attention"})
"""Operations that multiply and accumulate, and are not counted here: they are named instead."""


@dataclass(frozen=True)
class Arithmetic:
    """The multiply-accumulates of convolutions, linear layers and matrix products on one picture.

    None where a shape is known only when a picture is there. `not_counted` names the kinds of
    operation that are missing in the sum. Additions, activations and resizing count as nothing, as
    in the figures that papers give.
    """

    multiply_accumulates: int | None
    not_counted: tuple[str, ...]


def count_arithmetic(program: Program) -> Arithmetic:
    """Count a program's multiply-accumulates."""
    found = [_COUNTS[each.kind](each) for each in program.operations if each.kind in _COUNTS]
    known = [count for count in found if count is not None]
    missing = {each.kind for each in program.operations} & NOT_COUNTED
    return Arithmetic(sum(known) if len(known) == len(found) else None, tuple(sorted(missing)))


def _conv(operation: Operation) -> int | None:
    """Each place of the output takes one filter: its input channels times its kernel."""
    return _product(operation.outputs[0].values, _per_filter(operation))


def _conv_transpose(operation: Operation) -> int | None:
    """Each place of the input is spread by one filter."""
    return _product(operation.one("x").values, _per_filter(operation))


def _per_filter(operation: Operation) -> int | None:
    shape = operation.one("weight").shape[1:]
    return None if None in shape else math.prod(side for side in shape if side is not None)


def _linear(operation: Operation) -> int | None:
    return _product(operation.outputs[0].values, operation.one("x").shape[-1])


def _matmul(operation: Operation) -> int | None:
    turned = bool(operation.setting("transpose_x", False))
    shape = operation.one("x").shape
    return _product(operation.outputs[0].values, shape[-2 if turned and len(shape) > 1 else -1])


def _einsum(operation: Operation) -> int | None:
    """One multiply-accumulate for each combination of all letters of the equation."""
    letters = str(operation.setting("equation")).replace(" ", "").split("->")[0].split(",")
    sides = {
        letter: side
        for term, tensor in zip(letters, operation.inputs["values"], strict=True)
        for letter, side in zip(term, tensor.shape, strict=True)
    }
    total: int | None = 1
    for side in sides.values():
        total = _product(total, side)
    return total


def _product(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else one * other


_COUNTS: dict[str, Callable[[Operation], int | None]] = {
    "conv": _conv,
    "conv_transpose": _conv_transpose,
    "einsum": _einsum,
    "linear": _linear,
    "matmul": _matmul,
}
