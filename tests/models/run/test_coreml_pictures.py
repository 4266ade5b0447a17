"""Pictures of every layout through coremltools' Python, as ONNX Runtime takes and gives them.

What a mode means to Core ML is the stand-in's belief, from coremltools' C++ and from Apple's
documentation; no Mac has been asked.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

torch = pytest.importorskip("torch", reason="torch is not installed (pip install nevus[training])")

import coremltools as ct  # noqa: E402
from coremltools.models import CompiledMLModel, MLModel  # noqa: E402
from coremltools.proto.FeatureTypes_pb2 import FeatureType  # noqa: E402

from models.package.interface import GREY, LOGIT, PROBABILITY  # noqa: E402
from models.package.package import package_hash  # noqa: E402
from models.run.compiled import compile_cached  # noqa: E402
from models.run.coreml_backend import CoreMLBackend  # noqa: E402
from models.run.onnx_backend import OnnxBackend  # noqa: E402
from models.run.segmenter import Segmenter  # noqa: E402
from tests.support.coreml_pictures import given, taken  # noqa: E402
from tests.support.mac import Mac  # noqa: E402

WIDTH, HEIGHT = 12, 8
STEP = 1 / 255
LOGITS = ct.TensorType(name="y", dtype=np.float32)


@dataclass(frozen=True)
class Layout:
    """How a picture goes in, what comes out, and by how much a map may differ from ONNX Runtime."""

    colour: str = "RGB"
    output: Any = LOGITS
    holds: str = LOGIT
    apart: float = 0


def grey(layout: Any) -> Any:
    return ct.ImageType(name="y", color_layout=layout)


LAYOUTS = {
    "colour": Layout(),
    "grey": Layout("GRAYSCALE"),
    "BGR": Layout("BGR"),
    "grey picture out": Layout(
        output=grey(ct.colorlayout.GRAYSCALE), holds=GREY, apart=0.501 * STEP
    ),
    "grey float16 picture out": Layout(
        output=grey(ct.colorlayout.GRAYSCALE_FLOAT16), holds=PROBABILITY, apart=2**-12
    ),
    "grey in and out": Layout(
        "GRAYSCALE", grey(ct.colorlayout.GRAYSCALE), GREY, apart=0.501 * STEP
    ),
}


class Weighing(torch.nn.Module):  # type: ignore[misc, name-defined]
    """A convolution that weighs channels and neighbours unlike; its map holds what is asked."""

    def __init__(self, channels: int, holds: str) -> None:
        super().__init__()
        torch.manual_seed(2)
        self.weigh = torch.nn.Conv2d(channels, 1, 3, padding=1)
        torch.nn.init.normal_(self.weigh.weight)
        self.holds = holds

    def forward(self, x: Any) -> Any:
        logits = self.weigh(x)
        if self.holds == LOGIT:
            return logits
        return logits.sigmoid() * 255 if self.holds == GREY else logits.sigmoid()


def package(path: Path, layout: Layout) -> Path:
    channels = 1 if layout.colour == "GRAYSCALE" else 3
    shape = (1, channels, HEIGHT, WIDTH)
    colour = ct.colorlayout[layout.colour]
    ct.convert(
        torch.jit.trace(Weighing(channels, layout.holds).eval(), torch.rand(shape)),
        inputs=[ct.ImageType(name="photo", shape=shape, scale=STEP, color_layout=colour)],
        outputs=[layout.output],
        convert_to="mlprogram",
        minimum_deployment_target=ct.target.iOS17,
    ).save(str(path))
    return path


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    folder = tmp_path_factory.mktemp("layouts")

    def of(name: str) -> Path:
        path = folder / f"{name}.mlpackage"
        return path if path.exists() else package(path, LAYOUTS[name])

    return of


def noise() -> Any:
    return np.random.default_rng(0).integers(0, 256, (HEIGHT, WIDTH, 3)).astype(np.uint8)


@pytest.mark.parametrize("name", LAYOUTS)
def test_core_ml_s_python_gives_the_map_of_onnx_runtime(
    mac: Mac, packages: Callable[[str], Path], name: str
) -> None:
    path = packages(name)
    assert CoreMLBackend(path, "CPU_ONLY").info.output == LAYOUTS[name].holds
    ours = Segmenter(CoreMLBackend(path, "CPU_ONLY")).predict_framed(noise())
    expected = Segmenter(OnnxBackend(path)).predict_framed(noise())
    assert ours.shape == (HEIGHT, WIDTH)
    np.testing.assert_allclose(ours, expected, rtol=0, atol=LAYOUTS[name].apart)
    assert np.ptp(expected) > 0.5
    assert mac.count("predict CPU_ONLY") == 1


def test_a_grey_picture_comes_out_as_one(mac: Mac, packages: Callable[[str], Path]) -> None:
    for name, mode in (("grey picture out", "L"), ("grey float16 picture out", "F")):
        path = packages(name)
        model = CompiledMLModel(str(compile_cached(path, package_hash(path))))
        made = model.predict({"photo": Image.fromarray(noise())})["y"]
        assert (type(made), made.mode, made.size) == (Image.Image, mode, (WIDTH, HEIGHT))
        again = MLModel(str(path)).predict({"photo": Image.fromarray(noise())})["y"]
        assert again.tobytes() == made.tobytes()


@pytest.mark.parametrize(("name", "mode"), [("BGR", "RGB"), ("grey", "L")])
def test_a_layout_takes_its_own_mode_and_no_other(
    mac: Mac, packages: Callable[[str], Path], name: str, mode: str
) -> None:
    path = packages(name)
    model = CompiledMLModel(str(compile_cached(path, package_hash(path))))
    picture = Image.fromarray(noise())
    assert list(model.predict({"photo": picture.convert(mode)})) == ["y"]
    for other in {"RGB", "L", "F"} - {mode}:
        with pytest.raises(RuntimeError, match=f"wants a picture of .* and not {other}"):
            model.predict({"photo": picture.convert(other)})
        with pytest.raises(TypeError, match=f"mode=='{mode}'"):
            MLModel(str(path)).predict({"photo": picture.convert(other)})
    with pytest.raises(RuntimeError, match=r"Unsupported image type P\."):
        model.predict({"photo": picture.convert("P")})


def described(colour: str) -> FeatureType:
    feature = FeatureType()
    image = feature.imageType
    image.width, image.height = WIDTH, HEIGHT
    image.colorSpace = image.ColorSpace.Value(colour)
    return feature


def test_grey_halves_go_in_and_out_as_float32() -> None:
    """nevus takes no package with such an input, so that this much is not driven end to end."""
    values = np.linspace(-3, 3, WIDTH * HEIGHT, dtype=np.float32).reshape(HEIGHT, WIDTH)
    halves = values.astype(np.float16).astype(np.float32)
    feature = described("GRAYSCALE_FLOAT16")
    inside = taken(Image.fromarray(values), feature.imageType)
    np.testing.assert_array_equal(inside, halves[None, None])
    np.testing.assert_array_equal(np.asarray(given(inside, feature)), halves)


def test_alpha_is_left_out_and_what_8_bits_can_t_hold_saturates() -> None:
    picture = Image.fromarray(noise()).convert("RGBA")
    picture.putalpha(7)
    for colour, order in (("RGB", slice(None)), ("BGR", slice(None, None, -1))):
        inside = taken(picture, described(colour).imageType)
        np.testing.assert_array_equal(inside[0], noise()[..., order].transpose(2, 0, 1))
    values = np.full((1, 1, HEIGHT, WIDTH), 300, np.float32)
    values[..., 0], values[..., 1] = -4, 7.6
    made = np.asarray(given(values, described("GRAYSCALE")))
    np.testing.assert_array_equal(made[0, :3], [0, 8, 255])
