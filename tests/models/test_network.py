import pytest

torch = pytest.importorskip("torch", reason="torch is not installed (pip install nevus[training])")

from models.network import (  # noqa: E402
    Bottleneck,
    Classifier,
    Encoder,
    LesionNetwork,
    UniversalInvertedBottleneck,
    multiply_accumulates,
    parameters,
    upsample,
)


def test_the_classifier_has_the_published_size() -> None:
    """MobileNetV4-Conv-S: 3.8 M parameters, 0.2 G multiply-accumulates at 224 px (Table 5)."""
    network = Classifier()
    assert round(parameters(network) / 1e6, 1) == 3.8
    assert round(multiply_accumulates(network, 224) / 1e9, 1) == 0.2


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
