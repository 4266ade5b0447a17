"""Run one function in a process of its own, which may die without harm, and give its answer.

This is no second worker: it holds no queue, knows no jobs and serves nobody twice. Looking into a
package that perhaps kills its process (`inspect`, `trial`) is the work of `models`, which stands
below `pipeline.work` and can be used without it.
"""

import multiprocessing
import os
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any, TypeVar, cast

from models.package.package import ModelError
from models.run.ending import end_process

Answer = TypeVar("Answer")
LONGEST = 600.0
"""Seconds; a Mac may specialise a model for the Neural Engine for minutes at first."""
LAST_BREATH = 5.0
"""Seconds; a process that has closed its pipe is about to end."""


class ChildDied(ModelError):
    """The process died, or took too long and was ended."""


def in_child(function: Callable[..., Answer], *arguments: Any, seconds: float = LONGEST) -> Answer:
    """What `function` gives, run in a spawned process; what it prints is dropped.

    Raises ModelError: the function's own, or ChildDied, also where it took more than `seconds`.
    Function and arguments must be picklable.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, function, arguments), daemon=True)
    process.start()
    theirs.close()
    try:
        if not ours.poll(seconds):
            raise ChildDied(f"It took more than {seconds:.0f} seconds and was ended.")
        answer = ours.recv()
    except EOFError:
        process.join(LAST_BREATH)
        raise ChildDied(f"The process that ran it died ({_how(process.exitcode)}).") from None
    finally:
        end_process(process, LAST_BREATH)
        ours.close()
    if isinstance(answer, ModelError):
        raise answer
    return cast("Answer", answer)


def _serve(
    connection: "Connection[Any, Any]", function: Callable[..., Any], arguments: tuple[Any, ...]
) -> None:
    # Libraries print from native code; stdout may be carrying JSON.
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (1, 2):
        os.dup2(nowhere, stream)
    with suppress(BrokenPipeError):
        connection.send(_answer(function, arguments))


def _answer(function: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
    try:
        return function(*arguments)
    except ModelError as error:
        return error
    except Exception as error:  # Runtimes raise plain exceptions of many kinds.
        return ModelError(f"{type(error).__name__}: {error}")


def _how(code: int | None) -> str:
    if code is None:
        return "it hangs at its end"
    return f"signal {-code}" if code < 0 else f"exit status {code}"
