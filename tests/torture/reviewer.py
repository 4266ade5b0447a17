"""A reviewer at a real terminal: presses keys, and believes what the screen says of saving."""

import os
import re
import signal
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from random import Random
from time import monotonic
from typing import Any

import pexpect

from tests.support.ready import ROOT, InTerminal
from tests.torture.ledger import Ledger, Said
from tests.torture.seen import COLUMNS, ROWS, Seen, Status
from tests.torture.world import World, environment

PATIENCE = 60.0
"""Seconds after which what is not on the screen is taken to come never."""
HUNGRY = 2.0
"""Seconds without a photo after which another one is put into the folder."""
RIGHT, DOWN = "\x1b[C", "\x1b[B"
KEYS = {"a": ("accepted", "corrected"), "r": ("rejected",), "n": ("no lesion",)}
LOWEST, HIGHEST = 0.3, 0.6


NOT_YET = re.compile(r"[Pp]ress\s+again")
"""What is said to who decides on a photo that was not seen as it is."""


@dataclass(frozen=True)
class Again:
    """Keys to be pressed again if that is asked for, after what was sent before."""

    score: int
    key: str
    since: int


class Killed(Exception):
    """The process has ended under the reviewer's hands."""


class Unanswered(Exception):
    """What was pressed was not seen to be done."""


class Reviewer:
    """Works in an app until that is killed; what it sees as saved goes into the ledger."""

    def __init__(
        self, world: World, ledger: Ledger, chance: Random, words: list[str], decided: int
    ) -> None:
        self._world = world
        self._ledger = ledger
        self._chance = chance
        self._decided = decided
        self._seen = Seen()
        self._acknowledge: Callable[[], bool] = lambda: True
        self._again: Again | None = None
        self._shown: Callable[[Status], bool] = lambda _status: True
        """Whether the line of the status is that of the photo which is next."""
        self.doing = "starts"
        self.returned = False
        self.child: Any = InTerminal(
            words[0],
            words[1:],
            dimensions=(ROWS, COLUMNS),
            cwd=str(ROOT),
            env=environment(world),
            timeout=PATIENCE,
        )

    def begin(self) -> None:
        """Wait until the app has counted and shows a photo."""
        self._until(lambda: self._seen.decided() == self._decided)
        self._wait_for_a_photo()

    def act(self) -> None:
        """Do something, and wait until it is seen to be saved."""
        self.press()
        self._until(self._acknowledge)

    def act_while(self, happens: Callable[[], int]) -> int:
        """Do something while something happens, and wait until it is seen to be saved."""
        early = self._chance.random() < 0.3
        count = happens() if early else 0
        self.press()
        self.watch(self._chance.random() * 0.2)
        count += 0 if early else happens()
        self._until(self._acknowledge)
        return count

    def leave(self) -> int:
        """Leave the app as one does; its exit status, negative where a signal ended it."""
        self.doing = "leaves"
        self.child.send("q")
        with suppress(Killed):
            self._until(lambda: False)
        self.look_for_the_last_time()
        ended: int | None = self.child.exitstatus
        return -self.child.signalstatus if ended is None else ended

    def press(self) -> None:
        """Do something, without a look at what becomes of it."""
        acts = [self._set_threshold, self._draw, self._decide, self._decide]
        if self._ledger.decided and not self.returned:
            acts.append(self._take_back)
        if self._chance.random() < 0.3:
            self._world.feed(self._chance)
        self._wait_for_a_photo()
        self._chance.choice(acts)()

    def kill(self) -> None:
        """Kill the app."""
        os.kill(self.child.pid, signal.SIGKILL)

    def watch(self, seconds: float) -> None:
        """Look on for some time."""
        until = monotonic() + seconds
        with suppress(Killed):
            while (left := until - monotonic()) > 0:
                self._read(left)

    def look_for_the_last_time(self) -> None:
        """What was on the screen when the app was killed was on it."""
        with suppress(Killed):
            while True:
                self._read(1.0)
        self._seen.end()
        (self._world.root / "screen").write_text(self._seen.lines)
        with suppress(OSError):
            self.child.close(force=True)
        self._acknowledge()

    # What is done

    def _set_threshold(self) -> None:
        self.doing = "sets a threshold"
        self._send(*self._threshold(), edits=1)

    def _draw(self) -> None:
        self.doing = "draws"
        way = "".join(self._chance.choice((RIGHT, DOWN)) for _ in range(self._chance.randint(1, 9)))
        keys, wanted = self._threshold()
        undone = self._chance.choice(("", "", "u\x12"))
        # Edits are saved in their order: once the threshold is, what was drawn is.
        self._send(f"ex {way} e{undone}{keys}", wanted, edits=1)

    def _threshold(self) -> tuple[str, float]:
        status = self._seen.status
        assert status is not None
        assert status.threshold is not None
        lower = status.threshold > LOWEST and (
            status.threshold >= HIGHEST or self._chance.random() < 0.5
        )
        return (
            ("t", round(status.threshold - 0.05, 2))
            if lower
            else (
                "T",
                round(status.threshold + 0.05, 2),
            )
        )

    def _send(self, keys: str, wanted: float, edits: int) -> None:
        since, ledger = len(self._seen.text), self._ledger
        ledger.threshold = None

        def acknowledge() -> bool:
            status = self._seen.status
            if status is None or status.at < since or not status.saved:
                return False
            if status.threshold != wanted:
                return False
            ledger.edits, ledger.threshold = ledger.edits + edits, wanted
            self._acknowledge = lambda: True
            return True

        self._acknowledge = acknowledge
        self.child.send(keys)

    def _decide(self) -> None:
        self.doing = "decides"
        key, ledger, since = self._chance.choice("aarn"), self._ledger, len(self._seen.text)
        status = self._seen.status
        before = None if status is None else status.score
        score = self._chance.choice([score for score in range(1, 6) if score != before])
        said = ledger.asked = Said(KEYS[key], score, ledger.next_sign())

        def acknowledge() -> bool:
            count, status = self._seen.decided(since), self._seen.status
            if count != self._decided + 1 or status is None:
                return False
            # A line without a note is the next photo's, and was drawn since.
            if not status.saved or status.noted or status.at < since:
                return False
            self._decided += 1
            self._shown = lambda status: not status.noted and status.at >= since
            ledger.decided.append(said)
            ledger.asked, ledger.threshold, self.returned = None, None, False
            self._again = None
            self._acknowledge = lambda: True
            return True

        self._acknowledge = acknowledge
        self.child.send(f"c{said.sign}\r")
        # Keys that come with the end of a note are taken for more of it.
        self._until(lambda: self._is_noted(said, since))
        self.child.send(f"{score}{key}")
        self._again = Again(score, key, len(self._seen.text))

    def _is_noted(self, said: Said, since: int) -> bool:
        """Whether there is this note, and the line of keys is back, whose place it has taken."""
        seen, status = self._seen, self._seen.status
        if status is None or not status.noted or "a accept" not in seen.line(-1):
            return False
        # Where there was one before, nothing in the line says that there is another one.
        return status.at >= since or said.sign in seen.lines

    def _take_back(self) -> None:
        self.doing = "takes back"
        since, ledger = len(self._seen.text), self._ledger
        ledger.taking_back, ledger.threshold = True, None

        def acknowledge() -> bool:
            count = self._seen.decided(since)
            if count != self._decided - 1:
                return False
            self._decided -= 1
            self._shown = lambda status: status.noted and status.at >= since
            ledger.taken_back.append(ledger.decided.pop())
            ledger.taking_back, self.returned = False, True
            self._acknowledge = lambda: True
            return True

        self._acknowledge = acknowledge
        self.child.send("U")

    # What is seen

    def _wait_for_a_photo(self) -> None:
        fed = monotonic()

        def shows() -> bool:
            nonlocal fed
            status = self._seen.status
            if monotonic() - fed > HUNGRY:
                self._world.feed(self._chance)
                self._world.finish()
                fed = monotonic()
            return status is not None and status.threshold is not None and self._shown(status)

        self._until(shows)

    def _until(self, holds: Callable[[], bool]) -> None:
        deadline = monotonic() + PATIENCE
        while not holds():
            if monotonic() > deadline:
                raise Unanswered(f"\n{self._seen.lines}")
            self._read(0.1)
            if self._again is not None and NOT_YET.search(self._seen.text, self._again.since):
                self._press_again(self._again)

    def _press_again(self, again: Again) -> None:
        # Pressed twice a score is none, and it may have come in time.
        status = self._seen.status
        scored = status is not None and status.score == again.score
        self.child.send(again.key if scored else f"{again.score}{again.key}")
        self._again = replace(again, since=len(self._seen.text))

    def _read(self, seconds: float) -> None:
        try:
            self._seen.add(self.child.read_nonblocking(1 << 16, timeout=seconds))
        except pexpect.TIMEOUT:
            pass
        except pexpect.EOF:
            raise Killed from None
