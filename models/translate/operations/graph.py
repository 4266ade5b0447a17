"""An operation of an ML Program as it is read, and an ONNX graph as it is written."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import helper, numpy_helper

Array = npt.NDArray[Any]


class Call:
    """One use of an operation; it remembers which of its inputs were read.

    An input that no writer looked at could change what the operation means: see `unread`.
    """

    def __init__(self, operation: Any) -> None:
        self.kind = str(operation.op_type)
        self.outputs = [str(variable.name) for variable in operation.outputs]
        self._operation = operation
        self._read: set[str] = set()

    @property
    def output(self) -> str:
        """The name of the first output."""
        return self.outputs[0]

    def output_shape(self, index: int = 0) -> list[int]:
        """The shape of an output. Raises ValueError where it isn't fixed."""
        return _fixed(self._operation.outputs[index])

    def variable(self, name: str) -> Any:
        """What coremltools holds of an input (a list for `values`), or None where not given."""
        self._read.add(name)
        return self._operation.inputs.get(name)

    def has(self, name: str) -> bool:
        """Whether an input is given."""
        return self.variable(name) is not None

    def shape(self, name: str = "x") -> list[int]:
        """The shape of an input. Raises ValueError where it isn't fixed."""
        return _fixed(self.variable(name))

    def floating(self, name: str = "x") -> bool:
        """Whether an input holds fractions, not whole numbers or truths."""
        from coremltools.converters.mil.mil import types

        return self.variable(name).dtype in {types.fp16, types.fp32}

    def value(self, name: str, default: Any = None) -> Any:
        """A constant input, or `default`. Raises ValueError where it is computed."""
        variable = self.variable(name)
        if variable is None:
            return default
        if variable.val is None:
            raise ValueError(f"{name} is computed")
        return variable.val

    def whole(self, name: str, default: Sequence[int]) -> list[int]:
        """A constant input as whole numbers, or `default`."""
        return [int(n) for n in np.ravel(self.value(name, default))]

    def unread(self) -> list[str]:
        """The inputs that are given and that nobody looked at."""
        given = self._operation.inputs
        return sorted(name for name in given if given[name] is not None and name not in self._read)


class GraphWriter:
    """An ONNX graph being written; names are the ML Program's own."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.initializers: list[onnx.TensorProto] = []

    def constant(self, name: str, value: Array) -> str:
        """Add a constant and give its name back; floats become float32."""
        if np.issubdtype(value.dtype, np.floating):
            value = value.astype(np.float32)
        self.initializers.append(numpy_helper.from_array(value, name))
        return name

    def node(self, kind: str, inputs: list[str], output: str, **attributes: Any) -> str:
        """Add a node with one output and give its name back."""
        self.nodes.append(helper.make_node(kind, inputs, [output], name=output, **attributes))
        return output

    def split(self, source: str, sizes: str, outputs: list[str], axis: int) -> None:
        """Add the one node that has several outputs."""
        node = helper.make_node("Split", [source, sizes], outputs, name=outputs[0], axis=axis)
        self.nodes.append(node)

    def input_of(self, call: Call, name: str) -> str:
        """The name of an operation's input; a constant is added to the graph."""
        return self.operand(call.variable(name), f"{call.output}.{name}")

    def operand(self, variable: Any, name: str) -> str:
        """A variable's name, or `name` for a constant that is added to the graph."""
        if variable.val is None:
            return str(variable.name)
        return self.constant(name, np.asarray(variable.val))

    def reshape(self, source: str, shape: Sequence[int], output: str) -> str:
        """Give a tensor a fixed shape."""
        target = self.constant(f"{output}.shape", np.array(shape, np.int64))
        return self.node("Reshape", [source, target], output)


OperationWriter = Callable[[GraphWriter, Call], None]


def _fixed(variable: Any) -> list[int]:
    if not all(isinstance(n, (int, np.integer)) for n in variable.shape):
        raise ValueError("a shape that isn't fixed")
    return [int(n) for n in variable.shape]
