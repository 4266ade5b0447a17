"""The least and the greatest value that a program's output can have, as its operations tell."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

Bounds = tuple[float, float]
"""The least and the greatest value."""
Inputs = Callable[[str], Bounds | None]
"""The bounds of an operation's input with this name."""
Derivation = Callable[[Inputs], Bounds | None]

UNBOUNDED: Bounds = (-math.inf, math.inf)
_DEEPEST = 64


def output_bounds(spec: Any) -> Bounds | None:
    """Bounds of an ML Program's first output, or None where its last operations don't tell.

    `UNBOUNDED` is said only of what a weighted sum gives (a convolution, a matrix product, a
    normalisation, and what is added to one).
    """
    block = _main_block(spec)
    if block is None:
        return None
    return _Program(block).bounds(str(block.outputs[0]), _DEEPEST)


def _main_block(spec: Any) -> Any:
    functions = spec.mlProgram.functions
    if "main" not in functions:
        return None
    main = functions["main"]
    return main.block_specializations.get(main.opset)


class _Program:
    """A block's operations by what they make, and the bounds found so far."""

    def __init__(self, block: Any) -> None:
        self._made = {out.name: op for op in block.operations for out in op.outputs}
        self._found: dict[str, Bounds | None] = {}

    def bounds(self, name: str, depth: int) -> Bounds | None:
        """Bounds of a result, looking back over at most `depth` operations."""
        if name not in self._found:
            self._found[name] = self._look(name, depth)
        return self._found[name]

    def _look(self, name: str, depth: int) -> Bounds | None:
        operation = self._made.get(name)
        if operation is None or depth == 0:
            return None
        if operation.type == "const":
            return _constant(operation.attributes["val"])
        rule = _RULES.get(str(operation.type))
        return rule and rule(lambda option: self._input(operation, option, depth - 1))

    def _input(self, operation: Any, option: str, depth: int) -> Bounds | None:
        if option not in operation.inputs:
            return None
        argument = operation.inputs[option].arguments[0]
        if argument.WhichOneof("binding") == "value":
            return _constant(argument.value)
        return self.bounds(str(argument.name), depth)


def _constant(value: Any) -> Bounds | None:
    """The least and greatest of a constant that stands in the program, not among the weights."""
    tensor = value.immediateValue.tensor
    kind = tensor.WhichOneof("value")
    if kind == "floats":
        numbers = np.array(tensor.floats.values)
    elif kind == "bytes":
        numbers = np.frombuffer(tensor.bytes.values, np.float16)
    else:
        return None
    return (float(numbers.min()), float(numbers.max())) if numbers.size else None


def _clip(of: Inputs) -> Bounds | None:
    low, high = of("alpha"), of("beta")
    return None if low is None or high is None else _held(of("x"), (low[0], high[1]))


def _held(x: Bounds | None, ends: Bounds) -> Bounds:
    low, high = x or UNBOUNDED
    return min(max(low, ends[0]), ends[1]), min(max(high, ends[0]), ends[1])


def _add(x: Bounds | None, y: Bounds | None) -> Bounds | None:
    if UNBOUNDED in {x, y}:
        return UNBOUNDED
    return None if x is None or y is None else (x[0] + y[0], x[1] + y[1])


def _subtract(x: Bounds | None, y: Bounds | None) -> Bounds | None:
    return _add(x, None if y is None else (-y[1], -y[0]))


def _multiply(x: Bounds | None, y: Bounds | None) -> Bounds | None:
    if x is None or y is None:
        return None
    if UNBOUNDED in {x, y}:
        return UNBOUNDED
    ends = [a * b for a in x for b in y]
    return None if any(math.isnan(end) for end in ends) else (min(ends), max(ends))


def _divide(x: Bounds | None, y: Bounds | None) -> Bounds | None:
    if y is None or y[0] <= 0 <= y[1]:
        return None
    return _multiply(x, (1 / y[1], 1 / y[0]))


def _always(ends: Bounds) -> Derivation:
    return lambda _of: ends


def _within(ends: Bounds) -> Derivation:
    return lambda of: _held(of("x"), ends)


def _both(combine: Callable[[Bounds | None, Bounds | None], Bounds | None]) -> Derivation:
    return lambda of: combine(of("x"), of("y"))


_WEIGHTED_SUMS = (
    "conv", "conv_transpose", "linear", "matmul", "batch_norm", "instance_norm", "layer_norm",
)  # fmt: skip
_KEEPING = (
    "cast", "expand_dims", "identity", "max_pool", "reduce_max", "reduce_mean", "reduce_min",
    "reshape", "resize_bilinear", "resize_nearest_neighbor", "slice_by_index", "split", "squeeze",
    "transpose", "upsample_bilinear", "upsample_nearest_neighbor",
)  # fmt: skip
_RULES: dict[str, Derivation] = {
    **dict.fromkeys(_WEIGHTED_SUMS, _always(UNBOUNDED)),
    **dict.fromkeys(_KEEPING, lambda of: of("x")),
    **dict.fromkeys(("sigmoid", "sigmoid_hard", "softmax"), _always((0, 1))),
    "add": _both(_add),
    "clip": _clip,
    "mul": _both(_multiply),
    "real_div": _both(_divide),
    "relu": _within((0, math.inf)),
    "relu6": _within((0, 6)),
    "sub": _both(_subtract),
    "tanh": _always((-1, 1)),
}
