"""Arithmetic of each value by itself, and the activations: ML Program to ONNX."""

import math

import numpy as np
from onnx import TensorProto

from models.translate.operations.graph import Call, GraphWriter, OperationWriter


def _binary(kind: str) -> OperationWriter:
    def write(graph: GraphWriter, call: Call) -> None:
        graph.node(kind, [graph.input_of(call, name) for name in ("x", "y")], call.output)

    return write


def _unary(kind: str) -> OperationWriter:
    def write(graph: GraphWriter, call: Call) -> None:
        graph.node(kind, [graph.input_of(call, "x")], call.output)

    return write


def _with_alpha(kind: str) -> OperationWriter:
    def write(graph: GraphWriter, call: Call) -> None:
        alpha = float(call.value("alpha"))
        graph.node(kind, [graph.input_of(call, "x")], call.output, alpha=alpha)

    return write


def _shifted(graph: GraphWriter, call: Call, default: float) -> str:
    """The name of x + epsilon; epsilon as stored, which in float16 is often nothing at all."""
    epsilon = graph.constant(
        f"{call.output}.epsilon", np.array(call.value("epsilon", default), np.float32)
    )
    return graph.node("Add", [graph.input_of(call, "x"), epsilon], f"{call.output}.shifted")


def _real_div(graph: GraphWriter, call: Call) -> None:
    if not call.floating():
        raise ValueError("whole numbers")
    _binary("Div")(graph, call)


def _square(graph: GraphWriter, call: Call) -> None:
    x = graph.input_of(call, "x")
    graph.node("Mul", [x, x], call.output)


def _inverse(graph: GraphWriter, call: Call) -> None:
    graph.node("Reciprocal", [_shifted(graph, call, 1e-4)], call.output)


def _log(graph: GraphWriter, call: Call) -> None:
    graph.node("Log", [_shifted(graph, call, 1e-45)], call.output)


def _rsqrt(graph: GraphWriter, call: Call) -> None:
    root = graph.node("Sqrt", [_shifted(graph, call, 1e-12)], f"{call.output}.root")
    graph.node("Reciprocal", [root], call.output)


def _clip(graph: GraphWriter, call: Call) -> None:
    inputs = [graph.input_of(call, name) for name in ("x", "alpha", "beta")]
    graph.node("Clip", inputs, call.output)


def _relu6(graph: GraphWriter, call: Call) -> None:
    ends = [
        graph.constant(f"{call.output}.{name}", np.array(value, np.float32))
        for name, value in (("low", 0), ("high", 6))
    ]
    graph.node("Clip", [graph.input_of(call, "x"), *ends], call.output)


def _thresholded_relu(graph: GraphWriter, call: Call) -> None:
    # Not ONNX's own, which takes the threshold itself to 0.
    x = graph.input_of(call, "x")
    below = graph.node("Less", [x, graph.input_of(call, "alpha")], f"{call.output}.below")
    nothing = graph.constant(f"{call.output}.nothing", np.array(0, np.float32))
    graph.node("Where", [below, nothing, x], call.output)


def _prelu(graph: GraphWriter, call: Call) -> None:
    slopes = np.asarray(call.value("alpha"))
    shape = [-1] + [1] * (len(call.shape()) - 2)
    alpha = graph.constant(f"{call.output}.alpha", slopes.reshape(shape))
    graph.node("PRelu", [graph.input_of(call, "x"), alpha], call.output)


def _sigmoid_hard(graph: GraphWriter, call: Call) -> None:
    alpha, beta = float(call.value("alpha")), float(call.value("beta"))
    graph.node("HardSigmoid", [graph.input_of(call, "x")], call.output, alpha=alpha, beta=beta)


def _silu(graph: GraphWriter, call: Call) -> None:
    x = graph.input_of(call, "x")
    gate = graph.node("Sigmoid", [x], f"{call.output}.gate")
    graph.node("Mul", [x, gate], call.output)


def _gelu(graph: GraphWriter, call: Call) -> None:
    mode = str(call.value("mode", "EXACT"))
    x, name = graph.input_of(call, "x"), call.output

    def scaled(source: str, factor: float, output: str) -> str:
        constant = graph.constant(f"{output}.factor", np.array(factor, np.float32))
        return graph.node("Mul", [source, constant], output)

    if mode == "SIGMOID_APPROXIMATION":
        gate = graph.node("Sigmoid", [scaled(x, 1.702, f"{name}.steep")], f"{name}.gate")
        graph.node("Mul", [x, gate], name)
        return
    if mode == "TANH_APPROXIMATION":
        squared = graph.node("Mul", [x, x], f"{name}.squared")
        cubed = graph.node("Mul", [squared, x], f"{name}.cubed")
        bent = graph.node("Add", [x, scaled(cubed, 0.044715, f"{name}.small")], f"{name}.bent")
        turned = scaled(bent, math.sqrt(2 / math.pi), f"{name}.inner")
        curve = graph.node("Tanh", [turned], f"{name}.curve")
    else:
        curve = graph.node("Erf", [scaled(x, math.sqrt(0.5), f"{name}.inner")], f"{name}.curve")
    one = graph.constant(f"{name}.one", np.array(1, np.float32))
    gate = graph.node("Add", [curve, one], f"{name}.gate")
    graph.node("Mul", [scaled(x, 0.5, f"{name}.half"), gate], name)


def _softmax(graph: GraphWriter, call: Call) -> None:
    axis = int(call.value("axis", -1))
    graph.node("Softmax", [graph.input_of(call, "x")], call.output, axis=axis)


def _cast(graph: GraphWriter, call: Call) -> None:
    # All floats are float32 here, so a cast to float16 is one too.
    kinds = {"fp16": TensorProto.FLOAT, "fp32": TensorProto.FLOAT, "int32": TensorProto.INT32}
    kind = str(call.value("dtype"))
    if kind not in kinds:
        raise ValueError(f"to {kind}")
    graph.node("Cast", [graph.input_of(call, "x")], call.output, to=kinds[kind])


WRITERS: dict[str, OperationWriter] = {
    "abs": _unary("Abs"),
    "add": _binary("Add"),
    "cast": _cast,
    "ceil": _unary("Ceil"),
    "clip": _clip,
    "elu": _with_alpha("Elu"),
    "erf": _unary("Erf"),
    "exp": _unary("Exp"),
    "floor": _unary("Floor"),
    "gelu": _gelu,
    "identity": _unary("Identity"),
    "inverse": _inverse,
    "leaky_relu": _with_alpha("LeakyRelu"),
    "log": _log,
    "maximum": _binary("Max"),
    "minimum": _binary("Min"),
    "mul": _binary("Mul"),
    "pow": _binary("Pow"),
    "prelu": _prelu,
    "real_div": _real_div,
    "relu": _unary("Relu"),
    "relu6": _relu6,
    "rsqrt": _rsqrt,
    "sigmoid": _unary("Sigmoid"),
    "sigmoid_hard": _sigmoid_hard,
    "silu": _silu,
    "softmax": _softmax,
    "softplus": _unary("Softplus"),
    "sqrt": _unary("Sqrt"),
    "square": _square,
    "sub": _binary("Sub"),
    "tanh": _unary("Tanh"),
    "thresholded_relu": _thresholded_relu,
}
"""ML Program operation to what writes it."""
