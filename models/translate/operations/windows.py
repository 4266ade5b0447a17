"""Convolutions, pools and matrix products: ML Program to ONNX."""

from collections.abc import Sequence

import numpy as np

from models.translate.operations.graph import Call, GraphWriter, OperationWriter


def _conv(graph: GraphWriter, call: Call) -> None:
    kernel = _kernel(call)
    dilations = call.whole("dilations", [1, 1])
    strides = call.whole("strides", [1, 1])
    names = ["x", "weight", "bias"] if call.has("bias") else ["x", "weight"]
    graph.node(
        "Conv",
        [graph.input_of(call, name) for name in names],
        call.output,
        kernel_shape=kernel,
        strides=strides,
        dilations=dilations,
        group=int(call.value("groups", 1)),
        pads=_pads(call, _reach(kernel, dilations), strides),
    )


def _conv_transpose(graph: GraphWriter, call: Call) -> None:
    kernel = _kernel(call)
    dilations = call.whole("dilations", [1, 1])
    strides = call.whole("strides", [1, 1])
    kind = str(call.value("pad_type", "valid"))
    given = call.whole("pad", [0] * 4)
    if kind not in {"valid", "custom"}:
        raise ValueError(f"padding {kind}")
    before, after = (given[0::2], given[1::2]) if kind == "custom" else ([0, 0], [0, 0])
    call.several("output_shape")
    reach = _reach(kernel, dilations)
    # What `output_shape` asks for beyond the usual size grows at the far end, as PyTorch's
    # output_padding does.
    more = [
        out - ((n - 1) * stride + r - b - a)
        for out, n, stride, r, b, a in zip(
            call.output_shape()[2:], call.shape()[2:], strides, reach, before, after, strict=True
        )
    ]
    if not all(0 <= m < stride for m, stride in zip(more, strides, strict=True)):
        raise ValueError("an output shape that its strides can't give")
    names = ["x", "weight", "bias"] if call.has("bias") else ["x", "weight"]
    graph.node(
        "ConvTranspose",
        [graph.input_of(call, name) for name in names],
        call.output,
        kernel_shape=kernel,
        strides=strides,
        dilations=dilations,
        group=int(call.value("groups", 1)),
        pads=[*before, *after],
        output_padding=more,
    )


def _max_pool(graph: GraphWriter, call: Call) -> None:
    kernel, strides, pads = _window(call)
    graph.node(
        "MaxPool",
        [graph.input_of(call, "x")],
        call.output,
        kernel_shape=kernel,
        strides=strides,
        pads=pads,
    )


def _avg_pool(graph: GraphWriter, call: Call) -> None:
    kernel, strides, pads = _window(call)
    excluded = bool(call.value("exclude_padding_from_average", False))
    graph.node(
        "AveragePool",
        [graph.input_of(call, "x")],
        call.output,
        kernel_shape=kernel,
        strides=strides,
        pads=pads,
        count_include_pad=int(not excluded),
    )


def _linear(graph: GraphWriter, call: Call) -> None:
    weight = graph.constant(f"{call.output}.weight", np.asarray(call.value("weight")).T)
    x = graph.input_of(call, "x")
    if not call.has("bias"):
        graph.node("MatMul", [x, weight], call.output)
        return
    product = graph.node("MatMul", [x, weight], f"{call.output}.product")
    graph.node("Add", [product, graph.input_of(call, "bias")], call.output)


def _matmul(graph: GraphWriter, call: Call) -> None:
    graph.node("MatMul", [_turned(graph, call, name) for name in ("x", "y")], call.output)


def _turned(graph: GraphWriter, call: Call, name: str) -> str:
    """A factor, its last two axes exchanged where the operation says so."""
    source, axes = graph.input_of(call, name), list(range(len(call.shape(name))))
    if not bool(call.value(f"transpose_{name}", False)) or len(axes) < 2:
        return source
    axes[-2:] = axes[:-3:-1]
    return graph.node("Transpose", [source], f"{call.output}.{name}.turned", perm=axes)


def _kernel(call: Call) -> list[int]:
    _only_pictures(call)
    return call.shape("weight")[2:]


def _only_pictures(call: Call) -> None:
    if len(call.shape()) != 4:
        raise ValueError(f"{len(call.shape()) - 2} dimensions")


def _window(call: Call) -> tuple[list[int], list[int], list[int]]:
    """The kernel, strides and pads of a pool. Raises ValueError where rounding up matters."""
    _only_pictures(call)
    kernel, strides = call.whole("kernel_sizes", []), call.whole("strides", [1, 1])
    pads = _pads(call, kernel, strides)
    down = [
        (n + before + after - k) // stride + 1
        for n, before, after, k, stride in zip(
            call.shape()[2:], pads[:2], pads[2:], kernel, strides, strict=True
        )
    ]
    if bool(call.value("ceil_mode", False)) and down != call.output_shape()[2:]:
        raise ValueError("ceil_mode with a size that doesn't divide")
    return kernel, strides, pads


def _reach(kernel: Sequence[int], dilations: Sequence[int]) -> list[int]:
    return [(k - 1) * d + 1 for k, d in zip(kernel, dilations, strict=True)]


def _pads(call: Call, reach: Sequence[int], strides: Sequence[int]) -> list[int]:
    """Top, left, bottom, right; a window reaches over `reach` rows and columns."""
    kind, given = str(call.value("pad_type", "valid")), call.whole("pad", [0] * 4)
    if kind == "valid":
        return [0] * 4
    if kind == "custom":
        top, bottom, left, right = given
        return [top, left, bottom, right]
    missing = [
        max((-(-n // stride) - 1) * stride + r - n, 0)
        for n, r, stride in zip(call.shape()[2:], reach, strides, strict=True)
    ]
    less, more = [n // 2 for n in missing], [n - n // 2 for n in missing]
    if kind == "same":
        return less + more
    if kind == "same_lower":
        return more + less
    raise ValueError(f"padding {kind}")


WRITERS: dict[str, OperationWriter] = {
    "avg_pool": _avg_pool,
    "conv": _conv,
    "conv_transpose": _conv_transpose,
    "linear": _linear,
    "matmul": _matmul,
    "max_pool": _max_pool,
}
"""ML Program operation to what writes it."""
