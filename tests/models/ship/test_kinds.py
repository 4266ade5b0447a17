"""Phone photos are told from others, and scaled their own way, in NumPy as in the graph."""

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is not installed (pip install nevus[training])")

from imaging.framing import Size  # noqa: E402
from models.run.segmenter import open_segmenter  # noqa: E402
from models.ship.calibration import Scaling  # noqa: E402
from models.ship.conversion import SEGMENTS, convert  # noqa: E402
from models.ship.exported import ShippedNetwork  # noqa: E402
from models.ship.kinds import LEAST, Calibration, Teller, fit_teller  # noqa: E402
from models.train.network import Encoder, LesionNetwork, upsample  # noqa: E402
from tests.support.small_networks import SHORT  # noqa: E402

RANDOM = np.random.default_rng(3)
pytestmark = pytest.mark.usefixtures("spared")


def test_kinds_whose_features_differ_are_told_apart_on_others() -> None:
    phones = np.arange(300) % 4 == 0
    features = RANDOM.normal(0, 1, (300, 40)) + 3 * phones[:, None] * (np.arange(40) < 4)
    teller = fit_teller(features[:200], phones[:200])
    assert teller is not None
    told = np.array([teller.share(one) for one in features[200:]])
    assert ((told > 0.5) == phones[200:]).mean() > 0.95


def test_too_few_of_a_kind_are_not_told() -> None:
    features = RANDOM.normal(0, 1, (100, 5))
    assert fit_teller(features, np.arange(100) < LEAST - 1) is None
    assert fit_teller(features, np.zeros(100, bool)) is None


def test_between_two_kinds_lies_a_scaling_between_theirs() -> None:
    one, other = Scaling(0.5, 0.2), Scaling(0.7, -0.6)
    teller = Teller(np.array([1.0]), 0.0)
    calibration = Calibration(one, other, teller)
    assert calibration.of(np.array([-50.0])) == one
    assert calibration.of(np.array([0.0])).bias == pytest.approx(-0.2)
    assert calibration.of(np.array([50.0])).scale == pytest.approx(0.7)
    assert Calibration(one).of(np.array([50.0])) == one


@pytest.fixture
def calibrated() -> ShippedNetwork:
    """An untrained network that takes about half of all pictures for phone photos."""
    torch.manual_seed(6)
    network = ShippedNetwork([LesionNetwork(8, Encoder(SHORT)) for _ in range(2)]).eval()
    with torch.no_grad():
        features = network.look(torch.rand(1, 3, 64, 64))[1].flatten().double().numpy()
    weights = RANDOM.normal(0, 2, len(features))
    teller = Teller(weights, -float(weights @ features))
    network.calibrate(Calibration(Scaling(3.0, 1.0), Scaling(5.0, -2.0), teller))
    return network


def test_a_network_scales_as_its_calibration_says(calibrated: ShippedNetwork) -> None:
    values = torch.rand(1, 3, 64, 64)
    with torch.no_grad():
        logits, features = calibrated.look(values)
        scaling = calibrated.calibration.of(features.flatten().double().numpy())
        expected = (upsample(logits) * scaling.scale + scaling.bias).sigmoid()
        torch.testing.assert_close(calibrated(values), expected, atol=1e-4, rtol=1e-3)
    assert scaling not in (Scaling(3.0, 1.0), Scaling(5.0, -2.0))


@pytest.mark.slow
def test_a_package_tells_kinds_too(calibrated: ShippedNetwork, cache: Path, tmp_path: Path) -> None:
    convert(calibrated, Size(64, 64), tmp_path / "two.mlpackage", {}, SEGMENTS)
    theirs = open_segmenter(tmp_path / "two.mlpackage", "onnxruntime")
    picture = RANDOM.integers(0, 255, (64, 64, 3), dtype=np.uint8)
    values = torch.from_numpy(picture.transpose(2, 0, 1)[None].astype(np.float32) / 255)
    with torch.no_grad():
        ours = calibrated(values)[0, 0]
    np.testing.assert_allclose(ours, theirs.predict_framed(picture), atol=1e-2)
