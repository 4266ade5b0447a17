from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="torch is not installed (pip install nevus[training])")

from imaging.framing import Size  # noqa: E402
from models.evaluate.pairs import Pair, held_out, read_pairs  # noqa: E402
from models.package.package import ModelError  # noqa: E402
from models.run.segmenter import open_segmenter  # noqa: E402
from models.ship.conversion import convert  # noqa: E402
from models.ship.exported import ShippedNetwork  # noqa: E402
from models.ship.refiner import load_refiner  # noqa: E402
from models.train.network import LesionNetwork  # noqa: E402
from models.train.refiner.beginning import SIDE, begin, samples  # noqa: E402
from models.train.refining import RefinerRecipe, train_refiner  # noqa: E402

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("spared")]


@dataclass(frozen=True)
class Lesion:
    """A lesion network with random weights, and its package."""

    network: LesionNetwork
    package: Path


@pytest.fixture(scope="module")
def lesion(tmp_path_factory: pytest.TempPathFactory) -> Lesion:
    torch.manual_seed(3)
    network, package = LesionNetwork().eval(), tmp_path_factory.mktemp("a") / "one.mlpackage"
    convert(ShippedNetwork([network]).eval(), Size(SIDE, SIDE), package, {})
    return Lesion(network, package)


def test_a_package_s_weights_are_taken_up(manifest: Path, lesion: Lesion) -> None:
    refiner = begin(lesion.package, read_pairs(manifest, {"split": "train"})).eval()
    photo, guides = torch.randn(2, 3, 64, 64), torch.rand(2, 3, 64, 64)
    with torch.no_grad():
        ours, theirs = refiner(torch.cat([photo, guides], 1)), lesion.network(photo)
    torch.testing.assert_close(ours, theirs, atol=2e-2, rtol=2e-2)


def test_what_is_mended_are_the_package_s_own_outlines(manifest: Path, lesion: Lesion) -> None:
    pair = read_pairs(manifest, {"split": "dev"})[0]
    (one,) = samples([pair], open_segmenter(lesion.package, "onnxruntime"))
    assert (one.image, one.mask, one.kind) == (pair.image, pair.mask, pair.row["kind"])
    assert one.own.shape == (128, 128)
    assert 0 < one.own.mean() < 255


def test_held_out_photos_are_not_trained_on(manifest: Path, lesion: Lesion, tmp_path: Path) -> None:
    watched: list[int] = []
    # In so little time no step is begun: what is left doesn't hang on the machine's pace.
    recipe = RefinerRecipe(lesion.package, seconds=1, batch=2, threads=1)

    def watch(pairs: Sequence[Pair]) -> Sequence[Pair]:
        watched.append(len(pairs))
        assert not any(held_out(pair) for pair in pairs if pair.row["split"] == "train")
        return pairs

    heard: list[str] = []
    train_refiner(manifest, tmp_path / "run", recipe, watch, heard.append)
    assert watched == [12, 2]
    assert len(heard) == 1
    assert load_refiner(tmp_path / "run" / "refiner.pt")


def test_a_network_that_the_package_has_not_is_a_sentence(manifest: Path, lesion: Lesion) -> None:
    with pytest.raises(ModelError, match="fewer than 2"):
        begin(lesion.package, read_pairs(manifest, {"split": "train"}), 2)
