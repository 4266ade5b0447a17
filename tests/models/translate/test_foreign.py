"""Packages of other architectures, run by our own segmenter, compute what PyTorch computes."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

torch = pytest.importorskip("torch", reason="torch is not installed (pip install nevus[training])")

import coremltools as ct  # noqa: E402

from imaging.mask.agreement import agreement  # noqa: E402
from models.run.segmenter import open_segmenter  # noqa: E402
from tests.support import architectures as a  # noqa: E402

pytestmark = pytest.mark.usefixtures("spared")

WIDTH, HEIGHT = 96, 64
# Weights in float16 move a logit that spreads over ±5 by a few thousandths: probabilities by less
# than 0.01, and only pixels within that of the threshold can change sides.
LARGEST_DIFFERENCE, LEAST_JACCARD = 0.01, 0.995


@dataclass(frozen=True)
class Way:
    """How a network is converted; `scale` and `bias` make of 0…255 what it takes."""

    scale: float = 1 / 255
    bias: tuple[float, ...] = ()
    colour: str = "RGB"
    output: Any = None
    precision: Any = ct.precision.FLOAT16
    limits: tuple[float, float] = field(default=(LARGEST_DIFFERENCE, LEAST_JACCARD))


def picture() -> Any:
    """A cloudy picture, uint8 (64, 96, 3)."""
    small = np.random.default_rng(0).integers(0, 256, (8, 12, 3)).astype(np.uint8)
    return np.asarray(Image.fromarray(small).resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC))


class Grey(torch.nn.Module):  # type: ignore[misc, name-defined]
    """Probabilities as a grey picture's values."""

    def __init__(self, network: Any) -> None:
        super().__init__()
        self.network = network

    def forward(self, x: Any) -> Any:
        return self.network(x) * 255


class Normalised(torch.nn.Module):  # type: ignore[misc, name-defined]
    """A network that takes 0…255 and normalises by itself."""

    def __init__(self, network: Any) -> None:
        super().__init__()
        self.network = network

    def forward(self, x: Any) -> Any:
        return self.network(x / 255)


class Plain(torch.nn.Module):  # type: ignore[misc, name-defined]
    """The least that outlines, where what goes in or comes out is the point; probabilities."""

    def __init__(self) -> None:
        super().__init__()
        self.body = torch.nn.Conv2d(3, 8, 3, padding=1)
        self.head = torch.nn.Conv2d(8, 1, 1)

    def forward(self, x: Any) -> Any:
        return self.head(self.body(x).relu()).sigmoid()


NETWORKS: dict[str, tuple[Any, Way]] = {
    "U-Net, transposed": (a.UNet(), Way()),
    "U-Net, nearest": (a.UNet("nearest"), Way()),
    "U-Net, bilinear, tanh": (a.UNet("bilinear", torch.nn.Tanh), Way()),
    "U-Net, two classes": (a.Twofold(), Way()),
    "MobileNetV2-like": (a.MobileNet((HEIGHT, WIDTH)), Way()),
    "MobileNetV3-like": (a.MobileNet((HEIGHT, WIDTH), third=True), Way()),
    "EfficientNet-like": (a.EfficientNet(), Way()),
    "ConvNeXt-like": (a.ConvNeXt(), Way()),
    "float32": (
        a.MobileNet((HEIGHT, WIDTH)), Way(precision=ct.precision.FLOAT32, limits=(1e-4, 0.999)),
    ),
    "scale and bias": (Plain(), Way(scale=1 / 127.5, bias=(-1, -0.9, -0.8))),
    "scale 1": (Normalised(Plain()), Way(scale=1)),
    "BGR": (Plain(), Way(colour="BGR")),
    "grey picture": (
        Grey(Plain()),
        Way(output=ct.ImageType(name="y", color_layout=ct.colorlayout.GRAYSCALE)),
    ),
    "grey float16 picture": (
        Plain(),
        Way(output=ct.ImageType(name="y", color_layout=ct.colorlayout.GRAYSCALE_FLOAT16)),
    ),
}  # fmt: skip


def given(way: Way) -> Any:
    """What the network takes for the picture."""
    ordered = picture()[..., ::-1] if way.colour == "BGR" else picture()
    values = torch.from_numpy(ordered.transpose(2, 0, 1)[None].astype(np.float32)) * way.scale
    return values + torch.tensor(way.bias or (0.0,) * 3)[:, None, None]


def converted(network: Any, way: Way, path: Path) -> Path:
    options = {"bias": list(way.bias)} if way.bias else {}
    photo = ct.ImageType(
        name="x", shape=(1, 3, HEIGHT, WIDTH), scale=way.scale, color_layout=way.colour, **options
    )
    ct.convert(
        torch.jit.trace(network, given(way)),
        inputs=[photo],
        outputs=[way.output or ct.TensorType(name="y", dtype=np.float32)],
        convert_to="mlprogram",
        minimum_deployment_target=ct.target.iOS17,
        compute_precision=way.precision,
    ).save(str(path))
    return path


@pytest.mark.parametrize("name", NETWORKS)
def test_a_foreign_package_computes_what_pytorch_computes(name: str, tmp_path: Path) -> None:
    network, way = NETWORKS[name]
    inner = network.network if isinstance(network, (Grey, Normalised)) else network
    inside = 1 / 255 if isinstance(network, Normalised) else way.scale
    a.stirred(inner, given(replace(way, scale=inside)))
    segmenter = open_segmenter(converted(network, way, tmp_path / "m.mlpackage"), "onnxruntime")
    ours = segmenter.predict_framed(picture())
    with torch.no_grad():
        theirs = network(given(way))
    kinds = {"logit": theirs.sigmoid(), "grey": theirs / 255, "probability": theirs}
    expected = kinds[segmenter.info.output].numpy().reshape(HEIGHT, WIDTH)
    overlap = agreement(ours >= 0.5, expected >= 0.5).jaccard
    difference = float(np.abs(ours - expected).max())
    print(f"{name}: {segmenter.info.output}, {difference:.5f}, Jaccard {overlap:.5f}")  # noqa: T201
    assert 0.1 < (expected >= 0.5).mean() < 0.9
    assert difference <= way.limits[0]
    assert overlap >= way.limits[1]
