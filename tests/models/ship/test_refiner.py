import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is not installed (pip install nevus[training])")

from models.evaluate.pairs import hash_of_pairs, held_out, read_pairs  # noqa: E402
from models.package.package import package_hash  # noqa: E402
from models.run.refiner import open_refiner  # noqa: E402
from models.run.segmenter import open_segmenter  # noqa: E402
from models.ship.parity import ParityError  # noqa: E402
from models.ship.refiner import (  # noqa: E402
    RefinerReport,
    convert_refiner,
    load_refiner,
    parity,
)
from models.train.network import multiply_accumulates, upsample  # noqa: E402
from models.train.recipe import UnfitRun  # noqa: E402
from models.train.refiner.loop import save  # noqa: E402
from models.train.refiner.network import ShippedRefiner, refiner_network  # noqa: E402
from tests.models.conftest import draw_pairs  # noqa: E402

SIDE = 64
pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("spared")]


@dataclass(frozen=True)
class Made:
    """What became of a refiner's weights, and the pairs that it was measured on."""

    pairs: Path
    weights: Path
    package: Path
    report: RefinerReport


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("made")
    torch.manual_seed(3)
    network = refiner_network()
    with torch.no_grad():
        # Steep maps, as training makes them: rounding then moves no pixel over the threshold.
        network.head.weight.mul_(50)
    save(network, folder / "refiner.pt")
    (folder / "log.json").write_text('[{"steps": 3, "seconds": 1.5}, {"steps": 7, "seconds": 9.5}]')
    pairs, package = draw_pairs(folder / "pairs"), folder / "out" / "tiny.mlpackage"
    report = convert_refiner(folder / "refiner.pt", package, pairs, SIDE)
    return Made(pairs, folder / "refiner.pt", package, report)


def test_weights_become_a_package_with_its_card(made: Made) -> None:
    card = json.loads(made.package.with_suffix(".json").read_text())
    learnt = [pair for pair in read_pairs(made.pairs, {"split": "train"}) if not held_out(pair)]
    assert sorted(p.name for p in made.package.parent.iterdir()) == ["tiny.json", "tiny.mlpackage"]
    assert card["package_sha256"] == package_hash(made.package)
    assert (card["steps"], card["seconds"]) == (7, 9.5)
    assert card["training_pairs"] == len(learnt)
    assert card["training_data_sha256"] == hash_of_pairs(learnt)
    assert set(card["dev"]) == set(card["classic"]) == {"dermoscopy", "phone", "all"}
    assert card["dev"]["all"]["own"]["photos"] == 2
    assert made.report.parity.largest_difference <= 0.02


def test_split_and_normalised_in_the_graph_it_computes_what_the_network_computes(
    made: Made,
) -> None:
    exported = ShippedRefiner(load_refiner(made.weights), SIDE).eval()
    seen = np.random.default_rng(1).integers(0, 256, (2 * SIDE, SIDE, 3), np.uint8)
    with torch.no_grad():
        ours = exported(torch.from_numpy(seen.transpose(2, 0, 1)[None].astype(np.float32) / 255))
    theirs = open_refiner(made.package, "onnxruntime").answer(seen)
    np.testing.assert_allclose(ours[0, 0], theirs, atol=5e-3)
    assert float(ours.max() - ours.min()) > 0.1


def test_each_plane_reaches_its_own_channel(made: Made) -> None:
    network = load_refiner(made.weights)
    seen = torch.rand(1, 6, SIDE, SIDE)
    exported = ShippedRefiner(network, SIDE).eval()
    photo = seen[:, :3] * exported.deviation + exported.mean
    with torch.no_grad():
        ours = exported(torch.cat([photo, seen[:, 3:]], 2))
        torch.testing.assert_close(ours, upsample(network(seen)).sigmoid(), atol=1e-4, rtol=1e-3)


def test_other_weights_fail_the_parity(made: Made, shipped: Path) -> None:
    network = load_refiner(made.weights)
    with torch.no_grad():
        network.get_parameter("head.bias").add_(0.5)
    found, milliseconds = parity(
        ShippedRefiner(network, SIDE).eval(),
        open_refiner(made.package, "onnxruntime"),
        open_segmenter(shipped, "onnxruntime"),
        read_pairs(made.pairs, {"split": "dev"}),
    )
    assert milliseconds > 0
    with pytest.raises(ParityError):
        found.check()


def test_all_six_channels_are_counted() -> None:
    six = multiply_accumulates(refiner_network(), SIDE, 6)
    assert six == 4 * multiply_accumulates(refiner_network(), SIDE // 2, 6) - 3 * _for_the_frame()


def _for_the_frame() -> int:
    """What looks at the whole frame at once costs the same at each size."""
    return 128 * 64


def test_without_the_log_of_its_training_nothing_is_made(made: Made, tmp_path: Path) -> None:
    (tmp_path / "refiner.pt").write_bytes(made.weights.read_bytes())
    with pytest.raises(UnfitRun, match=r"log\.json"):
        convert_refiner(tmp_path / "refiner.pt", tmp_path / "out" / "a.mlpackage", made.pairs, SIDE)
    assert not (tmp_path / "out").exists()
