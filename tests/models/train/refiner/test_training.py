import json
import time
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="torch is not installed (pip install nevus[training])")

from models.evaluate.pairs import read_pairs  # noqa: E402
from models.run.segmenter import open_segmenter  # noqa: E402
from models.ship.refiner import load_refiner  # noqa: E402
from models.train.network import LesionNetwork, parameters  # noqa: E402
from models.train.recipe import UnfitRun  # noqa: E402
from models.train.refiner.beginning import samples  # noqa: E402
from models.train.refiner.loop import (  # noqa: E402
    ENDING,
    Plan,
    Progress,
    Refining,
    rate,
    refining_loss,
    save,
    train,
)
from models.train.refiner.marks import Marks  # noqa: E402
from models.train.refiner.network import refiner_network, take_lesion_weights  # noqa: E402
from models.train.refiner.photos import hold  # noqa: E402
from models.train.refiner.views import Held  # noqa: E402

CPU = torch.device("cpu")
pytestmark = pytest.mark.slow


@pytest.fixture
def held(manifest: Path, shipped: Path) -> Held:
    pairs = read_pairs(manifest, {"split": "train"})[:4]
    return hold(samples(pairs, open_segmenter(shipped, "onnxruntime")), 96, CPU, 1)


def test_it_is_small_enough() -> None:
    assert parameters(refiner_network()) < 3_000_000


def test_it_begins_by_answering_what_the_lesion_network_answers() -> None:
    torch.manual_seed(3)
    lesion, refiner = LesionNetwork().eval(), refiner_network().eval()
    take_lesion_weights(refiner, lesion)
    photo, guides = torch.randn(2, 3, 64, 64), torch.rand(2, 3, 64, 64)
    with torch.no_grad():
        torch.testing.assert_close(
            refiner(torch.cat([photo, guides], 1)), lesion(photo), atol=1e-4, rtol=1e-4
        )


def test_steps_teach_it_and_the_average_follows(held: Held) -> None:
    torch.manual_seed(0)
    run = Refining(refiner_network(), held, Plan(600, time.monotonic(), size=64, batch=4))
    losses = [float(run.step(4, 0.1)) for _ in range(16)]
    assert sum(losses[-4:]) < 0.85 * sum(losses[:4])
    assert run.steps == 16
    ours, theirs = (n.get_parameter("head.weight") for n in (run.averaged, run.network))
    assert not torch.equal(ours, theirs)


def test_a_mark_counts_more_than_what_lies_around_it() -> None:
    truth, logits = torch.ones(1, 1, 32, 32), torch.zeros(1, 1, 32, 32)
    marks = Marks.none(1, 32, CPU)
    plain = refining_loss(logits, truth, marks)
    marks.add(torch.tensor([[16.0, 16.0]]), torch.tensor([True]), truth)
    assert refining_loss(logits, truth, marks) > plain


def test_the_rate_rises_then_falls_to_nothing() -> None:
    assert rate(0) < 0.1
    assert rate(0.04) == pytest.approx(1)
    assert rate(0.5) < rate(0.2)
    assert rate(1) == pytest.approx(0, abs=1e-6)


def test_a_run_whose_time_is_up_leaves_weights_and_a_log(held: Held, tmp_path: Path) -> None:
    # Begun so long ago that no step is left: what is written doesn't hang on the machine's pace.
    run = Refining(refiner_network(), held, Plan(ENDING, time.monotonic() - 1, size=64, batch=4))
    heard: list[str] = []
    train(run, Progress(run, held, tmp_path / "out"), heard.append)
    (entry,) = json.loads((tmp_path / "out" / "log.json").read_text())
    assert json.loads(heard[0]) == entry
    assert entry["steps"] == 0
    assert len(entry["dev"]["own"]) == 7
    assert not list((tmp_path / "out").glob("*.part"))
    assert parameters(load_refiner(tmp_path / "out" / "refiner.pt")) == parameters(run.network)


def test_weights_come_back_as_they_were_saved_but_for_float16(tmp_path: Path) -> None:
    network = refiner_network()
    save(network, tmp_path / "w.pt")
    loaded = load_refiner(tmp_path / "w.pt")
    for name, value in network.named_parameters():
        torch.testing.assert_close(loaded.get_parameter(name), value, atol=2e-3, rtol=1e-3)


def test_a_file_without_weights_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "none.pt").write_bytes(b"none")
    torch.save({"a": torch.zeros(1)}, tmp_path / "other.pt")
    for name in ("none.pt", "other.pt"):
        with pytest.raises(UnfitRun, match="no weights of a refiner"):
            load_refiner(tmp_path / name)
    with pytest.raises(UnfitRun, match="can't be read"):
        load_refiner(tmp_path / "missing.pt")
