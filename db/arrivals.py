"""What comes in: files, the photos in them, a model's outlines, and what was known before."""

from dataclasses import dataclass

from imaging.values import FileStat, Fingerprint, Measurements, Prediction, Rle


@dataclass(frozen=True)
class LookUp:
    """What is known of a file that was not read yet.

    `known` is whether it is as it was when it was last read; `photo_id` is its photo then, None
    where it was set aside for its own fault, or is not known. `outlined` is whether the model has
    outlined that photo. `contents` is what the file may hold that the model has outlined, as
    content hashes: what lay at its path before, and what the same file held under another name.
    """

    known: bool
    photo_id: int | None
    outlined: bool
    contents: frozenset[str]


@dataclass(frozen=True, slots=True)
class Unchanged:
    """What is known of a file that is as it was when it was last read.

    `photo_id` is its photo, None where it was set aside for its own fault; `outlined` is whether
    the model has outlined that, `decided` whether a reviewer has decided on it.
    """

    photo_id: int | None
    outlined: bool
    decided: bool = False


@dataclass(frozen=True)
class NewPhoto:
    """A file that was fingerprinted, to be stored with the photo in it."""

    stat: FileStat
    fingerprint: Fingerprint


@dataclass(frozen=True, eq=False)
class NewOutline:
    """What a model made of a photo, and the mask drawn from it at `threshold`."""

    prediction: Prediction
    rle: Rle
    measurements: Measurements
    threshold: float


@dataclass(frozen=True, eq=False)
class Arrival:
    """A file that comes in, with what a model made of its photo where one did."""

    photo: NewPhoto
    outline: NewOutline | None = None


@dataclass(frozen=True)
class TakenIn:
    """What became of a file: its photo, and what was known of that before.

    `path_before` is where the photo lay, None where it is new; `outlined_before` is whether the
    model had outlined it.
    """

    photo_id: int
    path_before: str | None
    outlined_before: bool
