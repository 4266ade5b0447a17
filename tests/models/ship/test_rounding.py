import pytest

torch = pytest.importorskip("torch", reason="torch is not installed (pip install nevus[training])")

from imaging.framing import Size  # noqa: E402
from models.ship.exported import ShippedNetwork  # noqa: E402
from models.ship.rounding import round_kernels, round_weights  # noqa: E402
from models.train.efficientnet import EfficientNetLite  # noqa: E402
from models.train.network import LesionNetwork  # noqa: E402


def test_a_kernel_keeps_its_sum_where_rounding_each_weight_loses_it() -> None:
    torch.manual_seed(1)
    kernels = torch.randn(32, 4, 3, 3) * 40
    kernels[:, :, 1, 1] -= kernels.sum((2, 3)) - 0.01
    sums = kernels.sum((2, 3))
    plainly = (kernels.half().float().sum((2, 3)) - sums).abs().mean()
    kept = (round_kernels(kernels).sum((2, 3)) - sums).abs().mean()
    assert kept < plainly / 5


def test_rounded_weights_are_of_sixteen_bits_and_close_to_what_they_were() -> None:
    torch.manual_seed(2)
    for kernels in (torch.randn(8, 1, 5, 5), torch.randn(8, 16, 1, 1)):
        rounded = round_kernels(kernels)
        assert torch.equal(rounded, rounded.half().float())
        torch.testing.assert_close(rounded, kernels, atol=0.02, rtol=0.001)


def test_a_network_with_its_norms_folded_in_computes_what_it_did() -> None:
    torch.manual_seed(3)
    network = ShippedNetwork([LesionNetwork(8, EfficientNetLite()), LesionNetwork(8)])
    for norm in network.modules():
        if isinstance(norm, torch.nn.BatchNorm2d):
            torch.nn.init.uniform_(norm.weight, 0.5, 1.5)
            torch.nn.init.normal_(norm.bias, 0, 0.2)
            torch.nn.init.uniform_(norm.running_var, 0.5, 2)
    network.eval()
    values = torch.rand(1, 3, 64, 64)
    before = [value.clone() for value in network.state_dict().values()]
    rounded = round_weights(network, Size(64, 64))
    with torch.no_grad():
        torch.testing.assert_close(rounded(values), network(values), atol=5e-3, rtol=0)
    after = network.state_dict().values()
    assert all(torch.equal(a, b) for a, b in zip(before, after, strict=True))
