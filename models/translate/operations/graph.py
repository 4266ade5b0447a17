"""An operation of an ML Program as it is read, and an ONNX graph as it is written."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import helper, numpy_helper

from models.package.program_file import Operation, Tensor

Array = npt.NDArray[Any]


class Call:
    """One use of an operation; it remembers which of its inputs were read.

    An input that no writer looked at could change what the operation means: see `unread`.
    """

    def __init__(self, operation: Operation) -> None:
        self.outputs = [tensor.name for tensor in operation.outputs]
        self._operation = operation
        self._read: set[str] = set()

    @property
    def output(self) -> str:
        """The name of the first output."""
        return self.outputs[0]

    def output_shape(self, index: int = 0) -> list[int]:
        """The shape of an output. Raises ValueError where it isn't fixed."""
        return _fixed(self._operation.outputs[index])

    def several(self, name: str) -> tuple[Tensor, ...]:
        """The tensors of an input, none where it is not given."""
        self._read.add(name)
        return self._operation.inputs.get(name, ())

    def one(self, name: str) -> Tensor:
        """The tensor of an input. Raises ValueError where it is not given, or takes several."""
        given = self.several(name)
        if len(given) != 1:
            raise ValueError(f"{len(given)} tensors as {name}" if given else f"without {name}")
        return given[0]

    def has(self, name: str) -> bool:
        """Whether an input is given."""
        return bool(self.several(name))

    def shape(self, name: str = "x") -> list[int]:
        """The shape of an input. Raises ValueError where it isn't fixed."""
        return _fixed(self.one(name))

    def floating(self, name: str = "x") -> bool:
        """Whether an input holds fractions, not whole numbers or truths."""
        return self.one(name).precision in {"fp16", "fp32"}

    def value(self, name: str, default: Any = None) -> Any:
        """A constant input, or `default` where there is one. Raises ValueError elsewhere."""
        if default is not None and not self.has(name):
            return default
        constant = self.one(name).constant
        if constant is None:
            raise ValueError(f"{name} is computed")
        return constant

    def whole(self, name: str, default: Sequence[int]) -> list[int]:
        """A constant input as whole numbers, or `default`."""
        return [int(n) for n in np.ravel(self.value(name, default))]

    def unread(self) -> list[str]:
        """The inputs that are given and that nobody looked at."""
        return sorted(self._operation.inputs.keys() - self._read)


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
        return self.operand(call.one(name), f"{call.output}.{name}")

    def operand(self, tensor: Tensor, name: str) -> str:
        """A tensor's name, or `name` for a constant that is added to the graph."""
        if tensor.constant is None:
            return tensor.name
        return self.constant(name, np.asarray(tensor.constant))

    def reshape(self, source: str, shape: Sequence[int], output: str) -> str:
        """Give a tensor a fixed shape."""
        target = self.constant(f"{output}.shape", np.array(shape, np.int64))
        return self.node("Reshape", [source, target], output)


OperationWriter = Callable[[GraphWriter, Call], None]


def _fixed(tensor: Tensor) -> list[int]:
    sides = [side for side in tensor.shape if side is not None]
    if len(sides) < len(tensor.shape):
        raise ValueError("a shape that isn't fixed")
    return sides
