from collections.abc import Sequence

import pytest

torch = pytest.importorskip("torch", reason="torch is not installed (pip install nevus[training])")

from torch import Tensor, nn  # noqa: E402

from models.train.encoders import lesion_network  # noqa: E402
from models.train.network import (  # noqa: E402
    CONV_MEDIUM,
    CONV_SMALL,
    Bottleneck,
    Conv,
    Encoder,
    LesionNetwork,
    Stage,
    UniversalInvertedBottleneck,
    conv_norm,
    drop_blocks,
    multiply_accumulates,
    parameters,
    upsample,
)


class Classifier(nn.Module):
    """The encoder with the paper's classification head."""

    def __init__(self, stages: Sequence[Stage], classes: int = 1000) -> None:
        super().__init__()
        self.encoder = Encoder(stages)
        self.widen = conv_norm(self.encoder.channels[-1], Conv(1, 1, 960))
        self.hidden = conv_norm(960, Conv(1, 1, 1280))
        self.classes = nn.Linear(1280, classes)

    def forward(self, x: Tensor) -> Tensor:
        pooled = self.widen(self.encoder(x)[-1]).mean((2, 3), keepdim=True)
        logits: Tensor = self.classes(self.hidden(pooled).flatten(1))
        return logits


def test_the_classifier_has_the_published_size() -> None:
    """MobileNetV4-Conv-S: 3.8 M parameters, 0.2 G multiply-accumulates at 224 px (Table 5)."""
    network = Classifier(CONV_SMALL)
    assert round(parameters(network) / 1e6, 1) == 3.8
    assert round(multiply_accumulates(network, 224) / 1e9, 1) == 0.2


def test_the_medium_classifier_has_the_published_size() -> None:
    """MobileNetV4-Conv-M: 9.7 M parameters, 1.1 G at 256 px (timm's published model card)."""
    network = Classifier(CONV_MEDIUM)
    assert round(parameters(network) / 1e6, 1) == 9.7
    assert round(multiply_accumulates(network, 256) / 1e9, 1) == 1.1


def test_the_short_medium_encoder_keeps_within_the_budget() -> None:
    network = lesion_network("conv_medium_short", 64)
    assert parameters(network) <= 6e6
    assert multiply_accumulates(network, 256) <= 1.5e9


@pytest.mark.parametrize(
    ("start", "middle", "depthwise"),
    [(3, 5, [3, 5]), (0, 5, [5]), (3, 0, [3]), (0, 0, [])],
    ids=["extra depthwise", "inverted bottleneck", "ConvNeXt-like", "feed-forward"],
)
def test_two_optional_kernels_give_the_four_forms(
    start: int, middle: int, depthwise: list[int]
) -> None:
    block = UniversalInvertedBottleneck(16, Bottleneck(start, middle, 1, 16, 4.0)).eval()
    convs = [m for m in block.modules() if isinstance(m, torch.nn.Conv2d)]
    assert [m.kernel_size[0] for m in convs if m.groups > 1] == depthwise
    assert [(m.in_channels, m.out_channels) for m in convs if m.groups == 1] == [(16, 64), (64, 16)]
    weights = 16 * start**2 + 16 * 64 + 64 * middle**2 + 64 * 16
    norms = 2 * (16 * bool(start) + 64 + 64 * bool(middle) + 16)
    assert parameters(block) == weights + norms


@pytest.mark.parametrize(("start", "middle"), [(3, 5), (0, 5), (3, 0)])
def test_a_strided_block_halves_once_and_has_no_residual(start: int, middle: int) -> None:
    block = UniversalInvertedBottleneck(8, Bottleneck(start, middle, 2, 8, 2.0)).eval()
    assert block(torch.rand(1, 8, 12, 12)).shape == (1, 8, 6, 6)
    assert not block.residual


def test_a_block_that_keeps_the_shape_adds_its_input() -> None:
    block = UniversalInvertedBottleneck(8, Bottleneck(3, 3, 1, 8, 2.0)).eval()
    x = torch.rand(2, 8, 6, 6)
    with torch.no_grad():
        assert torch.equal(block(x), x + block.layers(x))


def test_the_encoder_halves_at_each_stage() -> None:
    with torch.no_grad():
        maps = Encoder().eval()(torch.rand(1, 3, 64, 96))
    assert [tuple(m.shape) for m in maps] == [
        (1, 32, 32, 48), (1, 32, 16, 24), (1, 64, 8, 12), (1, 96, 4, 6), (1, 128, 2, 3),
    ]  # fmt: skip


def test_a_map_of_the_photo_s_size_comes_out() -> None:
    network = LesionNetwork(width=16).eval()
    with torch.no_grad():
        logits = network(torch.rand(2, 3, 64, 96))
    assert logits.shape == (2, 1, 16, 24)
    assert upsample(logits).shape == (2, 1, 64, 96)


def test_training_skips_a_block_as_often_as_it_is_told_and_else_lifts_it() -> None:
    block = UniversalInvertedBottleneck(8, Bottleneck(3, 3, 1, 8, 2.0))
    drop_blocks(
        torch.nn.Sequential(UniversalInvertedBottleneck(8, Bottleneck(3, 3, 1, 8, 2.0)), block), 0.5
    )
    x = torch.rand(2000, 8, 2, 2)
    torch.manual_seed(1)
    with torch.no_grad():
        change = block.train()(x) - x
        whole = block.layers(x)
    skipped = (change == 0).flatten(1).all(1)
    assert float(skipped.float().mean()) == pytest.approx(0.5, abs=0.05)
    assert torch.allclose(change[~skipped], 2 * whole[~skipped], atol=1e-5)


def test_outside_training_no_block_is_skipped() -> None:
    network = LesionNetwork(8).eval()
    x = torch.rand(1, 3, 64, 64)
    with torch.no_grad():
        before = network(x)
        drop_blocks(network, 0.9)
        assert torch.equal(network(x), before)
