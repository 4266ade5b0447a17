"""Whether a process that segments will do what another one waits for, or never."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from pipeline.counted import counted
from pipeline.errors import SegmentedElsewhere
from pipeline.intake.notice import Notice

_SHORT = 12
"""Digits of a model's hash that tell it from others."""


@dataclass(frozen=True)
class Patience:
    """How long is waited for another process, in seconds."""

    look: float = 0.5
    """Between two looks at what it did."""
    idle: float = 100.0
    """Until photos that it leaves undone, with nothing else to do, are given up: by then it has
    looked through its folder three times."""
    silent: float = 900.0
    """The same where it has more to do and nothing moves: longer than it puts a photo off."""


USUAL = Patience()


@dataclass(frozen=True)
class Goal:
    """What is waited for: the outlines of a model in a folder, in a database."""

    folder: Path
    model: str
    database: Path


class Standstill:
    """For how long nothing has moved."""

    def __init__(self, patience: Patience) -> None:
        self._patience = patience
        self._stand: object = None
        self._since = monotonic()

    def too_long(self, other: Notice | None, left: int) -> bool:
        """Whether nothing has moved for longer than there is patience."""
        stand = None if other is None else (other.pid, other.found, other.done)
        if (stand, left) != self._stand:
            self._stand, self._since = (stand, left), monotonic()
        idle = other is not None and other.done >= other.found
        longest = self._patience.idle if idle else self._patience.silent
        return monotonic() - self._since >= longest


def check_not_in_vain(
    goal: Goal, left: Sequence[Path], other: Notice | None, standstill: Standstill
) -> None:
    """Raise SegmentedElsewhere where another process will not do the photos that are left.

    One that ends by itself is waited for, whatever it does.
    """
    if other is not None and other.ends:
        return
    reason = None if other is None else _never(goal, other)
    if reason is None and standstill.too_long(other, len(left)):
        reason = _not_so_far(left, other)
    if reason is not None:
        raise SegmentedElsewhere(
            f"{counted(len(left), 'photo')} of {goal.folder} can't be outlined now. "
            f"{name_of(other)} {reason}, and while it runs no other outlines photos into "
            f"{goal.database}. Quit it and run this again, or name another database with --db."
        )


def _never(goal: Goal, other: Notice) -> str | None:
    """Why another process will not do what is waited for, however long; None where it may."""
    if not other.covers(goal.folder):
        gone = "" if Path(other.folder).is_dir() else ", which is not there any more (renamed?)"
        return f"looks after another folder, {other.folder}{gone}"
    if other.model not in {None, goal.model}:
        return f"uses another model ({_short(other.model)}, and this one is {_short(goal.model)})"
    return None


def _not_so_far(left: Sequence[Path], other: Notice | None) -> str:
    """What another process has not done for so long that it is given up."""
    if other is not None and other.model is None:
        return "could not open its model"
    others = " and others" if len(left) > 1 else ""
    return f"has left {left[0].name}{others} undone until now"


def _short(model: str | None) -> str:
    return "none" if model is None else f"{model[:_SHORT]}…"


def name_of(other: Notice | None) -> str:
    """Which process segments, to begin a sentence with."""
    if other is None:
        return "Another nevus"
    since = f"{other.since.astimezone():%Y-%m-%d %H:%M}"
    return f"Another nevus ({other.program}, process {other.pid} on {other.host}, since {since})"
