"""Operations that move values without changing them, and resizing: ML Program to ONNX."""

from dataclasses import dataclass

import numpy as np

from models.translate.operations.graph import Call, GraphWriter, OperationWriter


def _reshape(graph: GraphWriter, call: Call) -> None:
    # Shapes are fixed, and none of these changes the order: the result's shape says it all.
    for name in ("shape", "axes"):
        call.several(name)
    graph.reshape(graph.input_of(call, "x"), call.output_shape(), call.output)


def _transpose(graph: GraphWriter, call: Call) -> None:
    perm = [axis % len(call.shape()) for axis in call.whole("perm", [])]
    graph.node("Transpose", [graph.input_of(call, "x")], call.output, perm=perm)


def _concat(graph: GraphWriter, call: Call) -> None:
    if bool(call.value("interleave", False)):
        raise ValueError("interleaved")
    inputs = [
        graph.operand(tensor, f"{call.output}.{index}")
        for index, tensor in enumerate(call.several("values"))
    ]
    graph.node("Concat", inputs, call.output, axis=int(call.value("axis")))


def _stack(graph: GraphWriter, call: Call) -> None:
    shape, name = call.output_shape(), call.output
    axis = int(call.value("axis")) % len(shape)
    single = [1 if index == axis else n for index, n in enumerate(shape)]
    layers = [
        graph.reshape(graph.operand(tensor, f"{name}.{index}"), single, f"{name}.layer{index}")
        for index, tensor in enumerate(call.several("values"))
    ]
    graph.node("Concat", layers, name, axis=axis)


def _split(graph: GraphWriter, call: Call) -> None:
    axis = int(call.value("axis")) % len(call.shape())
    for name in ("num_splits", "split_sizes"):
        call.several(name)
    parts = [call.output_shape(index)[axis] for index in range(len(call.outputs))]
    sizes = graph.constant(f"{call.output}.sizes", np.array(parts, np.int64))
    graph.split(graph.input_of(call, "x"), sizes, call.outputs, axis)


def _slice_by_index(graph: GraphWriter, call: Call) -> None:
    shape, name = call.shape(), call.output
    rows = [axis.bounds(n) for axis, n in zip(_slices(call, len(shape)), shape, strict=True)]
    starts, ends, steps = zip(*rows, strict=True)
    places = {"starts": starts, "ends": ends, "axes": range(len(shape)), "steps": steps}
    constants = [graph.constant(f"{name}.{k}", np.array(v, np.int64)) for k, v in places.items()]
    cut = graph.node("Slice", [graph.input_of(call, "x"), *constants], f"{name}.cut")
    graph.reshape(cut, call.output_shape(), name)


@dataclass(frozen=True)
class _Slice:
    """What `slice_by_index` takes of one axis, in its own words; places count from either end.

    A mask that is not 0 says: from the axis's own beginning, to its own end, the one place `begin`.
    """

    begin: int
    end: int
    stride: int
    begin_mask: int
    end_mask: int
    squeeze_mask: int

    def bounds(self, length: int) -> tuple[int, int, int]:
        """Start, end and step along an axis of a length, all counted from its beginning."""
        if self.stride <= 0:
            raise ValueError("backwards")
        if self.squeeze_mask:
            return self.begin % length, self.begin % length + 1, 1
        begin = None if self.begin_mask else self.begin
        end = None if self.end_mask else self.end
        return slice(begin, end, self.stride).indices(length)


def _slices(call: Call, rank: int) -> list[_Slice]:
    given = (
        call.whole("begin", []),
        call.whole("end", []),
        call.whole("stride", [1] * rank),
        call.whole("begin_mask", [0] * rank),
        call.whole("end_mask", [0] * rank),
        call.whole("squeeze_mask", [0] * rank),
    )
    return [_Slice(*of_axis) for of_axis in zip(*given, strict=True)]


def _pad(graph: GraphWriter, call: Call) -> None:
    modes = {"constant": "constant", "reflect": "reflect", "replicate": "edge"}
    mode, given = str(call.value("mode", "constant")), call.whole("pad", [])
    if mode not in modes:
        raise ValueError(f"mode {mode}")
    rank = len(call.shape())
    pairs = [0] * (2 * rank - len(given)) + given
    amounts = np.array(pairs[0::2] + pairs[1::2], np.int64)
    inputs = [graph.input_of(call, "x"), graph.constant(f"{call.output}.pads", amounts)]
    fill = float(call.value("constant_val", 0))
    if mode == "constant":
        inputs.append(graph.constant(f"{call.output}.fill", np.array(fill, np.float32)))
    graph.node("Pad", inputs, call.output, mode=modes[mode])


def _pixel_shuffle(graph: GraphWriter, call: Call) -> None:
    factor = int(call.value("upscale_factor"))
    x = graph.input_of(call, "x")
    graph.node("DepthToSpace", [x], call.output, blocksize=factor, mode="CRD")


def _upsample_bilinear(graph: GraphWriter, call: Call) -> None:
    corners = bool(call.value("align_corners", True))
    centres = bool(call.value("half_pixel_centers", not corners))
    if corners and centres:
        raise ValueError("align_corners with half_pixel_centers")
    _factors(call)
    plain = "half_pixel" if centres else "asymmetric"
    _resize(graph, call, "linear", "align_corners" if corners else plain)


def _resize_bilinear(graph: GraphWriter, call: Call) -> None:
    modes = {
        "STRICT_ALIGN_CORNERS": "align_corners",
        "ALIGN_CORNERS": "align_corners",
        "DEFAULT": "asymmetric",
        "UNALIGN_CORNERS": "half_pixel",
    }
    mode = str(call.value("sampling_mode", "DEFAULT"))
    if mode not in modes:
        raise ValueError(f"sampling mode {mode}")
    if mode == "ALIGN_CORNERS" and 1 in call.output_shape()[-2:]:
        raise ValueError("ALIGN_CORNERS to a single place")
    _target(call)
    _resize(graph, call, "linear", modes[mode])


def _upsample_nearest(graph: GraphWriter, call: Call) -> None:
    _factors(call)
    _repeat(graph, call)


def _resize_nearest(graph: GraphWriter, call: Call) -> None:
    _target(call)
    _repeat(graph, call)


def _repeat(graph: GraphWriter, call: Call) -> None:
    # What is nearest differs between libraries, but not where each value is repeated in full.
    if any(out % n for out, n in zip(call.output_shape()[-2:], call.shape()[-2:], strict=True)):
        raise ValueError("a size that is no whole multiple")
    _resize(graph, call, "nearest", "asymmetric", nearest_mode="floor")


def _factors(call: Call) -> None:
    """Take the factors as read: the result's shape holds them, and Core ML counts from that."""
    for name in ("scale_factor_height", "scale_factor_width"):
        call.several(name)


def _target(call: Call) -> None:
    """Take the target's size as read: the result's shape holds it."""
    for name in ("target_size_height", "target_size_width"):
        call.several(name)


def _resize(graph: GraphWriter, call: Call, mode: str, places: str, **options: str) -> None:
    sizes = graph.constant(f"{call.output}.sizes", np.array(call.output_shape(), np.int64))
    graph.node(
        "Resize",
        [graph.input_of(call, "x"), "", "", sizes],
        call.output,
        mode=mode,
        coordinate_transformation_mode=places,
        **options,
    )


WRITERS: dict[str, OperationWriter] = {
    "concat": _concat,
    "expand_dims": _reshape,
    "pad": _pad,
    "pixel_shuffle": _pixel_shuffle,
    "reshape": _reshape,
    "resize_bilinear": _resize_bilinear,
    "resize_nearest_neighbor": _resize_nearest,
    "slice_by_index": _slice_by_index,
    "split": _split,
    "squeeze": _reshape,
    "stack": _stack,
    "transpose": _transpose,
    "upsample_bilinear": _upsample_bilinear,
    "upsample_nearest_neighbor": _upsample_nearest,
}
"""ML Program operation to what writes it."""
