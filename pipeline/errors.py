"""What can go wrong in a step of the work, each with a sentence for a person."""


class PipelineError(Exception):
    """A step of the work failed; its text is a sentence for a person."""


class WorkerDied(PipelineError):
    """The worker process died at every try of the same job."""


class PhotoTooSlow(PipelineError):
    """A photo took longer to decode than a photo may."""


class WorkerClosed(PipelineError):
    """The worker was closed while a job waited or ran."""


class JobFailed(PipelineError):
    """A job failed in a way nobody foresaw; the worker goes on."""


class FolderGone(PipelineError):
    """The folder with the photos is not there."""


class SegmentedElsewhere(PipelineError):
    """Another process alone may segment into the database, and does not do what is asked for."""


class ScanStopped(PipelineError):
    """Nobody waits any more for what a look through a folder finds."""


class WriteFailed(PipelineError):
    """Edits could not be committed; they are kept and can be tried again."""


class ReviewError(PipelineError):
    """A photo could not be opened or decided as asked."""


class Overruled(ReviewError):
    """What a reviewer decided last was decided anew by another, so that it can't be taken back."""


class EmptyOutline(ReviewError):
    """An outline without a pixel was accepted, and nobody said that it is meant."""


class NothingToRepair(ReviewError):
    """An edit would leave the outline as it is; its text says why."""


class ExportError(PipelineError):
    """A dataset could not be written."""


class WrongChoice(ExportError):
    """What was asked of a dataset makes no sense, whatever the photos are."""


class LabelError(PipelineError):
    """A dataset could not be read as labels; its text names the file and what is wrong."""


class WrongDestination(ExportError):
    """A dataset or a backup was to be written where none may lie."""


class UpkeepError(PipelineError):
    """A database could not be copied, put back, or made to forget."""


def said_of(error: Exception) -> str:
    """What was wrong with what was read, in words; a name that is missing is called so."""
    if isinstance(error, KeyError):
        return f"there is no “{error.args[0]}” in it"
    if isinstance(error, OSError):
        return error.strerror or str(error)
    if isinstance(error, TypeError | AttributeError):
        return "something in it is missing, or of another kind"
    return str(error)
