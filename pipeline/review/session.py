"""A reviewer's sitting: open a photo, edit its mask, decide, take back; nothing is lost."""

from collections.abc import Callable, Collection, Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path
from uuid import uuid4

import numpy as np

from db.sqlite.changes import Changes
from db.store import Store
from db.to_open import ToOpen
from db.together import LeftOut
from db.values import (
    DraftState,
    NewMask,
    Origin,
    PhotoDetails,
    QueueItem,
    Remarks,
    Revision,
    SetAside,
    Tool,
    Verdict,
)
from imaging.framing import Framing, Mask, Pixels
from imaging.mask import rle
from imaging.mask.edit import PatchError
from imaging.mask.shape import Point
from imaging.photo import PhotoError
from imaging.values import Prediction
from models.package.package import ModelError
from pipeline.errors import EmptyOutline, Overruled, PipelineError, ReviewError, WriteFailed
from pipeline.review.editor import Editor, Past
from pipeline.review.followed import FollowedQueue
from pipeline.review.glance import Glance, glance
from pipeline.review.open_photo import OpenPhoto
from pipeline.review.refusals import nothing_to_accept, overruled
from pipeline.review.reshaped import Reshaped, compare_forms
from pipeline.review.shared import SharedSession
from pipeline.review.sheet import Meant
from pipeline.review.sitting import Sitting
from pipeline.review.statistics import Statistics, read_statistics
from pipeline.review.stored_draft import StoredDraft, Whose, strokes_behind
from pipeline.review.verdict import OUTLINE, Ruling, TakenBack, stored_kind
from pipeline.review.versions import Version, compare_versions, dont_fit, drawn_on, nothing_on
from pipeline.review.viewer_refiner import ViewerRefiner
from pipeline.review.waiting import Said
from pipeline.review.whereabouts import Whereabouts
from pipeline.review.writer import Writer
from pipeline.work.scorer import Scorer
from pipeline.work.shelf import Viewed
from pipeline.work.viewer import Viewer


class ReviewSession(SharedSession):
    """One reviewer's work on one folder. Its methods block.

    One thread may open photos while another decides; the editor of an open photo is touched by one
    thread at a time, of which `decide` is one. `pipeline.review.desk` has the threads of a screen.
    `viewer` decodes for the screen, which doesn't wait behind what `scorer` does; that one is asked
    for a map that was lost. All three stay the caller's; `close` waits for the last edit.
    """

    def __init__(
        self,
        store: Store,
        scorer: Scorer,
        viewer: Viewer,
        folder: Path,
        reviewer: str,
    ) -> None:
        super().__init__(store, reviewer)
        self.folder = folder.resolve()
        self.sitting = Sitting()
        self._scorer = scorer
        self._viewer = viewer
        self._writer = Writer()
        self._viewing = ThreadPoolExecutor(1, "viewing")
        self._followed = FollowedQueue(store, str(self.folder), reviewer)

    @property
    def pending(self) -> int:
        """How many edits and remarks are queued and not yet committed."""
        return self._writer.pending

    @property
    def refused(self) -> WriteFailed | None:
        """Why queued edits could not be committed when that was last tried; None if they were."""
        return self._writer.refused

    def queue(self) -> Generator[QueueItem, None, None]:
        """The folder's photos, waiting and decided, in the order to review them, all of now.

        They are read as they are asked for; who doesn't ask for all of them closes it.
        """
        return self._followed.read()

    def is_listed(self) -> bool:
        """Whether the queue was read to its end, and has the same photos in the same order now."""
        return self._followed.is_listed()

    def changed(self, photo_ids: Collection[int]) -> list[QueueItem]:
        """The lines of these photos, and of those of which others said something meanwhile.

        That is since the queue was read, or this was asked for.
        """
        return self._followed.changed(photo_ids)

    def statistics(self) -> Statistics:
        """What all decisions come to; takes a moment, and nothing waits for it."""
        return read_statistics(self._store)

    def watch(self) -> Changes:
        """Tells whether anything was committed, by whomever."""
        return self._store.watch()

    def news(self) -> tuple[bool, bool]:
        """Whether `changed` would bring something, and whether the whole queue would besides."""
        return self._followed.news()

    def set_aside(self) -> list[SetAside]:
        """The folder's files that could not become photos."""
        return self._store.set_aside_files(str(self.folder))

    def open(self, photo_id: int, longest: int = 1024) -> OpenPhoto:
        """Open a photo with the reviewer's unfinished edits; `longest` bounds the small picture.

        Raises PhotoError when the file can't be read, ReviewError when it is not there or holds
        another picture now, PhotoTooSlow, WriteFailed, WorkerDied.
        """
        # An earlier opening of the same photo may have edits on their way.
        self.drain()
        found = self._store.to_open(photo_id, self.reviewer)
        where = Whereabouts.of(self._store, photo_id, found.details.path)
        # Another process decodes it meanwhile.
        viewed = self._viewing.submit(where.read, lambda path: self._viewer.view(path, longest))
        try:
            prediction = self._prediction(found, where, viewed)
            editor = self._editor(found, prediction)
        finally:
            # What is wrong with the file is said before what is wrong with its edits.
            picture = viewed.result().photo.pixels
        return OpenPhoto(
            details=found.details,
            where=where,
            picture=picture,
            prediction=prediction,
            editor=editor,
            refiner=ViewerRefiner(self._viewer, where),
            begun=found.begun,
            kept=sum(len(each.edits) for each in found.kept),
        )

    def look(self, photo: OpenPhoto, framing: Framing) -> Pixels:
        """What a framing shows of an opened photo, from its full resolution: uint8 (gh, gw, 3).

        Raises PhotoError when the file can't be read, ReviewError when it is not there or holds
        another picture now, PhotoTooSlow, WorkerDied.
        """
        return photo.where.read(lambda path: self._viewer.region(path, framing)).photo.pixels

    def look_ahead(self, photo: OpenPhoto) -> None:
        """Have an opened photo decoded whole while nobody waits for it."""
        # Whoever looks at it is told what is wrong with it.
        with suppress(PhotoError, PipelineError):
            self._viewer.ahead(photo.where.path)

    def decide(self, photo: OpenPhoto, ruling: Ruling) -> Reshaped | None:
        """Store a decision on an opened photo; an accepted mask that was changed is corrected.

        Says so where the stored mask has more parts or holes than the one it was drawn on. Raises
        ReviewError when there is no outline to accept, EmptyOutline when it is empty and must not
        be, WriteFailed, and StaleDecision when someone else was faster.
        """
        photo.editor.end_stroke()
        self.drain()
        mask, change, revision = None, None, photo.details.revision
        kind = ruling.kind
        if kind in OUTLINE:
            mask, change = self._accepted(photo, ruling.may_be_empty)
            kind = stored_kind(kind, mask is not None or self._has_drawn(revision))
        self._store.decide(
            Verdict(
                photo_id=photo.details.photo_id,
                revision_id=revision.id if revision else None,
                seen_decision_id=photo.details.decision_id,
                kind=kind,
                reviewer=self.reviewer,
                seconds=ruling.seconds,
                score=ruling.remarks.score,
                note=ruling.remarks.note,
                flag=ruling.remarks.flag,
                reason=ruling.reason,
                mask=mask,
            )
        )
        self.sitting.decide(photo.details.photo_id, kind, ruling.seconds)
        return change

    def _has_drawn(self, revision: Revision | None) -> bool:
        """Whether the outline that stands is this reviewer's own: said again it is corrected."""
        if revision is None or revision.origin is Origin.MODEL:
            return False
        return revision.author == self.reviewer

    def _accepted(
        self, photo: OpenPhoto, may_be_empty: bool
    ) -> tuple[NewMask | None, Reshaped | None]:
        """The mask that accepting stores, None where nothing was corrected; and its new form."""
        editor, revision = photo.editor, photo.details.revision
        if not photo.has_outline:
            raise ReviewError(nothing_to_accept(photo.details))
        if not may_be_empty and not editor.mask.any():
            raise EmptyOutline(
                "Its outline is empty. Accept it once more if that is meant, or say that "
                "there is no lesion."
            )
        if not editor.edits:
            return None, None
        before = drawn_on(self._store, photo.details, _base_id(photo.details))
        same = np.array_equal(before, editor.mask) and not editor.said_otherwise
        if revision is not None and same:
            # By whatever way, also back to the model's: nobody has corrected anything.
            editor.rewind()
            self.drain()
        mask = self._new_mask(photo)
        if mask is None:
            return None, None
        return mask, compare_forms(before, editor.mask, max(1, len(mask.instances)))

    def remark(self, photo_id: int, remarks: Remarks, kept: Callable[[], None]) -> None:
        """Queue what is said of a photo beside its decision; `kept` is called once it is stored.

        That is after what was queued before, and before what is decided from now on.
        """

        def commit() -> None:
            self._store.remark(photo_id, self.reviewer, remarks)
            kept()

        self._writer.submit(commit)

    def keep_shape(self, photo_id: int, tool: Tool, points: Sequence[Point]) -> None:
        """Queue the points of a shape that is begun; none where it is closed, or dropped."""
        self._writer.submit(lambda: self._store.keep_shape(photo_id, self.reviewer, tool, points))

    def glance(self, item: QueueItem, side: Callable[[Mask | None], int]) -> Glance:
        """Look at a photo among others; see `pipeline.review.glance.glance`."""
        return glance(self._store, self._viewer, item, side)

    def accept_page(self, page: Sequence[Meant]) -> LeftOut:
        """Store that these outlines are accepted, all by one key; which could not be, and why.

        Raises WriteFailed.
        """
        self.drain()
        batch = uuid4().hex
        verdicts = [each.verdict(self.reviewer, batch) for each in page]
        left = self._store.decide_together(verdicts, self.holder, self.clock())
        for each in verdicts:
            if each.photo_id not in left:
                self.sitting.decide(each.photo_id, each.kind, each.seconds)
        return left

    def take_back(self) -> tuple[TakenBack, ...]:
        """Take back what the reviewer's last key decided, the last first; none if there is none.

        Raises Overruled where there is none because another reviewer has decided since.
        """
        self.drain()
        overruling = self._store.overruling(self.reviewer)
        back = self._store.take_back(self.reviewer)
        if not back and overruling is not None:
            raise Overruled(overruled(self._store.photo(overruling.photo_id), overruling))
        ids = [decision.photo_id for decision in back]
        lines = self._store.queue_lines(str(self.folder), ids, self.reviewer)
        stand = {line.photo_id: Said(line.decision, Remarks.of(line)) for line in lines}
        for photo_id in ids:
            self.sitting.take_back(photo_id)
        # One that lies in another folder is on no list here.
        return tuple(
            TakenBack(each, stand.get(each.photo_id, Said(None)), overruling) for each in back
        )

    def drain(self) -> None:
        """Wait until every edit is committed. Raises WriteFailed; the edits stay queued then."""
        self._writer.drain()

    def close(self) -> None:
        """Drain and end. Raises WriteFailed; it can be called again."""
        self._viewing.shutdown(wait=False)
        self._writer.close()

    def has_model_outline(self, photo_id: int) -> bool:
        """Whether a model has outlined a photo, wherever that stands."""
        return self._store.model_outline(photo_id, None) is not None

    def versions(self, photo: OpenPhoto) -> tuple[Version, ...]:
        """What the reviewer's kept edits made, then revisions, beside the mask as it is edited.

        The last of each come first. Raises ReviewError where kept edits don't fit what they are on.
        """
        photo.editor.end_stroke()
        details = photo.details
        kept = self._store.kept_edits(self.reviewer, details.photo_id, _base_id(details))
        return compare_versions(self._store, details, kept, photo.editor.mask)

    def _editor(self, found: ToOpen, prediction: Prediction | None) -> Editor:
        details, drawn, stored = found.details, found.drawn, found.draft
        base, revision = _base_id(details), details.revision
        whose = Whose(self.reviewer, details.photo_id, base)
        keeper = StoredDraft(self._store, self._writer, whose, stored.draft_id if stored else None)
        past = Past(
            by_hand=drawn.strokes if drawn else (),
            find_model=partial(self._model_outline, details.photo_id, base),
            strokes=partial(strokes_behind, self._store),
            several=drawn is not None and bool(drawn.instances),
        )
        mask = rle.decode(drawn.rle) if drawn else nothing_on(details.size)
        threshold = revision.threshold if revision else None
        editor = Editor(mask, threshold, prediction, keeper, past)
        if stored is not None:
            try:
                editor.replay(stored.edits, stored.cursor)
            except PatchError as error:
                raise ReviewError(dont_fit(error)) from error
        return editor

    def _model_outline(
        self, photo_id: int, revision_id: int | None
    ) -> tuple[Revision, Mask] | None:
        found = self._store.model_outline(photo_id, revision_id)
        return None if found is None else (found, rle.decode(self._store.mask(found.id)))

    def _prediction(
        self, found: ToOpen, where: Whereabouts, viewed: Future[Viewed]
    ) -> Prediction | None:
        """The stored probabilities; made again where the cache was lost and the model is here."""
        if found.made is None:
            return None
        stored = self._store.kept_map(found.made)
        if stored is not None:
            return stored
        try:
            if self._scorer.model().hash != found.made.receipt.model_hash:
                return None
            # Where it lies is known once it is seen.
            viewed.result()
            made = self._scorer.segment(where.path)
            shown = made.fingerprint.content_hash
            kept = self._store.keep_map(found.details.photo_id, shown, made.prediction)
            return made.prediction if kept else None
        except (ModelError, PhotoError, PipelineError):
            return None

    def _new_mask(self, photo: OpenPhoto) -> NewMask | None:
        editor, stored = photo.editor, self._stored_draft(photo.details)
        if not editor.edits or stored is None:
            return None
        return NewMask(
            draft_id=stored.draft_id,
            rle=rle.encode(editor.mask),
            measurements=editor.measurements(),
            origin=editor.origin,
            threshold=editor.threshold,
            instances=tuple(
                rle.encode(lesion.on(photo.details.size)) for lesion in editor.lesions()
            ),
        )

    def _stored_draft(self, details: PhotoDetails) -> DraftState | None:
        return self._store.draft(self.reviewer, details.photo_id, _base_id(details))


def _base_id(details: PhotoDetails) -> int | None:
    return None if details.revision is None else details.revision.id
