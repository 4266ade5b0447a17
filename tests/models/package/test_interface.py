"""What a package may take and give, and the sentence for each thing that it may not."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from coremltools.converters.mil import Builder as mb  # noqa: N813

from models.package.interface import GREY, LOGIT, OUTPUT_KEY, PROBABILITY
from models.package.package import ModelError, program_file, read_package, read_spec
from models.run.onnx_backend import OnnxBackend
from models.run.segmenter import open_segmenter

Build = Callable[..., Path]
ONE = np.full((1, 3, 1, 1), 0.5, np.float32)


def f(value: float) -> np.float32:
    return np.float32(value)


def logit(x: Any) -> Any:
    return mb.conv(x=x, weight=ONE)


def respecified(path: Path, change: Callable[[Any], object]) -> Path:
    """Change a package's specification in place."""
    spec = read_spec(path)
    change(spec)
    program_file(path).write_bytes(spec.SerializeToString())
    return path


def space(spec: Any, name: str) -> int:
    kinds = spec.description.input[0].type.imageType.ColorSpace
    return int(kinds.Value(name))


GIVES: dict[str, tuple[Callable[[Any], Any], str]] = {
    "convolution": (logit, LOGIT),
    "convolution and shift": (lambda x: mb.add(x=logit(x), y=f(2)), LOGIT),
    "batch norm": (lambda x: mb.upsample_bilinear(x=logit(x)), LOGIT),
    "sigmoid": (lambda x: mb.sigmoid(x=logit(x)), PROBABILITY),
    "sigmoid and reshape": (
        lambda x: mb.squeeze(x=mb.sigmoid(x=logit(x)), axes=[0, 1]), PROBABILITY,
    ),
    "clip": (lambda x: mb.clip(x=logit(x), alpha=f(0), beta=f(1)), PROBABILITY),
    "complement": (lambda x: mb.sub(x=f(1), y=mb.sigmoid(x=logit(x))), PROBABILITY),
    "half tanh and half": (
        lambda x: mb.add(x=mb.mul(x=mb.tanh(x=logit(x)), y=f(0.5)), y=f(0.5)), PROBABILITY,
    ),
    "times 255": (lambda x: mb.mul(x=mb.sigmoid(x=logit(x)), y=f(255)), GREY),
}  # fmt: skip


@pytest.mark.parametrize("case", GIVES)
def test_the_last_operations_tell_what_a_map_holds(tmp_path: Path, build: Build, case: str) -> None:
    program, expected = GIVES[case]
    assert read_package(build(tmp_path / "m.mlpackage", program)).output == expected


@pytest.mark.parametrize(
    "program",
    [
        lambda x: mb.relu(x=logit(x)),
        lambda x: mb.tanh(x=logit(x)),
        lambda x: mb.exp(x=logit(x)),
        lambda x: mb.mul(x=mb.sigmoid(x=logit(x)), y=f(100)),
    ],
    ids=["relu", "tanh", "exp", "percent"],
)
def test_what_they_don_t_tell_is_asked_for_and_the_metadata_win(
    tmp_path: Path, build: Build, program: Callable[[Any], Any]
) -> None:
    with pytest.raises(ModelError, match=r"gives values .*say what they are with .*nevus\.output"):
        read_package(build(tmp_path / "m.mlpackage", program))
    for said in (PROBABILITY, LOGIT, GREY):
        path = build(tmp_path / f"{said}.mlpackage", program, **{OUTPUT_KEY: said})
        assert read_package(path).output == said
    path = build(tmp_path / "odd.mlpackage", program, **{OUTPUT_KEY: "energy"})
    with pytest.raises(ModelError, match=r"gives energy .*knows probability, logit, grey"):
        read_package(path)


@pytest.mark.parametrize("case", ["convolution", "times 255"])
def test_logits_and_grey_become_probabilities(tmp_path: Path, build: Build, case: str) -> None:
    path = build(tmp_path / "m.mlpackage", GIVES[case][0], (12, 8))
    framed = np.random.default_rng(0).integers(0, 256, (8, 12, 3)).astype(np.uint8)
    logits = framed.astype(np.float64).sum(-1) / 255 * 0.5
    found = open_segmenter(path, "onnxruntime").predict_framed(framed)
    np.testing.assert_allclose(found, 1 / (1 + np.exp(-logits)), atol=2e-4)


def test_the_channels_of_a_bgr_picture_are_reordered(tmp_path: Path, build: Build) -> None:
    weight = np.array([3, 0, 0], np.float32).reshape(1, 3, 1, 1)
    path = build(tmp_path / "m.mlpackage", lambda x: mb.conv(x=x, weight=weight), (12, 8))

    def swap(spec: Any) -> None:
        spec.description.input[0].type.imageType.colorSpace = space(spec, "BGR")

    framed = np.random.default_rng(0).integers(0, 256, (8, 12, 3)).astype(np.uint8)
    red = OnnxBackend(path).run(framed)[0, 0]
    blue = OnnxBackend(respecified(path, swap)).run(framed)[0, 0]
    np.testing.assert_allclose(red, framed[..., 0] / 85, atol=2e-3)
    np.testing.assert_allclose(blue, framed[..., 2] / 85, atol=2e-3)


def flexible(spec: Any) -> None:
    spec.description.input[0].type.imageType.imageSizeRange.widthRange.upperBound = 512


def half_grey(spec: Any) -> None:
    image = spec.description.input[0].type.imageType
    image.colorSpace = space(spec, "GRAYSCALE_FLOAT16")


def grey_output(spec: Any) -> None:
    image = spec.description.output[0].type.imageType
    image.width, image.height, image.colorSpace = 8, 8, space(spec, "GRAYSCALE")


def colour_output(spec: Any) -> None:
    image = spec.description.output[0].type.imageType
    image.width, image.height, image.colorSpace = 8, 8, space(spec, "RGB")


def whole_output(spec: Any) -> None:
    array = spec.description.output[0].type.multiArrayType
    array.dataType = array.ArrayDataType.Value("INT32")


def second_input(spec: Any) -> None:
    spec.description.input.add(name="hint").type.multiArrayType.shape.append(1)


def older(spec: Any) -> None:
    spec.neuralNetwork.SetInParent()


def grey_input(spec: Any) -> None:
    spec.description.input[0].type.imageType.colorSpace = space(spec, "GRAYSCALE")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (flexible, "takes pictures of several sizes; convert it again with one fixed shape"),
        (half_grey, "colour layout GRAYSCALE_FLOAT16; convert it again with one of RGB, BGR"),
        (grey_output, "grey picture of 8 bits, which can't hold probabilities from 0 to 1"),
        (colour_output, "gives a picture of the colour layout RGB; nevus needs a grey one"),
        (whole_output, "gives whole numbers.*without argmax"),
        (second_input, r"takes 2 inputs \(photo, hint\); nevus has one picture"),
        (older, "is a neural network of the older kind, not an ML Program; convert it again"),
        (grey_input, r"takes its picture as 1×3×8×8; nevus gives 1×1×8×8"),
    ],
)
def test_each_thing_that_a_package_may_not_be_is_named(
    tmp_path: Path, build: Build, change: Callable[[Any], object], sentence: str
) -> None:
    path = build(tmp_path / "odd.mlpackage", lambda x: mb.sigmoid(x=logit(x)))
    respecified(path, change)
    with pytest.raises(ModelError, match=rf"odd\.mlpackage .*{sentence}"):
        open_segmenter(path, "onnxruntime")
