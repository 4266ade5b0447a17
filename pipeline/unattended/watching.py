"""Watch a folder without a screen: the app's background work, and a log of what it does."""

import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from db.store import Store
from pipeline.errors import PipelineError
from pipeline.intake.following import introduction
from pipeline.intake.ingest import Ingest, IngestProgress, Part
from pipeline.intake.notice import look_for
from pipeline.intake.outcome import Outcome, Settled
from pipeline.intake.scan import stored_path
from pipeline.unattended.log import Event, Log, PhotoLine
from pipeline.unattended.names import Names
from pipeline.unattended.timed import Answer, Timed
from pipeline.work.scorer import Scorer

PROGRAM = "watch"
LOOK_EVERY = 5.0
"""Seconds between two looks whether the work goes on, and whether a copy is due."""


class WorkEnded(PipelineError):
    """The work ended by itself, which it never should."""


@dataclass(frozen=True)
class Watched:
    """A folder that is watched, the database of its photos, and what they are called.

    Maps may take `maps_budget` bytes.
    """

    folder: Path
    database: Path
    names: Names
    group: str | None = None
    maps_budget: int | None = None


def watch(
    watched: Watched,
    scorer: Scorer,
    log: Log,
    asked_to_end: threading.Event,
    now_and_then: Callable[[], None],
) -> None:
    """Segment what comes into a folder until it is asked to end; blocks.

    `now_and_then` is called every few seconds. Closes the scorer. Raises StoreError where the
    database can't be opened, and WorkEnded.
    """
    timed = Timed(scorer)
    with closing(Store.open(watched.database, watched.group, watched.maps_budget)) as store:
        teller = Teller(watched, log, timed)
        part = Part(PROGRAM, teller.hear)
        ingest = Ingest(store, timed, watched.folder, teller.tell, part=part)
        log.tell(Event.STARTED, f"Watching {watched.folder}, database {watched.database}.")
        ingest.start()
        try:
            while not asked_to_end.wait(LOOK_EVERY):
                if not ingest.running:
                    raise WorkEnded("The work ended by itself. Start nevus again.")
                now_and_then()
        finally:
            # First: whoever waits for it would wait on.
            timed.close()
            ingest.stop()
            log.tell(Event.ENDED, f"Watched {watched.folder}; {teller.counted}.")


class Teller:
    """Makes lines of what the background work tells; called by its thread."""

    def __init__(self, watched: Watched, log: Log, timed: Timed) -> None:
        self._watched, self._log, self._timed = watched, log, timed
        self._names = watched.names
        self._photos = 0
        self._told: dict[str, str | None] = {}
        self._of_photo: str | None = None

    @property
    def counted(self) -> str:
        """How many photos came through."""
        return (
            "1 photo came through" if self._photos == 1 else f"{self._photos} photos came through"
        )

    def hear(self, settled: Settled) -> None:
        """A line on a photo."""
        answer = self._timed.take_answer(settled.path)
        reason = str(settled.problem or settled.reason)
        self._of_photo = reason or None
        if _is_old(settled, answer):
            return
        self._photos += 1
        if answer is not None:
            reason = reason or answer.problem or ""
        self._log.photo(
            PhotoLine(
                self._names.of(settled.path),
                settled.outcome.value,
                None if answer is None else round(answer.milliseconds, 1),
                None if answer is None else answer.model_milliseconds,
                None if answer is None else answer.area_fraction,
                self._names.in_sentence(reason, settled.path) or None,
            )
        )

    def tell(self, progress: IngestProgress) -> None:
        """Lines on what has changed but photos."""
        self._tell_role(progress)
        self._tell_trouble(progress)
        self._tell_left_out(progress)
        if progress.found and progress.done >= progress.found:
            self._once("done", Event.NOTE, f"All photos are done that are here ({progress.found}).")

    def _tell_role(self, progress: IngestProgress) -> None:
        if progress.segmenting_here:
            self._changed("role", Event.NOTE, "This nevus segments.")
            return
        seen = look_for(self._watched.database)
        if seen.segmenting:
            self._changed("role", Event.NOTE, introduction(seen.notice, self._watched.folder))

    def _tell_trouble(self, progress: IngestProgress) -> None:
        # What stands in a photo's way has its line already, and so has whoever segments instead.
        said = {self._of_photo, self._told.get("role")}
        message = None if progress.message in said else progress.message
        if message is not None:
            sentence = self._names.in_sentence(message, progress.about)
            self._changed("trouble", Event.TROUBLE, sentence)
        elif self._told.pop("trouble", None) is not None:
            self._log.tell(Event.NOTE, "What stood in the way is over.")

    def _tell_left_out(self, progress: IngestProgress) -> None:
        sentence = progress.passed_by
        if sentence is not None and self._names.key is not None:
            # The ends of names and hidden folders may name people too.
            sentence = f"Files left out: {progress.left_out}."
        if sentence is not None:
            self._changed("left out", Event.NOTE, sentence)

    def _changed(self, what: str, event: Event, sentence: str) -> None:
        if self._told.get(what) != sentence:
            self._told[what] = sentence
            self._log.tell(event, sentence)

    def _once(self, what: str, event: Event, sentence: str) -> None:
        if what not in self._told:
            self._changed(what, event, sentence)


def _is_old(settled: Settled, answer: Answer | None) -> bool:
    """Whether a file was set aside before and is as it was: nobody has looked into it again."""
    text = stored_path(settled.path) == str(settled.path)
    return settled.outcome is Outcome.SET_ASIDE and answer is None and text
