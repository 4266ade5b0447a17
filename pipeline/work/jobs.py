"""What travels between this process and one that may die: jobs there, and words back."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any, ClassVar, Protocol, TypeVar

Answer_co = TypeVar("Answer_co", covariant=True)
Bench_co = TypeVar("Bench_co", bound="Bench", covariant=True)
Bench_contra = TypeVar("Bench_contra", bound="Bench", contravariant=True)


class Phase(Enum):
    """What a job is at; the process tells it as it goes on, so that a hang can be explained."""

    READING = "reading"
    DECODING = "decoding"
    COMPUTING = "computing"


Tell = Callable[[Phase], None]
"""Hears when a job comes to its next phase."""


class Bench(Protocol):
    """What a process keeps between its jobs."""

    def open(self) -> None:
        """Open what the jobs that say `opens` rest on, if it is not open yet. Raises ModelError."""


class Job(Protocol[Bench_contra, Answer_co]):
    """Something a process can do; it and its answer are pickled."""

    reads: ClassVar[bool]
    """Whether it reads and decodes a photo, which may take as long as photos may."""
    opens: ClassVar[bool]
    """Whether the bench is opened before, which no photo is to pay for."""

    def run(self, bench: Bench_contra, /) -> Answer_co:
        """Do it, in that process. Raises PhotoError, ModelError and OSError."""
        ...


@dataclass(frozen=True)
class OpenJob:
    """Open the bench."""

    reads: ClassVar[bool] = False
    opens: ClassVar[bool] = True

    def run(self, bench: Bench) -> None:
        """Open it, if it is not open yet. Raises ModelError."""
        bench.open()


class Setup(Protocol[Bench_co]):
    """What a process is made for; it travels there."""

    @property
    def most_growth(self) -> int:
        """By how many bytes the process may grow in a job that reads a photo."""
        ...

    def bench(self, tell: Tell) -> Bench_co:
        """Its bench, made in that process."""
        ...

    def spare(self) -> "Setup[Bench_co] | None":
        """What to try where jobs that open this one's bench end the process every time."""
        ...


class FailureKind(Enum):
    """Whose failure it is."""

    PHOTO = "photo"
    UNAVAILABLE = "unavailable"
    """A photo's that the machine could not read for now."""
    MACHINE = "machine"
    """The machine's, in whatever else it was asked for; its reason alone is the sentence."""
    MODEL = "model"
    NO_NUMBERS = "no numbers"
    """The model's with one photo, and perhaps only where it ran."""
    NEVER_NUMBERS = "never numbers"
    """The model's with any photo, and perhaps only where it ran."""
    UNFORESEEN = "unforeseen"


@dataclass(frozen=True)
class Failed:
    """A job that failed, with its sentence."""

    kind: FailureKind
    sentence: str


@dataclass(frozen=True, eq=False)
class Done:
    """A job that went well, with its answer."""

    answer: Any


Word = Done | Failed | Phase
"""What comes back."""
