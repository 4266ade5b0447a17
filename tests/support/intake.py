"""Files taken in one by one, and a scorer without a model."""

from collections.abc import Callable
from pathlib import Path

from db.store import Store
from models.package.package import PackageInfo
from models.run.setup import ModelSetup
from pipeline.intake.outcome import Outcome
from pipeline.intake.segmenting import Errand, Segmenting
from pipeline.settings import TIME_LIMIT
from pipeline.work.scorer import OneProcess, Scorer

NO_MODEL = ModelSetup(Path("none.mlpackage"))
"""A package that is not there."""


def without_model(time_limit: float = TIME_LIMIT) -> OneProcess:
    """A scorer that can say which photo a file holds, and nothing else."""
    return OneProcess(NO_MODEL, time_limit)


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
        settled = segmenting.finish(settled)
    return settled.outcome
