import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is not installed (pip install nevus[training])")

from imaging.framing import Size  # noqa: E402
from models.evaluate.pairs import PairsError, hash_of_pairs, held_out, read_pairs  # noqa: E402
from models.package.aimodel import aimodel_hash, read_aimodel  # noqa: E402
from models.package.package import read_package  # noqa: E402
from models.run.segmenter import open_segmenter  # noqa: E402
from models.ship.conversion import (  # noqa: E402
    Report,
    common,
    convert,
    convert_checkpoints,
)
from models.ship.exported import Member, ShippedNetwork, load_checkpoints  # noqa: E402
from models.ship.parity import Agreement, Parity, ParityError, parity  # noqa: E402
from models.ship.read_back import read_back  # noqa: E402
from models.ship.second_form import Proving  # noqa: E402
from models.train.efficientnet import EfficientNetLite  # noqa: E402
from models.train.loop import Run  # noqa: E402
from models.train.network import Encoder, LesionNetwork, upsample  # noqa: E402
from models.train.normalisation import normalise  # noqa: E402
from models.train.recipe import Recipe, UnfitRun  # noqa: E402
from tests.models.conftest import draw_pairs  # noqa: E402
from tests.support.core_ai import NO_CORE_AI, needs_core_ai  # noqa: E402
from tests.support.small_networks import (  # noqa: E402
    SHALLOW,
    SHORT,
    settle_at_once,
    short_encoder,
)

TINY = Recipe(size=64, width=8, seed=9)
pytestmark = pytest.mark.usefixtures("spared")


@pytest.fixture(scope="module", autouse=True)
def _short() -> Iterator[None]:
    with short_encoder():
        yield


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkpoint whose averaged weights are not those in training."""
    run = Run(TINY, tmp_path_factory.mktemp("run"))
    with torch.no_grad():
        for weights in run.network.parameters():
            weights.add_(torch.randn(weights.shape), alpha=0.02)
        # Steep maps, as training makes them: rounding then moves no pixel over the threshold.
        run.network.head.weight.mul_(400)
    run.averaged.update_parameters(run.network)
    run.averaged.update_parameters(run.network)
    with torch.no_grad():
        run.network.head.weight.zero_()
    run.save()
    return run.checkpoint


@dataclass(frozen=True)
class Made:
    """What became of the checkpoint, and the pairs that it was tried on."""

    pairs: Path
    package: Path
    report: Report


@pytest.fixture(scope="module")
def made(checkpoint: Path, tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("made")
    pairs, package = draw_pairs(folder / "pairs"), folder / "out" / "tiny.mlpackage"
    report = convert_checkpoints([checkpoint], package, pairs, Proving(check=near))
    return Made(pairs, package, report)


def near(found: Agreement) -> None:
    """What a network without training can do: in half precision its flat borders move."""
    assert found.aimodel_and_torch.largest_difference <= 0.02
    assert found.aimodel_and_package.mean_jaccard >= 0.99


def test_normalisation_in_the_graph_is_that_of_training() -> None:
    network = LesionNetwork(8).eval()
    photos = torch.randint(0, 256, (1, 64, 64, 3), dtype=torch.uint8)
    with torch.no_grad():
        trained = upsample(network(normalise(photos))).sigmoid()
        shipped = ShippedNetwork([network]).eval()(photos.permute(0, 3, 1, 2).float() / 255)
    np.testing.assert_allclose(shipped, trained, atol=1e-5)


def test_several_networks_give_the_mean_of_their_logits() -> None:
    networks = [LesionNetwork(8).eval() for _ in range(3)]
    values = torch.rand(1, 3, 64, 64)
    with torch.no_grad():
        alone = [ShippedNetwork([network]).eval().logits(values) for network in networks]
        together = ShippedNetwork(networks).eval().logits(values)
    assert float((alone[0] - alone[1]).abs().max()) > 0.01
    torch.testing.assert_close(together, torch.stack(alone).mean(0), atol=1e-5, rtol=1e-4)


def test_networks_with_different_encoders_go_into_one_package(cache: Path, tmp_path: Path) -> None:
    torch.manual_seed(4)
    networks = [
        LesionNetwork(8, encoder) for encoder in (EfficientNetLite(SHALLOW), Encoder(SHORT))
    ]
    views = torch.randint(0, 256, (6, 64, 64, 3), dtype=torch.uint8)
    with torch.no_grad():
        for network in networks:
            settle_at_once(network)(normalise(views))  # so that a map isn't grey all over
    exported = ShippedNetwork(networks).eval()
    convert(exported, Size(64, 64), tmp_path / "both.mlpackage", {})
    theirs = open_segmenter(tmp_path / "both.mlpackage", "onnxruntime")
    with torch.no_grad():
        ours = exported(views[:1].permute(0, 3, 1, 2).float() / 255)[0, 0]
    np.testing.assert_allclose(ours, theirs.predict_framed(views[0].numpy()), atol=5e-3)
    assert float(ours.max() - ours.min()) > 0.02


def test_checkpoints_of_other_photos_do_not_go_together() -> None:
    one = Member(TINY, 3)
    assert common([one, Member(replace(TINY, seed=8), 4)]) == TINY
    with pytest.raises(ValueError, match="other sizes or on other kinds"):
        common([one, Member(replace(TINY, kind="phone"), 3)])


def test_the_averaged_weights_are_shipped(checkpoint: Path) -> None:
    exported, members = load_checkpoints([checkpoint])
    state = torch.load(checkpoint, weights_only=True)
    assert members == [Member(TINY, 0)]
    shipped = exported.networks[0].state_dict()
    assert all(torch.equal(value, state["averaged"][f"module.{k}"]) for k, value in shipped.items())
    assert not torch.equal(shipped["head.weight"], state["network"]["head.weight"])


def test_a_checkpoint_becomes_a_package_with_its_card(made: Made) -> None:
    target, report = made.package, made.report
    card = json.loads(target.with_suffix(".json").read_text())
    info = read_package(target)
    trained = [pair for pair in read_pairs(made.pairs, {"split": "train"}) if not held_out(pair)]
    forms = {"tiny.json", "tiny.mlpackage"} | (set() if NO_CORE_AI else {"tiny.aimodel"})
    assert {path.name for path in target.parent.iterdir()} == forms
    assert card["package_sha256"] == info.hash == report.package_sha256
    assert info.title == "tiny"
    assert (info.lesion_slope is None) == (report.fitted.lesion is None)
    assert card["origin"]["members"][0]["recipe"]["seed"] == TINY.seed
    assert card["origin"]["training_data_sha256"] == hash_of_pairs(trained)
    assert set(card["dev"]) == {"dermoscopy", "phone"}
    assert all(figures["pairs"] == 1 for figures in card["dev"].values())
    assert report.parity.photos == 2
    assert report.parity.least_jaccard >= 0.98
    assert report.parity.largest_difference <= 0.02


def test_other_weights_fail_the_parity(checkpoint: Path, made: Made) -> None:
    other, _ = load_checkpoints([checkpoint])
    with torch.no_grad():
        other.get_parameter("networks.0.head.bias").add_(0.5)
    found = parity(other, open_segmenter(made.package, "onnxruntime"), read_pairs(made.pairs))
    assert found.largest_difference > 0.02
    with pytest.raises(ParityError, match="doesn't compute what the network computes"):
        found.check()


GOOD = Parity(10, 0.9999, 0.99, 0.01)


@pytest.mark.parametrize(
    "bad",
    [
        replace(GOOD, mean_jaccard=0.9989),
        replace(GOOD, least_jaccard=0.979),
        replace(GOOD, largest_difference=0.0201),
        replace(GOOD, largest_difference=float("nan")),
    ],
)
def test_each_limit_of_the_parity_holds(bad: Parity) -> None:
    GOOD.check()
    with pytest.raises(ParityError):
        bad.check()


def test_data_without_a_dev_split_replace_nothing(
    cache: Path, checkpoint: Path, manifest: Path, tmp_path: Path
) -> None:
    target = tmp_path / "out" / "tiny.mlpackage"
    table = manifest / "manifest.csv"
    table.write_text(table.read_text().replace(",dev,", ",train,"))
    with pytest.raises(PairsError, match="split=dev"):
        convert_checkpoints([checkpoint], target, manifest)
    assert not target.parent.exists()


@needs_core_ai
def test_both_forms_come_from_one_run_and_carry_one_hash(made: Made) -> None:
    card = json.loads(made.package.with_suffix(".json").read_text())["aimodel"]
    asset = made.package.with_suffix(".aimodel")
    assert read_aimodel(asset).hash == made.report.package_sha256
    assert card["program_sha256"] == aimodel_hash(asset)
    assert card["made_from"] == "checkpoints"
    assert made.report.aimodel is not None
    assert made.report.aimodel.agreement.package_and_torch.photos == made.report.parity.photos


def test_a_network_is_read_back_out_of_its_package(made: Made, checkpoint: Path) -> None:
    values = torch.rand(1, 3, 64, 64, generator=torch.Generator().manual_seed(5))
    again, (before, _) = read_back(made.package), load_checkpoints([checkpoint])
    with torch.no_grad():
        ours, theirs = again.logits(values), before.logits(values)
    spread = float(theirs.max() - theirs.min())
    assert spread > 1
    # Weights of 16 bits, rounded once.
    assert float((ours - theirs).abs().max()) < 0.01 * spread


def test_a_package_that_its_json_does_not_describe_is_not_read_back(
    made: Made, tmp_path: Path
) -> None:
    package = tmp_path / "tiny.mlpackage"
    shutil.copytree(made.package, package)
    with pytest.raises(UnfitRun, match="is made of, can't be read"):
        read_back(package)
    card = json.loads(made.package.with_suffix(".json").read_text())
    card["origin"]["members"][0]["recipe"]["width"] = 16
    package.with_suffix(".json").write_text(json.dumps(card))
    with pytest.raises(UnfitRun, match="holds another network than"):
        read_back(package)
