"""The right to segment into a database: one process at a time holds it, and renews it."""

import os
import socket
import threading
import uuid

from db.store import Store

SECONDS = 15.0
"""How long a lease lasts when its holder can't renew it, because it was killed."""


class Lease:
    """A lease that renews itself in the background from `take` to `release`."""

    def __init__(self, store: Store, seconds: float = SECONDS) -> None:
        self._store = store
        self._seconds = seconds
        self._holder = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
        self._released = threading.Event()
        self._renewer: threading.Thread | None = None
        self._held = False

    @property
    def held(self) -> bool:
        """Whether this process may segment now."""
        return self._held

    def take(self) -> bool:
        """Try to get it; says whether it is held."""
        if not self._held and self._store.take_lease(self._holder, self._seconds):
            self._held = True
            self._released.clear()
            self._renewer = threading.Thread(target=self._renew, name="lease", daemon=True)
            self._renewer.start()
        return self._held

    def release(self) -> None:
        """Give it back, if it is held."""
        self._released.set()
        if self._renewer is not None:
            self._renewer.join()
            self._renewer = None
        if self._held:
            self._held = False
            self._store.release_lease(self._holder)

    def _renew(self) -> None:
        while not self._released.wait(self._seconds / 3):
            # Lost after a long sleep of the machine: another process may have it now.
            if not self._store.take_lease(self._holder, self._seconds):
                self._held = False
                return
