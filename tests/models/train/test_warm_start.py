from collections.abc import Callable
from copy import deepcopy
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is not installed (pip install nevus[training])")

from torch import Tensor  # noqa: E402

from imaging.framing import Size  # noqa: E402
from models.package.package import ModelError, package_hash  # noqa: E402
from models.run.segmenter import open_segmenter  # noqa: E402
from models.ship.conversion import convert  # noqa: E402
from models.ship.exported import ShippedNetwork  # noqa: E402
from models.ship.read_back import read_back, read_card  # noqa: E402
from models.train.efficientnet import EfficientNetLite  # noqa: E402
from models.train.encoders import lesion_network  # noqa: E402
from models.train.loop import Sources, Telling, train  # noqa: E402
from models.train.network import (  # noqa: E402
    Encoder,
    LesionNetwork,
    upsample,
)
from models.train.normalisation import normalise  # noqa: E402
from models.train.recipe import Recipe  # noqa: E402
from models.train.warm_start import take_weights  # noqa: E402
from tests.support.small_networks import SHALLOW, SHORT, short_encoder  # noqa: E402

SIZE = 64
pytestmark = pytest.mark.usefixtures("spared")


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A package of a small network with random weights."""
    path = tmp_path_factory.mktemp("package") / "small.mlpackage"
    torch.manual_seed(3)
    convert(ShippedNetwork([LesionNetwork(8, Encoder(SHORT))]).eval(), Size(SIZE, SIZE), path, {})
    return path


@pytest.fixture(scope="module")
def views() -> Tensor:
    """Photos as they are decoded."""
    photos: Tensor = torch.randint(0, 256, (6, SIZE, SIZE, 3), dtype=torch.uint8)
    return photos


@pytest.fixture(scope="module")
def taken(package: Path, views: Tensor) -> LesionNetwork:
    """A network that has taken up the package's weights."""
    network = LesionNetwork(8, Encoder(SHORT))
    take_weights(network, package, normalise(views))
    return network


def test_the_network_then_computes_what_the_package_computes(
    package: Path, views: Tensor, taken: LesionNetwork
) -> None:
    with torch.no_grad():
        ours = upsample(taken.eval()(normalise(views[:1]))).sigmoid()[0, 0]
    theirs = open_segmenter(package, "onnxruntime").predict_framed(views[0].numpy())
    np.testing.assert_allclose(ours, theirs, atol=5e-3)


def test_each_network_of_a_package_of_two_can_be_taken_up(tmp_path: Path) -> None:
    torch.manual_seed(5)
    networks = [LesionNetwork(8, Encoder(SHORT)).eval() for _ in range(2)]
    package = tmp_path / "two.mlpackage"
    convert(ShippedNetwork(networks).eval(), Size(SIZE, SIZE), package, {})
    views = normalise(torch.randint(0, 256, (6, SIZE, SIZE, 3), dtype=torch.uint8))
    for member, theirs in enumerate(networks, 1):
        ours = LesionNetwork(8, Encoder(SHORT))
        take_weights(ours, package, views, member)
        with torch.no_grad():
            torch.testing.assert_close(ours.eval()(views), theirs(views), atol=5e-3, rtol=1e-2)
    with pytest.raises(ModelError, match="another network"):
        take_weights(LesionNetwork(8, Encoder(SHORT)), package, views, 3)


def test_each_network_of_a_package_of_two_kinds_can_be_taken_up(tmp_path: Path) -> None:
    torch.manual_seed(6)
    kinds: tuple[Callable[[], EfficientNetLite | Encoder], ...] = (
        lambda: EfficientNetLite(SHALLOW),
        lambda: Encoder(SHORT),
    )
    networks = [LesionNetwork(8, kind()).eval() for kind in kinds]
    package = tmp_path / "unlike.mlpackage"
    convert(ShippedNetwork(networks).eval(), Size(SIZE, SIZE), package, {})
    views = normalise(torch.randint(0, 256, (6, SIZE, SIZE, 3), dtype=torch.uint8))
    for kind, theirs in zip(kinds, networks, strict=True):
        ours = LesionNetwork(8, kind())
        take_weights(ours, package, views)
        with torch.no_grad():
            torch.testing.assert_close(ours.eval()(views), theirs(views), atol=5e-3, rtol=1e-2)
        with pytest.raises(ModelError, match="fewer than 2"):
            take_weights(LesionNetwork(8, kind()), package, views, 2)


def test_each_network_of_the_shipped_package_can_be_taken_up(shipped: Path, views: Tensor) -> None:
    seen = list[str]()
    normal = normalise(views)
    for recipe, theirs in zip(read_card(shipped).members, read_back(shipped).networks, strict=True):
        ours = lesion_network(recipe.encoder, recipe.width)
        seen.append(recipe.encoder)
        take_weights(ours, shipped, normal, seen.count(recipe.encoder))
        with torch.no_grad():
            found, expected = ours.eval()(normal), theirs(normal)
        assert float((found - expected).abs().max()) < 0.01 * float(expected.abs().max())


def test_the_settled_norms_fit_what_reaches_them(views: Tensor, taken: LesionNetwork) -> None:
    network = deepcopy(taken)
    with torch.no_grad():
        measured = network.eval()(normalise(views))
        trained = network.train()(normalise(views))
    np.testing.assert_allclose(trained, measured, atol=1e-2)


def test_another_network_is_refused(package: Path) -> None:
    with pytest.raises(ModelError, match="another network"):
        take_weights(LesionNetwork(16, Encoder(SHORT)), package, torch.rand(2, 3, SIZE, SIZE))


def test_training_begins_with_the_package(
    package: Path, manifest: Path, tmp_path: Path, taken: LesionNetwork
) -> None:
    recipe = Recipe(
        epochs=1, small_epochs=0, size=SIZE, width=8, batch=4, peak_rate=1e-9,
        start=package_hash(package),
    )  # fmt: skip
    with short_encoder():
        train(recipe, manifest, tmp_path / "run", Telling(100), Sources(package))
    state = torch.load(tmp_path / "run" / "checkpoint.pt", weights_only=True)
    torch.testing.assert_close(
        state["network"]["encoder.stages.0.0.0.weight"],
        taken.state_dict()["encoder.stages.0.0.0.weight"],
        atol=1e-4,
        rtol=0,
    )
