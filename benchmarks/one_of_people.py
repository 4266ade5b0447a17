"""One reviewer of several, and who takes photos in: what the processes of `people` do."""

import json
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from multiprocessing.synchronize import Event
from pathlib import Path
from random import Random
from typing import TextIO, TypeVar

import numpy as np

from benchmarks.export import FOLDER, PHOTO, new_outline, new_photo
from db.claims import Claimed
from db.errors import StaleDecision, StoreError
from db.store import Store
from db.values import DecisionKind, DraftEdit, NewMask, Origin, QueueItem, Tool, Verdict
from imaging.mask import rle
from imaging.mask.measure import measure
from imaging.values import Patch
from models.run.setup import ModelSetup
from pipeline.review.listening import Listening, News
from pipeline.review.session import ReviewSession
from pipeline.work.scorer import Pool
from pipeline.work.viewer import Viewer

T = TypeVar("T")
FIRST = 20
"""Photos that are there before anybody looks."""
MOST_WAITING = 60
"""Photos that wait at most before no more are taken in."""
STRANGE = 0.05
"""How often a reviewer goes to a photo that another one has open, of all times."""


@dataclass(frozen=True)
class Task:
    """What a reviewer does: until `steps` are done or `seconds` are over, with pauses between."""

    database: Path
    log: Path
    number: int
    steps: int
    seconds: float
    pause: float


def take_in_all(database: Path, ended: Event) -> None:
    """Take photos in while there are reviewers."""
    number = FIRST
    with closing(Store.open(database)) as store:
        while not ended.wait(0.05):
            waiting = sum(item.decision is None for item in store.queue(str(FOLDER)))
            for _ in range(min(3, MOST_WAITING - waiting)):
                take_in(store, number)
                number += 1


def take_in(store: Store, number: int) -> None:
    """One more photo, with an outline."""
    mask = np.zeros((PHOTO.height, PHOTO.width), np.bool_)
    mask[100:300, 200 : 500 + number % 200] = True
    store.take_in(new_photo(number), new_outline(mask, (number * 7919 % 1000) / 1000))


def review(task: Task) -> None:
    """One reviewer's sitting."""
    with (
        closing(Store.open(task.database)) as store,
        closing(Pool(ModelSetup(Path("none.mlpackage")), 1)) as scorer,
        closing(Viewer()) as viewer,
        closing(ReviewSession(store, scorer, viewer, FOLDER, f"reviewer {task.number}")) as session,
        task.log.open("w", encoding="utf-8") as log,
    ):
        Reviewer(store, session, task, log).work()


class Reviewer:
    """Looks at what waits, as the screen does: handed what nobody else has open."""

    def __init__(self, store: Store, session: ReviewSession, task: Task, log: TextIO) -> None:
        self._store, self._session, self._task = store, session, task
        self._log = log
        self._random = Random(task.number)
        self._lines: dict[int, QueueItem] = {}
        self._news = News()
        self._unread = Counter[str]()
        self._count = 0

    def work(self) -> None:
        listening = Listening(self._session, self._hear, lambda: None)
        self._read(whole=True)
        listening.start()
        end = time.monotonic() + self._task.seconds
        try:
            while self._count < self._task.steps and time.monotonic() < end:
                try:
                    self._step()
                except StoreError as error:
                    self._say(what="refused", how=type(error).__name__, why=str(error))
                time.sleep(self._task.pause * self._random.random())
        finally:
            listening.stop()
            self._session.let_go()

    def _hear(self, news: News) -> None:
        if news.said:
            self._say(what="told", until=self._store.hear().decision_id, at=time.monotonic())
        self._unread["said"] += news.said
        self._unread["arrived"] += news.arrived
        self._news = news

    def _step(self) -> None:
        self._read(whole=bool(self._unread.pop("arrived", 0)))
        photo_id = self._handed()
        if photo_id is None:
            return
        self._count += 1
        handed = time.monotonic()
        details = self._store.photo(photo_id)
        revision = details.revision
        seen = (None if revision is None else revision.id, details.decision_id)
        drawn = self._draw(photo_id, seen[0])
        time.sleep(self._task.pause * self._random.random())
        self._say(what="looked", photo=photo_id, since=handed, until=time.monotonic())
        chance = self._random.random()
        if chance < 0.1:
            return  # Left without a decision: the next claim lets go of it.
        self._decide(photo_id, seen, drawn)
        if chance > 0.85:
            self._take_back()
        if self._random.random() < STRANGE:
            self._go_where_another_one_is()

    def _handed(self) -> int | None:
        """A photo that is claimed for this one alone."""
        waiting = [
            item for item in self._lines.values() if item.decision in (None, DecisionKind.SKIPPED)
        ]
        for item in sorted(waiting, key=lambda item: item.predicted_jaccard or 1.0):
            if item.photo_id in self._news.claims:
                continue
            claimed = self._timed("claim", partial(self._claim, item.photo_id))
            if claimed.holder != self._session.holder:
                self._say(what="left to others")
            elif claimed.decision_id == item.decision_id:
                return item.photo_id
        return None

    def _claim(self, photo_id: int) -> Claimed:
        return self._session.claim_all([photo_id])[photo_id]

    def _draw(self, photo_id: int, revision_id: int | None) -> int | None:
        """Strokes on a photo; the draft's id, None where nothing was drawn."""
        draft_id = None
        stored = self._store.draft(self._session.reviewer, photo_id, revision_id)
        cursor = 0 if stored is None else stored.cursor
        for at in range(cursor, cursor + self._random.randrange(3)):
            patch = Patch(at, 0, 1, 1, b"x", f"before{at}", f"after{at}")
            whose = (self._session.reviewer, photo_id, revision_id)
            edit = DraftEdit(patch, Tool.BRUSH)
            made = self._timed("edit", partial(self._store.add_edit, *whose, at, edit))
            draft_id = made.draft_id
            self._say(what="drew", edit=made.edit_id)
        return draft_id

    def _decide(
        self, photo_id: int, seen: tuple[int | None, int | None], draft: int | None
    ) -> None:
        kind = DecisionKind.CORRECTED if draft is not None else self._kind()
        note = f"{self._task.number}/{self._count}/{photo_id}/{self._random.random()}"
        verdict = Verdict(
            photo_id=photo_id,
            revision_id=seen[0],
            seen_decision_id=seen[1],
            kind=kind,
            reviewer=self._session.reviewer,
            seconds=1.0,
            note=note,
            mask=None if draft is None else _mask(draft, self._count),
        )
        try:
            self._timed("decide", lambda: self._store.decide(verdict))
        except StaleDecision:
            self._say(what="stale")
        else:
            self._say(what="decided", note=note, kind=kind, at=time.monotonic())

    def _kind(self) -> DecisionKind:
        kinds = [DecisionKind.ACCEPTED] * 4 + [DecisionKind.REJECTED, DecisionKind.SKIPPED]
        return self._random.choice(kinds)

    def _take_back(self) -> None:
        taken = self._timed("take back", lambda: self._store.take_back(self._session.reviewer))
        for decision in taken:
            self._say(what="took back", note=decision.note)

    def _go_where_another_one_is(self) -> None:
        for photo_id in self._news.claims:
            details = self._store.photo(photo_id)
            revision = details.revision
            seen = (None if revision is None else revision.id, details.decision_id)
            self._decide(photo_id, seen, None)
            self._say(what="decided where another one was")
            return

    def _read(self, *, whole: bool) -> None:
        if whole:
            items = list(self._session.queue())
        elif self._unread.pop("said", 0):
            items = self._session.changed([])
        else:
            items = []
        for item in items:
            before = self._lines.get(item.photo_id)
            self._lines[item.photo_id] = item
            if item.note and (before is None or before.note != item.note):
                self._say(what="heard", note=item.note, at=time.monotonic())

    def _timed(self, what: str, job: Callable[[], T]) -> T:
        started = time.monotonic()
        try:
            return job()
        finally:
            self._say(what="wrote", how=what, took=time.monotonic() - started)

    def _say(self, **said: object) -> None:
        print(json.dumps(said), file=self._log)


def _mask(draft_id: int, number: int) -> NewMask:
    drawn = np.zeros((PHOTO.height, PHOTO.width), np.bool_)
    drawn[90:310, 190 : 510 + number % 200] = True
    return NewMask(draft_id, rle.encode(drawn), measure(drawn), Origin.BRUSH, None)
