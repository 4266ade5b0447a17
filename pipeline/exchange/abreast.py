"""Work on many things at once, on every core, whose results come in their order.

Threads suffice: what takes time with a mask (to run lengths and back, to PNG and back, its outlines
and hashes) is native code, which lets other threads go on meanwhile.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from pipeline.settings import usable_cores

Given = TypeVar("Given")
Made = TypeVar("Made")
AHEAD = 1
"""How many more than there are threads are begun, so that none waits for the one who asks."""


def abreast(work: Callable[[Given], Made], given: Iterable[Given]) -> Iterator[Made]:
    """What `work` makes of each, in order; raises what it raises, at its turn.

    `given` is asked by the caller's thread alone, and never for more than are at work, so that few
    are held at once. What it raises comes after what was made of those before.
    """
    threads = usable_cores()
    begun: deque[Future[Made]] = deque()
    end = _End()
    with ThreadPoolExecutor(threads, thread_name_prefix="abreast") as pool:
        try:
            for each in end.until(given):
                begun.append(pool.submit(work, each))
                del each
                if len(begun) >= threads + AHEAD:
                    yield begun.popleft().result()
            while begun:
                yield begun.popleft().result()
        finally:
            for future in begun:
                future.cancel()
    if end.failure is not None:
        raise end.failure


class _End:
    """How a stream ended."""

    def __init__(self) -> None:
        self.failure: Exception | None = None

    def until(self, given: Iterable[Given]) -> Iterator[Given]:
        """The stream, which ends where it fails."""
        try:
            yield from given
        except Exception as error:  # Whatever it is: it is raised, later.
            self.failure = error
