"""A bar on stderr: how many photos are done, how many a second, how long the others take."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from math import ceil
from time import monotonic

from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
)
from rich.text import Text

from tui.commands.output import stderr


class PhotosPerSecond(ProgressColumn):
    """How many photos a second were worked on; what was known already takes no time."""

    def render(self, task: Task) -> Text:
        """The speed, a dash before it is known, and words where there was nothing to be done."""
        speed = task.fields["speed"]
        if speed:
            return Text(f"{speed:.1f} photos/s")
        if task.total is None or task.completed < task.total or task.fields["worked"]:
            return Text("– photos/s")
        return Text("all were known already" if task.total else "no photos here")


class TimeLeft(ProgressColumn):
    """How long the photos that are left take at that speed."""

    def render(self, task: Task) -> Text:
        """Hours, minutes and seconds; nothing where nothing is left."""
        speed, left = task.fields["speed"], task.remaining
        if not left:
            return Text()
        return Text(str(timedelta(seconds=ceil(left / speed))) if speed else "-:--:--")


class Bar:
    """The bar; it appears with the first number, so that no dead one stands above what went wrong
    before.
    """

    def __init__(self, progress: Progress, task: TaskID) -> None:
        self._progress, self._task = progress, task
        self._began: float | None = None
        self._worked = 0
        self._speed = 0.0

    def show(self, done: int, total: int) -> None:
        """So many photos of so many are done."""
        if self._began is None:
            self._began = monotonic()
            self._progress.start()
        self._progress.update(
            self._task, completed=done, total=total, speed=self._speed, worked=self._worked
        )

    def work(self) -> None:
        """One of those that are shown as done next took work."""
        self._worked += 1
        seconds = 0.0 if self._began is None else monotonic() - self._began
        # Photos come several at once: over all of the time, or those would be a thousand a second.
        self._speed = self._worked / seconds if seconds > 0 else 0.0


@contextmanager
def counting(what: str, total: int) -> Iterator[Callable[[int], None]]:
    """A bar for work on photos, all of which is new; what is given hears how many are done."""
    with progressing(what) as bar:
        bar.show(0, total)

        def count(done: int) -> None:
            bar.work()
            bar.show(done, total)

        yield count


@contextmanager
def progressing(what: str) -> Iterator[Bar]:
    """A bar for what is done to photos, until the block ends."""
    progress = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        PhotosPerSecond(),
        TimeLeft(),
        console=stderr(),
    )
    try:
        yield Bar(progress, progress.add_task(what, total=None, speed=0.0, worked=0))
    finally:
        progress.stop()
