"""Users with logins of their own, who share a group: where the tests may become them."""

import grp
import os
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.context import ForkProcess

import pytest

ONE, OTHER, STRANGER = 61001, 61002, 61003
"""Users of whom the machine need not know more than their numbers."""
needs_root = pytest.mark.skipif(
    os.geteuid() != 0, reason="only root can be other users; these tests were not run"
)


def own_group() -> str:
    """The name of a group that this user is in."""
    return grp.getgrgid(os.getegid()).gr_name


def other_group() -> str:
    """The name of a group that neither root nor any of the users has for itself."""
    return next(each.gr_name for each in grp.getgrall() if each.gr_gid not in (0, ONE, OTHER))


class Login:
    """A process that is a user, with the strictest of masks, and does one thing."""

    def __init__(self, user: int, groups: list[str], work: Callable[[], object]) -> None:
        # Forked: Python itself may lie where another user can't read it.
        context = get_context("fork")
        self._told, teller = context.Pipe(duplex=False)
        keys = [grp.getgrnam(name).gr_gid for name in groups]
        self._process: ForkProcess = context.Process(target=_be, args=(user, keys, work, teller))
        self._process.start()
        teller.close()

    def result(self) -> object:
        """What the work came to, or the text of its failure."""
        told = self._told.recv()
        self._process.join()
        return told


def _be(user: int, groups: list[int], work: Callable[[], object], teller: Connection) -> None:
    os.setgroups(groups)
    os.setgid(user)
    os.setuid(user)
    os.umask(0o077)
    try:
        teller.send(work())
    except Exception as error:
        teller.send(f"{type(error).__name__}: {error}")
