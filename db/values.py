"""What the store hands out: frozen values, never a session or a row that is tied to one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from imaging.framing import Size
from imaging.values import Measurements, Patch, Receipt, Rle

THRESHOLD = "threshold"
"""The one setting of the tool of that name, and of the model's outline; of a revision if it has."""
SEVERAL = "several"
"""Whether a mask's parts are a lesion each (1), or all of them one (0)."""
REVISION = "revision"
"""Which one an edit went back to, by its id."""
KEPT = "edit"
"""Which kept edits it went back to: the last of them, by its id."""


class DecisionKind(StrEnum):
    """What a reviewer said of a photo's mask."""

    ACCEPTED = "accepted"
    CORRECTED = "corrected"
    REJECTED = "rejected"
    NO_LESION = "no lesion"
    SKIPPED = "skipped"


class Origin(StrEnum):
    """How a revision's mask came to be."""

    MODEL = "model"
    BRUSH = "brush"
    THRESHOLD = "threshold"
    IMPORTED = "imported"


class Tool(StrEnum):
    """What an edit was made with; but for `REDRAWN` all that draw are guided by hand."""

    BRUSH = "brush"
    THRESHOLD = "threshold"
    MODEL = "model"
    """The mask is the model's own again: what was drawn by hand before is gone with it."""
    LASSO = "lasso"
    POLYGON = "polygon"
    BOX = "box"
    FILL = "fill"
    GROW = "grow"
    SHRINK = "shrink"
    SMOOTH = "smooth"
    CLEAR = "clear"
    KEEP = "keep"
    DROP = "drop"
    INSTANCES = "instances"
    """The mask stays: it was said whether its parts are one lesion or several."""
    REVISION = "revision"
    """The mask is that of a revision, or of kept edits, with what was drawn by hand on the way."""
    REFINE = "refine"
    """A network drew it anew at a mark of the reviewer's."""


REDRAWN = (Tool.THRESHOLD, Tool.MODEL, Tool.REVISION)
"""What makes all of a mask anew."""


class Cause(StrEnum):
    """What kept a file from becoming a photo."""

    FILE = "file"
    """It will not become one until it changes."""
    MACHINE = "machine"
    """Bad luck: it is to be tried again."""
    ASKED = "asked"
    """Either, and somebody asked that it be looked at once more."""
    FORGOTTEN = "forgotten"
    """It holds a photo that somebody had forgotten, and is never taken in again."""


@dataclass(frozen=True, slots=True)
class QueueItem:
    """A photo's line in the queue; holds no mask and no picture."""

    photo_id: int
    path: str
    name: str
    decision: DecisionKind | None
    segmented: bool
    has_draft: bool
    area_fraction: float | None
    predicted_jaccard: float | None = None
    lesion_probability: float | None = None
    decision_id: int | None = None
    """Grows with each decision, so that what was decided first can come first."""
    edited_since: bool = False
    """Whether there are live edits that the decision does not hold."""
    flag: bool = False
    """Whether the decision flags the photo, or the reviewer has since; so with score and note."""
    reviewer: str = ""
    """Who decided; empty where nobody did."""
    score: int | None = None
    note: str = ""
    revision_id: int | None = None
    """The outline that stands; None where there is none."""
    disagreement: float | None = None
    """How far the decision is from the outline of the model in use, where it was made on another's:
    1 - Jaccard."""


@dataclass(frozen=True)
class Remarks:
    """What a reviewer says of a photo beside its decision; `score` is from 1 to 5."""

    score: int | None = None
    note: str = ""
    flag: bool = False

    @classmethod
    def of(cls, said: "Decision | PhotoDetails | QueueItem") -> "Remarks":
        """What a decision said, or what is said of a photo now."""
        return cls(said.score, said.note, said.flag)


NO_REMARKS = Remarks()


@dataclass(frozen=True)
class Heard:
    """What was the newest of all that is told of photos when it was asked for."""

    decision_id: int = 0
    taken_back_at: datetime | None = None
    taken_back: int = 0
    """How many decisions were taken back: clocks are put back too."""
    arrived: tuple[int, ...] = (0, 0, 0, 0)
    """The newest file, outline of a model, model that is used, and comparison with its outline."""
    set_aside: tuple[int, datetime | None] = (0, None)
    forgotten: int = 0
    """How many files are set aside, and when the newest of them was."""


@dataclass(frozen=True)
class Lying:
    """Which files are gone from where they lay, told without naming them."""

    gone: int
    ids: int
    """The sum of their numbers: one may have come back as another one went."""
    last: datetime | None
    """When the last of them went, by the clock."""


@dataclass(frozen=True)
class SetAside:
    """A file that could not become a photo, with the reason."""

    path: str
    name: str
    reason: str
    cause: Cause = Cause.FILE


@dataclass(frozen=True)
class HistoryEntry:
    """One fact of a photo's history: a revision, a decision or one taken back.

    `who` is the reviewer, empty where a model drew: `what` names it then.
    """

    at: datetime
    who: str
    what: str


@dataclass(frozen=True)
class Revision:
    """A stored mask, without its pixels."""

    id: int
    photo_id: int
    parent_id: int | None
    author: str
    origin: Origin
    threshold: float | None
    created_at: datetime
    measurements: Measurements


@dataclass(frozen=True)
class DrawnRevision:
    """A revision and the model on whose prediction it rests, by name; empty where on none."""

    revision: Revision
    model: str


@dataclass(frozen=True)
class PhotoDetails:
    """A photo with what is known of it; `revision` is the current one."""

    photo_id: int
    path: str
    name: str
    size: Size
    format: str
    revision: Revision | None
    receipt: Receipt | None
    decision: DecisionKind | None
    decision_id: int | None
    history: tuple[HistoryEntry, ...]
    predicted_jaccard: float | None = None
    """What the model expects of its own mask, whatever reviewers made of it since."""
    lesion_probability: float | None = None
    """How sure the model is that there is a lesion at all."""
    unseen_fraction: float | None = None
    """How much of the photo the model's framing cut off."""
    score: int | None = None
    note: str = ""
    flag: bool = False
    """What the decision that stands says beside, or the reviewer has said since."""
    reason: str = ""
    """Why that decision rejects."""
    disagreement: float | None = None
    """As in the queue's line."""


@dataclass(frozen=True)
class DraftState:
    """A reviewer's unfinished correction of one revision, or of a photo that has none (None).

    `edits` are the live line of edits in order, the undone ones included; the first `cursor` of
    them are applied.
    """

    draft_id: int
    photo_id: int
    base_revision_id: int | None
    cursor: int
    edits: tuple["DraftEdit", ...]


@dataclass(frozen=True)
class DraftEdit:
    """One edit of a draft, and what it was made with; `settings` are the tool's, by name.

    `covered` are the pixels of the patch's box that the tool passed, changed by it or not, as
    `imaging.mask.edit.packed`: those of a stroke, the inside of a shape, and the parts that were
    kept and dropped. None for all other tools, and for strokes from before this was stored.
    """

    patch: Patch
    tool: Tool
    settings: Mapping[str, float] = field(default_factory=dict)
    covered: bytes | None = None

    @classmethod
    def at_threshold(cls, patch: Patch, threshold: float) -> "DraftEdit":
        """The mask drawn anew from the model's probabilities, at a threshold from 0 to 1."""
        return cls(patch, Tool.THRESHOLD, {THRESHOLD: threshold})

    @property
    def threshold(self) -> float | None:
        """At which threshold the mask was drawn anew; None where it was drawn by hand."""
        return self.settings.get(THRESHOLD)

    @property
    def several(self) -> bool | None:
        """Whether the mask's parts are a lesion each from then on; None where nothing is said."""
        found = self.settings.get(SEVERAL)
        return None if found is None else bool(found)

    @property
    def revision_id(self) -> int | None:
        """Which revision it went back to; None where it did to none."""
        found = self.settings.get(REVISION)
        return None if found is None else int(found)

    @property
    def kept_id(self) -> int | None:
        """Which kept edits it went back to, as `KeptEdits.last_id`; None where it did to none."""
        found = self.settings.get(KEPT)
        return None if found is None else int(found)


@dataclass(frozen=True)
class KeptEdits:
    """A reviewer's live edits, in no decision, on an outline that doesn't stand any more.

    Of one revision, or of a photo that had none (None). `last_id` tells them from all others, also
    once more is drawn there; `made_at` is when the last of them was made.
    """

    base_revision_id: int | None
    last_id: int
    edits: tuple[DraftEdit, ...]
    made_at: datetime


@dataclass(frozen=True)
class StoredEdit:
    """Where an edit was stored."""

    draft_id: int
    edit_id: int


@dataclass(frozen=True)
class NewMask:
    """The mask that a decision turns a draft into; `instances` are its lesions if several."""

    draft_id: int
    rle: Rle
    measurements: Measurements
    origin: Origin
    threshold: float | None
    instances: tuple[Rle, ...] = ()


@dataclass(frozen=True)
class Verdict:
    """A decision to be stored; `mask` only where the reviewer corrected it.

    `revision_id` and `seen_decision_id` are what the reviewer saw of the photo. `batch` is shared
    by what one key decided at once; `reason` is why it was rejected.
    """

    photo_id: int
    revision_id: int | None
    seen_decision_id: int | None
    kind: DecisionKind
    reviewer: str
    seconds: float
    score: int | None = None
    note: str = ""
    mask: NewMask | None = None
    batch: str | None = None
    flag: bool = False
    reason: str = ""


@dataclass(frozen=True)
class Decision:
    """A stored decision."""

    id: int
    photo_id: int
    revision_id: int | None
    kind: DecisionKind
    reviewer: str
    seconds: float
    score: int | None
    note: str
    created_at: datetime
    batch: str | None = None
    flag: bool = False
    reason: str = ""
