"""A scorer that remembers of each answer how long it took and what area was outlined."""

from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from imaging.values import Fingerprint
from pipeline.work.scorer import Scorer
from pipeline.work.scoring import Segmented

if TYPE_CHECKING:
    from models.package.package import PackageInfo

MOST = 1000
"""Answers that nobody asks for: of photos that were known already."""


@dataclass(frozen=True)
class Answer:
    """Milliseconds from handing a photo over to the answer, and of those the model's; the outlined
    fraction of the photo; why there is no outline. None where there is none.
    """

    milliseconds: float
    model_milliseconds: float | None = None
    area_fraction: float | None = None
    problem: str | None = None


class Timed:
    """Another scorer, watched. Its threads note the answers, before anybody else hears of them."""

    def __init__(self, scorer: Scorer) -> None:
        self._scorer = scorer
        self._answers: dict[Path, Answer] = {}

    def take_answer(self, path: Path) -> Answer | None:
        """The last answer on a photo, once."""
        return self._answers.pop(path, None)

    @property
    def room(self) -> int:
        """See Scorer."""
        return self._scorer.room

    def model(self) -> "PackageInfo":
        """See Scorer."""
        return self._scorer.model()

    def backend(self) -> str:
        """See Scorer."""
        return self._scorer.backend()

    def fingerprint(self, path: Path) -> Future[Fingerprint]:
        """See Scorer."""
        future = self._scorer.fingerprint(path)
        future.add_done_callback(partial(self._note, path, monotonic()))
        return future

    def take_in(self, path: Path, outlined: frozenset[str]) -> Future[Segmented | Fingerprint]:
        """See Scorer."""
        began = monotonic()
        future = self._scorer.take_in(path, outlined)
        future.add_done_callback(partial(self._note, path, began))
        return future

    def segment(self, path: Path) -> Segmented:
        """See Scorer."""
        return self._scorer.segment(path)

    def close(self) -> None:
        """See Scorer."""
        self._scorer.close()

    def _note(
        self,
        path: Path,
        began: float,
        future: "Future[Segmented | Fingerprint] | Future[Fingerprint]",
    ) -> None:
        if future.cancelled():
            return
        while len(self._answers) >= MOST:
            self._answers.pop(next(iter(self._answers)), None)
        self._answers[path] = _answer(1000 * (monotonic() - began), future)


def _answer(
    milliseconds: float, future: "Future[Segmented | Fingerprint] | Future[Fingerprint]"
) -> Answer:
    problem = future.exception()
    if problem is not None:
        return Answer(milliseconds, problem=str(problem))
    found = future.result()
    if isinstance(found, Fingerprint):
        return Answer(milliseconds)
    model = found.prediction.receipt.milliseconds
    return Answer(milliseconds, model, found.measurements.area_fraction)
