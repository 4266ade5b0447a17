"""Float16 done another way, with sums rounded too, stays within the selftest's tolerances."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
import torch
from onnx import numpy_helper
from torch import Tensor
from torch.nn import functional as F

from imaging.decode.photo import read_photo
from imaging.framing import FRAMINGS, Pixels, Probabilities
from models.proof.half_precision import HalfPrecision
from models.proof.reference import compare_maps
from models.proof.reference_files import read_references
from models.proof.samples import sample_folder
from models.run.segmenter import open_segmenter
from models.translate.translation import translate

WORST = ("round-dermatoscope.jpg", "scale-in-millimetres.png", "small-spot-and-pen.jpg")
"""The photos that rounding changes most, in mean and in largest difference, and one it doesn't."""


def attributes(node: onnx.NodeProto) -> dict[str, Any]:
    return {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}


def serial_conv(x: Tensor, weight: Tensor, bias: Tensor, given: dict[str, Any]) -> Tensor:
    """A convolution whose sums are rounded to float16 after each product."""
    top, left, bottom, right = given.get("pads", [0, 0, 0, 0])
    x = F.pad(x, (left, right, top, bottom))
    (down, across), groups = given["strides"], given["group"]
    deep, rows, columns = weight.shape[1:]
    height = (x.shape[2] - rows) // down + 1
    width = (x.shape[3] - columns) // across + 1
    total = bias.view(1, -1, 1, 1).expand(1, -1, height, width).clone()
    for channel in range(deep):
        plane = x[:, channel::deep] if groups > 1 else x[:, channel : channel + 1]
        for row in range(rows):
            for column in range(columns):
                seen = plane[
                    :, :, row : row + down * (height - 1) + 1 : down,
                    column : column + across * (width - 1) + 1 : across,
                ]  # fmt: skip
                total += seen * weight[:, channel, row, column].view(1, -1, 1, 1)
    return total


SIMPLE: dict[str, Callable[..., Tensor]] = {
    "Add": lambda x, y: x + y,
    "Sub": lambda x, y: x - y,
    "Mul": lambda x, y: x * y,
    "Relu": lambda x: x.relu(),
    "Sigmoid": lambda x: x.sigmoid(),
    "Cast": lambda x: x,
    "Clip": lambda x, low, high: x.clamp(low, high),
}


def padded(x: Tensor, pads: Tensor) -> Tensor:
    """With the borders that ONNX names: the first of each dimension, then the last."""
    before, after = (half.int().tolist() for half in pads.chunk(2))
    sides = zip(reversed(before), reversed(after), strict=True)
    return F.pad(x, [side for pair in sides for side in pair])


def scaled(x: Tensor, planes: list[Tensor], epsilon: float) -> Tensor:
    """A batch norm: scale, bias, mean and variance of each channel."""
    scale, bias, mean, variance = (plane.view(1, -1, 1, 1) for plane in planes)
    return (x - mean) / (variance + epsilon).sqrt() * scale + bias


def computed(node: onnx.NodeProto, given: list[Tensor]) -> Tensor:
    said = attributes(node)
    match node.op_type:
        case "Conv":
            return serial_conv(given[0], given[1], given[2], said)
        case "Resize":
            height, width = (int(n) for n in given[3][2:])
            return F.interpolate(given[0], (height, width), mode="bilinear")
        case "ReduceMean":
            return given[0].mean(said["axes"], keepdim=bool(said["keepdims"]))
        case "Pad":
            return padded(given[0], given[1])
        case "BatchNormalization":
            return scaled(given[0], given[1:], said["epsilon"])
        case kind:
            return SIMPLE[kind](*given)


def in_torch(model: onnx.ModelProto, framed: Pixels) -> Probabilities:
    """A framed photo to its map, every number a float16."""
    values = {
        held.name: torch.from_numpy(numpy_helper.to_array(held).copy()).half()
        for held in model.graph.initializer
    }
    photo = torch.from_numpy(framed.transpose(2, 0, 1)[None].copy())
    values[model.graph.input[0].name] = photo.half()
    for node in model.graph.node:
        given = [values[name] if name else torch.empty(0) for name in node.input]
        values[node.output[0]] = computed(node, given)
    grid: Probabilities = values[model.graph.output[0].name].float().numpy()
    return grid.reshape(framed.shape[:2])


@pytest.fixture(scope="module")
def model(shipped: Path) -> onnx.ModelProto:
    return translate(shipped)


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.mark.parametrize("name", WORST)
def test_sums_rounded_too_stay_within_the_tolerances(
    name: str, model: onnx.ModelProto, shipped: Path
) -> None:
    references = read_references(shipped)
    (reference,) = (photo for photo in references.photos if photo.name == name)
    photo = read_photo(sample_folder() / name, references.decoded_side)
    framing = reference.framing
    with torch.no_grad():
        grid = in_torch(model, framing.picture_to_grid(photo.pixels))
    found = compare_maps(grid, reference.map, framing, references.threshold)
    assert references.tolerances.same_picture.admits(found), found
    assert found.largest > 0.001


def test_rounding_every_layer_changes_little_and_changes_it(shipped: Path) -> None:
    exact, half = open_segmenter(shipped, "onnxruntime"), HalfPrecision(shipped)
    assert half.info == exact.info
    photo = read_photo(sample_folder() / WORST[1], exact.decoded_side)
    framed = FRAMINGS["fit"](photo.size, exact.info.input_size).picture_to_grid(photo.pixels)
    apart = np.abs(half.run(framed).reshape(framed.shape[:2]) - exact.predict_framed(framed))
    assert 0.0005 < apart.max() < 0.05
    values = half.run(framed)
    np.testing.assert_array_equal(values, values.astype(np.float16).astype(np.float32))
