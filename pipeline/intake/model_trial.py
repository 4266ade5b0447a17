"""Open a scorer's model; where that fails, try it again later."""

import threading
from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING

from models.package.package import ModelError
from pipeline.errors import JobFailed, WorkerDied
from pipeline.work.scorer import Scorer

if TYPE_CHECKING:
    from models.package.package import PackageInfo


class ModelTrial:
    """The model of a scorer, tried until it is open; for one thread.

    After a failure it is due again in `pause` seconds, each time in twice as many, until `longest`;
    `wake` is called then, from a timer's thread. `problem` is why there is none now.
    """

    def __init__(
        self, scorer: Scorer, pause: float, longest: float, wake: Callable[[], None]
    ) -> None:
        self.problem: str | None = None
        self._scorer = scorer
        self._pause, self._longest = pause, longest
        self._wake = wake
        self._due: float | None = None

    @property
    def is_due(self) -> bool:
        """Whether it failed, and is to be tried again now."""
        return self._due is not None and monotonic() >= self._due

    def open(self) -> "PackageInfo | None":
        """The model, None where there is none now. Blocks; raises WorkerClosed."""
        try:
            model = self._scorer.model()
        except (ModelError, WorkerDied, JobFailed) as error:
            self.problem = str(error)
            self._put_off()
            return None
        self.problem = self._due = None
        return model

    def _put_off(self) -> None:
        self._due = monotonic() + self._pause
        waker = threading.Timer(self._pause, self._wake)
        waker.daemon = True
        waker.start()
        self._pause = min(2 * self._pause, self._longest)
