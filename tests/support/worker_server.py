"""The server behind `tests.support.workers`: it has imported the tests, and forks workers.

Each worker has a server of its own beside it, for processes that train and convert: what they need
is imported already.

Run as `python -m tests.support.worker_server LISTENER NAME... -- ARGUMENT...`, with the arguments
that pytest was given and a pipe as stdin that ends when nobody will ask any more. Each worker has a
parent of its own that waits for it and says how it ended; the time that both took is this process's
at last.
"""

import gc
import os
import pickle
import signal
import socket
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from importlib import import_module
from select import select

from tests.support import forking
from tests.support.forking import LARGEST, Start, run, take_over
from tests.support.sparing import spare_coremltools

TRAINING = {"coremltools", "torch"}


def main() -> None:
    """Import, then start what is asked for."""
    forking.end_at_once()
    listener = socket.socket(fileno=int(sys.argv[1]))
    # It's the workers that an interrupt in the terminal is meant for.
    interrupts = signal.signal(signal.SIGINT, signal.SIG_IGN)
    end = sys.argv.index("--")
    names, arguments = sys.argv[2:end], sys.argv[end + 1 :]
    # A process's first optimiser imports it, for half as long as PyTorch itself takes.
    names += ["torch._dynamo"] * ("torch" in names)
    tests = {name for name in names if name.startswith("tests.")}
    _import(sorted({*names} - tests))
    _import_tests(sorted(tests), arguments)
    gc.freeze()
    start = serve(listener)
    signal.signal(signal.SIGINT, interrupts)
    run(start.command)


def _import(names: Iterable[str]) -> None:
    import pytest

    for name in names:
        # What isn't there or doesn't load is for the tests to say.
        with suppress(Exception, pytest.skip.Exception):
            import_module(name)


def _import_tests(names: Iterable[str], arguments: Sequence[str]) -> None:
    """Import files of tests as a worker does that is given these arguments."""
    from _pytest.config import _prepareconfig

    path = [*sys.path]
    # Now an import goes through pytest, which rewrites what is asserted.
    config = _prepareconfig([*arguments])
    try:
        # How many examples are tried is settled where a test is defined.
        import_module("tests.conftest").pytest_configure(config)
        _import(names)
    finally:
        config._ensure_unconfigure()
        sys.path[:] = path


def serve(listener: socket.socket) -> Start:
    """Start what is asked for. Returns in each worker, as it is to be."""
    asking, end = listener.fileno(), 0
    while end not in select([asking, end], [], [])[0]:
        asker, _ = listener.accept()
        if os.fork() == 0:
            return _begin(asker)
        asker.close()
    with suppress(ChildProcessError):
        while True:
            os.wait()
    os._exit(0)


def _begin(asker: socket.socket) -> Start:
    """Returns in the worker; its parent says how it ended."""
    request, files, _, _ = socket.recv_fds(asker, LARGEST, 3)
    command, environment, folder = pickle.loads(request)
    start = Start(tuple(command), environment, folder, (0, 1, 2), frozenset(), terminal=False)
    worker = os.fork()
    if worker == 0:
        asker.detach()
        take_over(start, files)
        return _beside_trainers(start) if sys.modules.keys() >= TRAINING else start
    for file in files:
        os.close(file)
    ended = os.waitstatus_to_exitcode(os.waitpid(worker, 0)[1])
    with suppress(OSError):
        asker.send(str(ended).encode())
    os._exit(0)


def _beside_trainers(start: Start) -> Start:
    """Returns in the worker, and in each process that it starts by way of the server beside it."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    if os.fork():
        theirs.close()
        forking.trainers.append(ours)
        return start
    ours.close()
    # Whoever reads what the worker writes waits for no one else.
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in range(3):
        os.dup2(nothing, number)
    spare_coremltools()
    return forking.serve(theirs)


if __name__ == "__main__":
    main()
