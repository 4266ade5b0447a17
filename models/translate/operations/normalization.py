"""Normalisations and reductions: ML Program to ONNX."""

import numpy as np

from models.translate.operations.graph import Call, GraphWriter, OperationWriter


def _batch_norm(graph: GraphWriter, call: Call) -> None:
    inputs = [
        graph.input_of(call, "x"),
        _per_channel(graph, call, "gamma", 1),
        _per_channel(graph, call, "beta", 0),
        graph.input_of(call, "mean"),
        graph.input_of(call, "variance"),
    ]
    graph.node("BatchNormalization", inputs, call.output, epsilon=_epsilon(call))


def _instance_norm(graph: GraphWriter, call: Call) -> None:
    inputs = [
        graph.input_of(call, "x"),
        _per_channel(graph, call, "gamma", 1),
        _per_channel(graph, call, "beta", 0),
    ]
    graph.node("InstanceNormalization", inputs, call.output, epsilon=_epsilon(call))


def _per_channel(graph: GraphWriter, call: Call, name: str, default: float) -> str:
    if call.has(name):
        return graph.input_of(call, name)
    filled = np.full(call.shape()[1], default, np.float32)
    return graph.constant(f"{call.output}.{name}", filled)


def _epsilon(call: Call) -> float:
    return float(call.value("epsilon", 1e-5))


def _layer_norm(graph: GraphWriter, call: Call) -> None:
    # ONNX's own normalises the last axes only; ConvNeXt's runs over the channels.
    shape, name = call.shape(), call.output
    axes = sorted(axis % len(shape) for axis in call.whole("axes", range(len(shape))))
    x = graph.input_of(call, "x")
    mean = graph.node("ReduceMean", [x], f"{name}.mean", axes=axes, keepdims=1)
    centred = graph.node("Sub", [x, mean], f"{name}.centred")
    squared = graph.node("Mul", [centred, centred], f"{name}.squared")
    variance = graph.node("ReduceMean", [squared], f"{name}.variance", axes=axes, keepdims=1)
    epsilon = graph.constant(f"{name}.epsilon", np.array(_epsilon(call), np.float32))
    held = graph.node("Add", [variance, epsilon], f"{name}.held")
    spread = graph.node("Sqrt", [held], f"{name}.spread")
    last = graph.node("Div", [centred, spread], f"{name}.normal")
    broadcast = [n if axis in axes else 1 for axis, n in enumerate(shape)]
    for kind, option in (("Mul", "gamma"), ("Add", "beta")):
        if call.has(option):
            value = np.asarray(call.value(option)).reshape(broadcast)
            factor = graph.constant(f"{name}.{option}", value)
            last = graph.node(kind, [last, factor], f"{name}.with_{option}")
    graph.node("Identity", [last], name)


def _reduce(kind: str) -> OperationWriter:
    def write(graph: GraphWriter, call: Call) -> None:
        axes = call.whole("axes", range(len(call.shape())))
        keep = int(bool(call.value("keep_dims", False)))
        x = graph.input_of(call, "x")
        if kind == "ReduceSum":
            # The one reduction whose axes are an input before opset 18.
            over = graph.constant(f"{call.output}.axes", np.array(axes, np.int64))
            graph.node(kind, [x, over], call.output, keepdims=keep)
            return
        graph.node(kind, [x], call.output, axes=axes, keepdims=keep)

    return write


WRITERS: dict[str, OperationWriter] = {
    "batch_norm": _batch_norm,
    "instance_norm": _instance_norm,
    "layer_norm": _layer_norm,
    "reduce_max": _reduce("ReduceMax"),
    "reduce_mean": _reduce("ReduceMean"),
    "reduce_min": _reduce("ReduceMin"),
    "reduce_sum": _reduce("ReduceSum"),
}
"""ML Program operation to what writes it."""
