"""Another model is used: what the reviewer sees of it, in the app as it runs."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pexpect
import pytest

from db.store import Store
from db.values import DecisionKind
from models.package.shipped import shipped_model
from models.run.setup import ModelSetup
from pipeline.review.wanted import ALL, DISAGREEMENT, Facet, Order, Wanted
from pipeline.work.scorer import Pool
from tests.db.conftest import revision_of, verdict
from tests.support.commands import NEVUS, run
from tests.support.packages import saying
from tests.support.ready import InTerminal
from tests.tui.driving import Clinic, press, rows, settled, text_of, until, want
from tests.tui.test_app_killed import watch_until
from tui.app import NevusApp

MakeApp = Callable[[], NevusApp]
FOREIGN = Path(__file__).parents[2] / "models" / "noncommercial" / "lesion-nc.mlpackage"


def test_it_is_used_at_the_next_start(
    clinic: Clinic, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the commands and the app as a person starts them, in a terminal."""
    monkeypatch.setenv("NEVUS_MODELS", str(tmp_path / "models"))
    for number, name in enumerate(("a.jpg", "b.jpg", "c.jpg")):
        clinic.draw(name, 9 * number)
    database = tmp_path / "real.db"
    assert run("segment", clinic.folder, "--db", database).returncode == 0
    with closing(Store.open(database)) as store:
        decided, *others = (item.photo_id for item in store.queue(str(clinic.folder)))
        store.decide(verdict(store, decided, DecisionKind.ACCEPTED))
        stands = revision_of(store, decided)
        assert run("model", "add", FOREIGN).returncode == 0
        assert run("model", "use", "lesion-nc", "--anyway").returncode == 0
        child = InTerminal(
            NEVUS[0],
            ["review", str(clinic.folder), "--db", str(database)],
            dimensions=(24, 80),
            encoding="utf-8",
        )
        watch_until(child, lambda: store.photo(decided).disagreement is not None)
        child.send("q")
        child.expect(pexpect.EOF)
        child.close()
        assert child.exitstatus == 0
        assert revision_of(store, decided) == stands
        for photo_id in others:
            receipt = store.photo(photo_id).receipt
            assert receipt is not None
            assert receipt.model_name.startswith("lesion-nc (CC BY-NC")


@pytest.fixture
def turned(tmp_path: Path) -> ModelSetup:
    """A model that is sure where the shipped one is not."""
    said = {"jaccard_slope": "-1", "jaccard_intercept": "1", "threshold": "0.9"}
    return ModelSetup(saying(shipped_model(), tmp_path / "turned.mlpackage", **said))


async def test_the_queue_goes_by_its_figures_and_what_it_disagrees_with_can_be_sought(
    clinic: Clinic, turned: ModelSetup
) -> None:
    for number, name in enumerate(("a.jpg", "b.jpg", "c.jpg", "d.jpg")):
        clinic.draw(name, 9 * number)
    assert run("segment", clinic.folder, "--db", clinic.store.path).returncode == 0
    before = [item.photo_id for item in clinic.items()]
    decided = before[-1]
    clinic.store.decide(verdict(clinic.store, decided, DecisionKind.ACCEPTED))
    with closing(Pool(turned)) as pool:
        clinic.scorer = pool
        async with clinic.app().run_test(size=(120, 40)) as pilot:
            screen = await settled(pilot)
            await until(pilot, lambda: clinic.store.photo(decided).disagreement is not None)
            figures = {each: clinic.store.photo(each).predicted_jaccard or 0 for each in before}
            after = sorted(before, key=lambda photo_id: figures[photo_id])
            assert after != before
            await until(pilot, lambda: rows(screen) == after)
            value = clinic.store.photo(decided).disagreement
            screen = await want(pilot, ALL.having(Facet.DISAGREEMENT, _band_of(value)))
            # The queue hears of the figure a moment after it is stored.
            await until(pilot, lambda: rows(screen) == [decided])
            screen = await press(pilot, "home")
            assert f"{value:.2f} from the model" in text_of(screen, "#details Static")
            screen = await want(pilot, Wanted(order=Order.DISAGREEMENT))
            await until(pilot, lambda: rows(screen)[:1] == [decided])
            await clinic.stop_ingest()


def _band_of(value: float | None) -> str:
    assert value is not None
    return next(band.name for band in DISAGREEMENT if value < band.below)
