"""Files taken in one by one, and a scorer without a model."""

from collections.abc import Callable
from pathlib import Path

from db.store import Store
from models.package.package import PackageInfo
from models.run.setup import ModelSetup
from pipeline.intake.outcome import Outcome, Settled
from pipeline.intake.segmenting import Errand, Heard, Segmenting
from pipeline.settings_table import TIME_LIMIT
from pipeline.work.scorer import Pool, Scorer

NO_MODEL = ModelSetup(Path("none.mlpackage"))
"""A package that is not there."""


def without_model(time_limit: float = TIME_LIMIT, workers: int = 1) -> Pool:
    """A scorer that can say which photo a file holds, and nothing else."""
    return Pool(NO_MODEL, workers, time_limit)


def only_pid(scorer: Pool) -> int | None:
    """The number of the process of a scorer that has one at most, while it runs."""
    [pid] = scorer.pids or (None,)
    return pid


def running_pid(scorer: Pool) -> int:
    """The same where it is known to run."""
    [pid] = scorer.pids
    return pid


def take_in(
    store: Store,
    scorer: Scorer,
    path: Path,
    model: PackageInfo | None = None,
    complete: Callable[[Path], bool] = lambda _path: True,
) -> Outcome:
    """What becomes of one file."""
    segmenting = Segmenting(store, scorer, model, complete)
    settled = segmenting.begin(path)
    while isinstance(settled, Errand):
        settled = finish(segmenting, settled)
    return settled.outcome


def finish(segmenting: Segmenting, errand: Errand) -> Settled | Errand:
    """What comes of a file's answer, once it is there and stored."""
    heard = segmenting.hear(errand)
    return segmenting.keep([heard])[0] if isinstance(heard, Heard) else heard
