"""The table of ML Program operations that can be written in ONNX, one small function each."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper


class GraphWriter:
    """An ONNX graph being written; names are the ML Program's own."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.initializers: list[onnx.TensorProto] = []

    def constant(self, name: str, value: npt.NDArray[Any]) -> str:
        """Add a constant and give its name back."""
        self.initializers.append(numpy_helper.from_array(value, name))
        return name

    def node(self, kind: str, inputs: list[str], output: str, **attributes: Any) -> None:
        """Add a node with one output."""
        self.nodes.append(helper.make_node(kind, inputs, [output], name=output, **attributes))

    def input_of(self, operation: Any, name: str) -> str:
        """The name of an operation's input; a constant is added to the graph, floats as float32."""
        return self.operand(operation.inputs[name], f"{_output(operation)}.{name}")

    def operand(self, variable: Any, name: str) -> str:
        """A variable's name, or `name` for a constant that is added to the graph."""
        if variable.val is None:
            return str(variable.name)
        value = np.asarray(variable.val)
        if np.issubdtype(value.dtype, np.floating):
            value = value.astype(np.float32)
        return self.constant(name, value)


Writer = Callable[[GraphWriter, Any], None]


def _output(operation: Any) -> str:
    return str(operation.outputs[0].name)


def _value(operation: Any, name: str, default: Any = None) -> Any:
    variable = operation.inputs.get(name)
    return default if variable is None or variable.val is None else variable.val


def _elementwise(kind: str) -> Writer:
    def write(graph: GraphWriter, operation: Any) -> None:
        inputs = [graph.input_of(operation, name) for name in ("x", "y")]
        graph.node(kind, inputs, _output(operation))

    return write


def _unary(kind: str) -> Writer:
    def write(graph: GraphWriter, operation: Any) -> None:
        graph.node(kind, [graph.input_of(operation, "x")], _output(operation))

    return write


def _conv(graph: GraphWriter, operation: Any) -> None:
    names = ["x", "weight"] + (["bias"] if operation.inputs.get("bias") is not None else [])
    inputs = [graph.input_of(operation, name) for name in names]
    kernel = list(operation.inputs["weight"].shape[2:])
    attributes: dict[str, Any] = {
        "kernel_shape": kernel,
        "strides": [int(n) for n in _value(operation, "strides", [1, 1])],
        "dilations": [int(n) for n in _value(operation, "dilations", [1, 1])],
        "group": int(_value(operation, "groups", 1)),
    }
    padding = str(_value(operation, "pad_type", "valid"))
    if padding == "custom":
        top, bottom, left, right = (int(n) for n in _value(operation, "pad"))
        attributes["pads"] = [top, left, bottom, right]
    else:
        attributes["auto_pad"] = {
            "valid": "VALID", "same": "SAME_UPPER", "same_lower": "SAME_LOWER",
        }[padding]  # fmt: skip
    graph.node("Conv", inputs, _output(operation), **attributes)


def _upsample_bilinear(graph: GraphWriter, operation: Any) -> None:
    height = float(_value(operation, "scale_factor_height", 1))
    width = float(_value(operation, "scale_factor_width", 1))
    name = _output(operation)
    scales = graph.constant(f"{name}.scales", np.array([1, 1, height, width], np.float32))
    graph.node(
        "Resize",
        [graph.input_of(operation, "x"), "", scales],
        name,
        mode="linear",
        coordinate_transformation_mode=_coordinates(operation),
    )


def _coordinates(operation: Any) -> str:
    if bool(_value(operation, "align_corners", True)):
        return "align_corners"
    return "half_pixel" if bool(_value(operation, "half_pixel_centers", True)) else "asymmetric"


def _resize_bilinear(graph: GraphWriter, operation: Any) -> None:
    modes = {
        "STRICT_ALIGN_CORNERS": "align_corners",
        "ALIGN_CORNERS": "align_corners",
        "DEFAULT": "asymmetric",
        "UNALIGN_CORNERS": "half_pixel",
    }
    name = _output(operation)
    sizes = graph.constant(f"{name}.sizes", np.array(operation.outputs[0].shape, np.int64))
    graph.node(
        "Resize",
        [graph.input_of(operation, "x"), "", "", sizes],
        name,
        mode="linear",
        coordinate_transformation_mode=modes[str(_value(operation, "sampling_mode", "DEFAULT"))],
    )


def _clip(graph: GraphWriter, operation: Any) -> None:
    inputs = [graph.input_of(operation, name) for name in ("x", "alpha", "beta")]
    graph.node("Clip", inputs, _output(operation))


def _concat(graph: GraphWriter, operation: Any) -> None:
    if bool(_value(operation, "interleave", False)):
        raise ValueError("interleaved concat")
    name = _output(operation)
    inputs = [
        graph.operand(variable, f"{name}.{index}")
        for index, variable in enumerate(operation.inputs["values"])
    ]
    graph.node("Concat", inputs, name, axis=int(_value(operation, "axis")))


def _cast(graph: GraphWriter, operation: Any) -> None:
    kinds = {
        "fp16": TensorProto.FLOAT,
        "fp32": TensorProto.FLOAT,
        "int32": TensorProto.INT32,
    }
    kind = kinds[str(_value(operation, "dtype"))]
    graph.node("Cast", [graph.input_of(operation, "x")], _output(operation), to=kind)


def _reduce_mean(graph: GraphWriter, operation: Any) -> None:
    graph.node(
        "ReduceMean",
        [graph.input_of(operation, "x")],
        _output(operation),
        axes=[int(n) for n in _value(operation, "axes")],
        keepdims=int(bool(_value(operation, "keep_dims", False))),
    )


WRITERS: dict[str, Writer] = {
    "add": _elementwise("Add"),
    "cast": _cast,
    "clip": _clip,
    "concat": _concat,
    "conv": _conv,
    "mul": _elementwise("Mul"),
    "reduce_mean": _reduce_mean,
    "relu": _unary("Relu"),
    "resize_bilinear": _resize_bilinear,
    "sigmoid": _unary("Sigmoid"),
    "sub": _elementwise("Sub"),
    "upsample_bilinear": _upsample_bilinear,
}
"""ML Program operation to what writes it. All floats are float32 here, so casts to float16 too."""
