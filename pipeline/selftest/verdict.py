"""What a selftest found: each photo's fault, and the verdict over all of them in plain words."""

from dataclasses import dataclass
from enum import StrEnum
from statistics import median
from typing import TYPE_CHECKING

from models.proof.reference import Difference, References
from models.proof.reference_files import MAKE

if TYPE_CHECKING:
    from models.package.package import PackageInfo


class Fault(StrEnum):
    """What is wrong with a photo's numbers; the first that holds."""

    NONE = "none"
    PHOTO = "photo"
    """It isn't the file the references were made from, or can't be used."""
    FAILED = "failed"
    """No map came out."""
    FRAMING = "framing"
    """It lies on the model's grid otherwise."""
    PICTURE = "picture"
    """The model was given another picture: decoded otherwise, or framed otherwise after all."""
    NUMBERS = "numbers"
    """The picture was right, and the map or the mask isn't."""


@dataclass(frozen=True)
class Checked:
    """One photo against its reference.

    `device` is where the model was asked to run, and the milliseconds are the model's alone.
    `exact` says that the model's picture was the reference's to the last bit; `levels` is how far
    it is off, `SHRINK` times smaller, in grey levels.
    """

    name: str
    fault: Fault
    sentence: str = ""
    milliseconds: float = 0.0
    device: str = ""
    exact: bool = False
    levels: int = 0
    difference: Difference | None = None


class Ending(StrEnum):
    """How a selftest ended."""

    PASSED = "passed"
    WRONG = "wrong numbers"
    """The references are of this model, and other numbers came out."""
    OTHER_MODEL = "another model"
    """The references are of another model: nothing was compared."""
    OTHER_DEVICE = "another device"
    """The numbers are right, but what was asked for didn't make all of them."""
    NOT_RUN = "not run"
    """Nothing could be compared."""


@dataclass(frozen=True)
class Selftest:
    """What a selftest found; milliseconds and seconds are 0 where nothing ran."""

    verdict: Ending
    sentence: str
    model: str
    model_sha256: str
    backend: str = ""
    device: str = ""
    opening_seconds: float = 0.0
    """Starting the worker process, and loading (at first also compiling) the model."""
    first_milliseconds: float = 0.0
    median_milliseconds: float = 0.0
    photos: tuple[Checked, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether all that was asked for is right."""
        return self.verdict is Ending.PASSED


_MEANINGS = {
    Fault.PHOTO: (
        Ending.NOT_RUN,
        "The sample photos are not the ones the references were made from, so nothing is said of "
        "the model. Install nevus again.",
    ),
    Fault.FAILED: (Ending.NOT_RUN, "The model gave no map for them. Please report it."),
    Fault.FRAMING: (
        Ending.WRONG,
        "Photos are laid on the model's grid otherwise than they should be. Masks made here are "
        "not to be trusted; please report it.",
    ),
    Fault.PICTURE: (
        Ending.WRONG,
        "Photos are decoded or framed otherwise than they should be: the model is given other "
        "pictures. Masks made here are not to be trusted; please report it.",
    ),
    Fault.NUMBERS: (
        Ending.WRONG,
        "The model is the right one and is given the right pictures, and makes something else of "
        "them than it should. Masks made here are not to be trusted: try --compute-units CPU_ONLY "
        "or --backend onnxruntime, and please report it.",
    ),
}
"""What a fault means, the one to see to first at the top."""


def conclude(
    info: "PackageInfo",
    backend: str,
    asked: str,
    opening_seconds: float,
    photos: tuple[Checked, ...],
) -> Selftest:
    """The verdict over all photos, with its sentence; `asked` is the device they should run on."""
    times = [photo.milliseconds for photo in photos if photo.milliseconds] or [0.0]
    devices = list(dict.fromkeys(photo.device for photo in photos if photo.device))
    verdict, sentence = _verdict(photos, asked, devices)
    return Selftest(
        verdict=verdict,
        sentence=sentence,
        model=info.name,
        model_sha256=info.hash,
        backend=backend,
        device=", then ".join(devices),
        opening_seconds=opening_seconds,
        first_milliseconds=times[0],
        median_milliseconds=median(times),
        photos=photos,
    )


def conclude_unopened(model: str, digest: str, reason: str) -> Selftest:
    """A selftest whose model couldn't be opened, for a reason that is a sentence."""
    return Selftest(Ending.NOT_RUN, f"The model can't be opened here. {reason}", model, digest)


def conclude_other_model(references: References, info: "PackageInfo", backend: str) -> Selftest:
    """A selftest whose references are of another model than the one that was opened."""
    sentence = (
        f"The model is not the one the references were made from (hash {info.hash[:12]}, theirs "
        f"{references.package_sha256[:12]}): it is damaged or another one, and nothing was "
        "compared. If nobody changed it, copy it again or install nevus again; if it is a model "
        f"of your own, make references of it with: {MAKE}."
    )
    return Selftest(Ending.OTHER_MODEL, sentence, info.name, info.hash, backend)


def _verdict(photos: tuple[Checked, ...], asked: str, devices: list[str]) -> tuple[Ending, str]:
    for fault, (verdict, meaning) in _MEANINGS.items():
        count = sum(photo.fault is fault for photo in photos)
        if count:
            return verdict, f"{count} of {len(photos)} photos failed. {meaning}"
    if not photos:
        return Ending.NOT_RUN, "The references name no photo. Make them again."
    others = [device for device in devices if device != asked]
    if others:
        share = "the rest" if asked in devices else "all of them"
        return Ending.OTHER_DEVICE, (
            f"The numbers are right, but {asked} gave none (its process ended, or what it gave "
            f"was no number) and {others[-1]} made {share}. Masks are to be trusted; please "
            "report it."
        )
    return Ending.PASSED, (
        "This machine gives the maps and masks of the references, as near as half-precision "
        "arithmetic and image decoders allow."
    )
