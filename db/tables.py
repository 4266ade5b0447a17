"""The tables. Facts are added and never changed; what moves is a pointer or a cursor.

Remarks and shapes, which no decision has taken in, are as they were left.
"""

from datetime import datetime

from sqlalchemy import BigInteger, Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field

from db.columns import Moment, Unsigned
from db.table import Table as Table  # noqa: PLC0414 - whoever wants all tables has them from here
from db.table import fresh_ids


class PhotoRow(Table, table=True):
    """A picture, whatever files hold it; `supersedes_id` is what its first path held before."""

    __tablename__ = "photo"

    id: int = fresh_ids("photo")
    content_hash: str = Field(unique=True)
    format: str
    width: int
    height: int
    supersedes_id: int | None = Field(default=None, foreign_key="photo.id")
    added_at: datetime = Field(sa_type=Moment)


class FileRow(Table, table=True):
    """Bytes that lay at a path; `gone_at` is None while they still do, as far as is known."""

    __tablename__ = "file"

    __table_args__ = (UniqueConstraint("path", "sha256"),)

    id: int = Field(default=None, primary_key=True)
    photo_id: int = Field(foreign_key="photo.id", index=True)
    path: str
    sha256: str
    inode: int = Field(sa_type=Unsigned, index=True)
    bytes: int = Field(sa_type=BigInteger)
    modified_ns: int = Field(sa_type=BigInteger)
    seen_at: datetime = Field(sa_type=Moment)
    gone_at: datetime | None = Field(default=None, sa_type=Moment)


class AsideRow(Table, table=True):
    """A file that could not become a photo, as it is now, and why.

    `cause` says whether the file was at fault or the machine, which deserves another try.
    """

    __tablename__ = "aside"

    path: str = Field(primary_key=True)
    inode: int = Field(sa_type=Unsigned)
    bytes: int = Field(sa_type=BigInteger)
    modified_ns: int = Field(sa_type=BigInteger)
    reason: str
    cause: str
    seen_at: datetime = Field(sa_type=Moment)


class ModelRow(Table, table=True):
    """A model that has outlined a photo here; `name` is the one that it first came under."""

    __tablename__ = "model"

    hash: str = Field(primary_key=True)
    name: str
    first_seen_at: datetime = Field(sa_type=Moment)


class PredictionRow(Table, table=True):
    """The receipt of one model's map for one photo; the map itself is in the cache beside.

    `model_name` is what the model was called then: a package can be renamed, its hash stays.
    `unseen_fraction` is how much of the photo its framing cut off, `predicted_jaccard` how good the
    model expects its mask to be; None where a prediction was made before nevus kept them.
    `lesion_probability` is how sure the model is that there is a lesion at all, from 0 to 1; None
    where it doesn't say.
    """

    __tablename__ = "prediction"

    __table_args__ = (UniqueConstraint("photo_id", "model_hash", "framing"),)

    id: int = Field(default=None, primary_key=True)
    photo_id: int = Field(foreign_key="photo.id")
    file_id: int = Field(foreign_key="file.id")
    model_name: str
    model_hash: str = Field(foreign_key="model.hash", index=True)
    backend: str
    device: str
    milliseconds: float
    framing: str
    unseen_fraction: float | None
    predicted_jaccard: float | None = Field(index=True)
    lesion_probability: float | None
    made_at: datetime = Field(sa_type=Moment)


class RevisionRow(Table, table=True):
    """A mask of a photo: who drew it, how, from which other, and on which prediction it rests."""

    __tablename__ = "revision"

    id: int = fresh_ids("revision")
    photo_id: int = Field(foreign_key="photo.id", index=True)
    parent_id: int | None = Field(default=None, foreign_key="revision.id")
    prediction_id: int | None = Field(default=None, foreign_key="prediction.id", index=True)
    author: str
    origin: str
    threshold: float | None
    created_at: datetime = Field(sa_type=Moment)


class MaskRow(Table, table=True):
    """A revision's pixels as COCO RLE; in a table of their own, so that no list reads them."""

    __tablename__ = "mask"

    revision_id: int = Field(primary_key=True, foreign_key="revision.id")
    width: int
    height: int
    counts: bytes = Field(sa_type=LargeBinary)


class InstanceRow(Table, table=True):
    """One lesion of a mask on which a reviewer said there are several; `number` counts from 1.

    `counts` are its pixels, as the mask's own. A mask without any is one lesion, or none.
    """

    __tablename__ = "instance"

    revision_id: int = Field(primary_key=True, foreign_key="revision.id")
    number: int = Field(primary_key=True)
    counts: bytes = Field(sa_type=LargeBinary)


class MeasurementRow(Table, table=True):
    """One thing that was measured on a revision's mask, by its name, with its unit."""

    __tablename__ = "measurement"

    revision_id: int = Field(primary_key=True, foreign_key="revision.id")
    name: str = Field(primary_key=True)
    value: float
    unit: str


class ScaleRow(Table, table=True):
    """How many millimetres a pixel of the upright photo is wide, as someone said.

    `how` is what it was read from: a ruler in the picture, a camera's known lens. The last one said
    holds.
    """

    __tablename__ = "scale"

    id: int = Field(default=None, primary_key=True)
    photo_id: int = Field(foreign_key="photo.id", index=True)
    mm_per_pixel: float
    reviewer: str
    how: str
    said_at: datetime = Field(sa_type=Moment)


class MembershipRow(Table, table=True):
    """Photos of one patient, or of one lesion, belong together: a split must not part them.

    `kind` says which of the two, `name` whom or which; `source` is where that is from: a folder, a
    pattern of names, a table. The last one said of a kind holds.
    """

    __tablename__ = "membership"

    __table_args__ = (Index(None, "kind", "name"),)

    id: int = Field(default=None, primary_key=True)
    photo_id: int = Field(foreign_key="photo.id", index=True)
    kind: str
    name: str
    reviewer: str
    source: str
    said_at: datetime = Field(sa_type=Moment)


class ClaimRow(Table, table=True):
    """A photo that a reviewer has open, so that nobody else is handed it before `until`.

    `made_at` is when the session that has it open began, which tells two of one reviewer apart, and
    `process` where it runs; empty where that is not known.
    """

    __tablename__ = "claim"

    photo_id: int = Field(primary_key=True, foreign_key="photo.id")
    reviewer: str = Field(index=True)
    made_at: datetime = Field(sa_type=Moment)
    process: str = Field(default="", sa_column_kwargs={"server_default": ""})
    until: datetime = Field(sa_type=Moment)


class TombstoneRow(Table, table=True):
    """A picture that someone had forgotten: all but its hash is gone, and it is not taken in again.

    It points at no photo, since there is none any more.
    """

    __tablename__ = "tombstone"

    content_hash: str = Field(primary_key=True)
    reviewer: str
    made_at: datetime = Field(sa_type=Moment)


class DraftRow(Table, table=True):
    """One reviewer's unfinished correction of one revision; `cursor` of its edits are live.

    `base_revision_id` is None where it is drawn on a photo without an outline.
    """

    __tablename__ = "draft"

    __table_args__ = (
        UniqueConstraint("photo_id", "base_revision_id", "reviewer"),
        # For a constraint no NULL is like another: it would let in two drafts on nothing.
        Index(
            "uq_draft_photo_id_reviewer",
            "photo_id",
            "reviewer",
            unique=True,
            sqlite_where=text("base_revision_id IS NULL"),
        ),
    )

    id: int = fresh_ids("draft")
    reviewer: str
    photo_id: int = Field(foreign_key="photo.id")
    base_revision_id: int | None = Field(default=None, foreign_key="revision.id", index=True)
    cursor: int
    created_at: datetime = Field(sa_type=Moment)


class EditRow(Table, table=True):
    """One edit of a draft.

    `sequence` counts the draft's edits as they were made, `position` says which of the line it is;
    `abandoned_by_id` is the edit that branched off before it, after an undo. `tool` made it, set as
    `settings` say, a JSON object of numbers by name. `covered` are the pixels of the box that a
    tool passed, packed as `bits` are.
    """

    __tablename__ = "edit"

    __table_args__ = (UniqueConstraint("draft_id", "sequence"),)

    id: int = fresh_ids("edit")
    draft_id: int = Field(foreign_key="draft.id")
    sequence: int
    position: int
    abandoned_by_id: int | None = Field(default=None, foreign_key="edit.id")
    left: int
    top: int
    width: int
    height: int
    bits: bytes = Field(sa_type=LargeBinary)
    covered: bytes | None = Field(default=None, sa_type=LargeBinary)
    hash_before: str
    hash_after: str
    tool: str
    settings: str
    made_at: datetime = Field(sa_type=Moment)


class ShapeRow(Table, table=True):
    """A shape that a reviewer has begun on a photo and not closed.

    `points` are a JSON list of pairs, x and y in photo pixels.
    """

    __tablename__ = "shape"

    photo_id: int = Field(primary_key=True, foreign_key="photo.id")
    reviewer: str = Field(primary_key=True)
    tool: str = Field(primary_key=True)
    points: str
    drawn_at: datetime = Field(sa_type=Moment)


class DecisionRow(Table, table=True):
    """What a reviewer said of a photo, looking at `base_revision_id`, and the mask that stands.

    `batch` is shared by what one key decided at once, None where that was one photo. `flag` marks
    what someone should look at again; `reason` is why it was rejected, empty where none was given.
    """

    __tablename__ = "decision"

    id: int = fresh_ids("decision")
    photo_id: int = Field(foreign_key="photo.id", index=True)
    base_revision_id: int | None = Field(default=None, foreign_key="revision.id")
    revision_id: int | None = Field(default=None, foreign_key="revision.id")
    draft_id: int | None = Field(default=None, foreign_key="draft.id")
    kind: str
    reviewer: str = Field(index=True)
    seconds: float
    score: int | None
    note: str
    batch: str | None = Field(default=None, index=True)
    flag: bool
    reason: str
    created_at: datetime = Field(sa_type=Moment)


class RemarkRow(Table, table=True):
    """What a reviewer says of a photo beside its decision, until one of his takes it in."""

    __tablename__ = "remark"

    photo_id: int = Field(primary_key=True, foreign_key="photo.id")
    reviewer: str = Field(primary_key=True)
    score: int | None
    note: str
    flag: bool
    said_at: datetime = Field(sa_type=Moment)


class RetractionRow(Table, table=True):
    """A decision was taken back: one more fact, the decision stays."""

    __tablename__ = "retraction"

    decision_id: int = Field(primary_key=True, foreign_key="decision.id")
    reviewer: str
    created_at: datetime = Field(sa_type=Moment)


class StandingRow(Table, table=True):
    """Where a photo stands: pointers to the revision and the decision that are current."""

    __tablename__ = "standing"

    __table_args__ = (
        # To come from a revision to its photo; for those without one it would only tempt.
        Index(
            None,
            "revision_id",
            sqlite_where=text("revision_id IS NOT NULL"),
        ),
    )

    photo_id: int = Field(primary_key=True, foreign_key="photo.id")
    revision_id: int | None = Field(default=None, foreign_key="revision.id")
    decision_id: int | None = Field(default=None, foreign_key="decision.id")


class ModelUseRow(Table, table=True):
    """A model began to outline photos here, or `photos` came to stand on its outlines of before.

    The last one is the model whose outlines undecided photos stand on, or will once they have one.
    """

    __tablename__ = "model_use"

    id: int = Field(default=None, primary_key=True)
    model_hash: str
    photos: int
    begun_at: datetime = Field(sa_type=Moment)


class DisagreementRow(Table, table=True):
    """How far what a decision says of a photo is from a model's outline: 1 - Jaccard, 0 to 1.

    Only of models on whose outline it was not made.
    """

    __tablename__ = "disagreement"

    __table_args__ = (UniqueConstraint("decision_id", "model_hash"),)

    id: int = Field(default=None, primary_key=True)
    photo_id: int = Field(foreign_key="photo.id", index=True)
    decision_id: int = Field(foreign_key="decision.id")
    model_hash: str = Field(foreign_key="model.hash")
    outline_id: int = Field(foreign_key="revision.id")
    value: float
