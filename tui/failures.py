"""The failures that end in a sentence for a person, not in a crash."""

from db.errors import (
    DamagedDatabase,
    DatabaseBusy,
    DiskFull,
    ReadOnlyDatabase,
    StaleDecision,
    StoreError,
)
from imaging.mask.edit import PatchError
from imaging.photo import PhotoError
from models.package.package import ModelError
from pipeline.errors import EmptyOutline, PipelineError, WriteFailed

EXPECTED = (StoreError, PhotoError, ModelError, PipelineError, PatchError)
BRIEF: tuple[tuple[type[Exception], str], ...] = (
    (DiskFull, "no room on the disk"),
    (DatabaseBusy, "database is held"),
    (ReadOnlyDatabase, "can't be written"),
    (DamagedDatabase, "database is damaged"),
    (StaleDecision, "photo has changed"),
    (EmptyOutline, "outline is empty"),
)


def brief(problem: Exception) -> str:
    """A failure to save in so few words that the status line has room for them."""
    cause = problem.__cause__ if isinstance(problem, WriteFailed) else problem
    return next((words for kind, words in BRIEF if isinstance(cause, kind)), "refused")
