"""Kills, each planned by a seed: what is killed when, and what is looked at afterwards."""

import json
import os
import signal
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random
from threading import Event
from time import monotonic

from tests.torture import holding
from tests.torture.ledger import Ledger, decided, outlined
from tests.torture.reviewer import Killed, Reviewer, Unanswered
from tests.torture.victims import Doom, Running, command, note_of, start, workers_of
from tests.torture.world import World

PATIENCE = 120.0
GO_ON_EVERY = 5
"""Kills after which all is done to its end."""
A_WORLD = 25
"""Kills after which there is a new folder with a new database."""
LINUX = sys.platform == "linux"
CHILDREN = ("worker", "watch's", "review's")
"""Kinds that kill the processes of a nevus that goes on, which Linux alone tells of."""
KINDS = ("segment", "review", "watch", "review", "export", *(CHILDREN if LINUX else ()))
_LOOK_AGAIN = Event()
ENDED = "ended before"
"""What is logged of a process that was done before its time came."""


@dataclass(frozen=True)
class Kill:
    """One kill, as it is logged."""

    seed: int
    what: str
    when: str
    phase: str
    held: str

    def __str__(self) -> str:
        return f"seed {self.seed}  {self.what:8}  {self.when:26}  {self.phase:70}  {self.held}"


class Broken(AssertionError):
    """Something does not hold after a kill."""


class Torturer:
    """Kills nevus in one world, again and again, and looks after each time at what is left."""

    def __init__(self, root: Path, seed: int) -> None:
        self.world = World(root)
        self._ledger = Ledger()
        self._sets = 0
        self._ways = {
            "segment": self._kill_segment,
            "review": self._kill_review,
            "watch": self._kill_watch,
            "export": self._kill_export,
            "worker": self._kill_worker,
            "watch's": self._kill_worker_of_watch,
            "review's": self._kill_children_of_review,
        }
        self.world.feed(Random(seed), 4)

    def kill(self, seed: int, what: str) -> Kill:
        """Do it. Raises Broken where something does not hold afterwards."""
        chance = Random(seed)
        note_of(self.world).unlink(missing_ok=True)
        when, phase = self._ways[what](chance)
        if note_of(self.world).exists():
            phase = f"{phase}: {note_of(self.world).read_text()}"
        done = Kill(seed, what, when, phase, "")
        faults = self._faults()
        if faults:
            raise Broken(f"{done}\n" + "\n".join(faults))
        self._ledger.settle(self.world.database)
        return Kill(seed, what, when, phase, self._summary())

    def go_on(self) -> None:
        """Have everything done to its end. Raises Broken where that fails."""
        self.world.finish()
        segmenting = start(self.world, Doom(), *self._segment())
        if segmenting.wait():
            raise Broken(f"nevus segment: {segmenting.printed}")
        totals = json.loads(segmenting.printed[segmenting.printed.index("{") :])
        if totals["files"] != len(self.world.whole) or totals["set_aside"]:
            raise Broken(f"{len(self.world.whole)} photos lie there: {totals}")
        if decided(self.world.database):
            exporting = start(self.world, Doom(), *self._export())
            if exporting.wait():
                raise Broken(f"nevus export: {exporting.printed}")
            self._check_sets()
        faults = self._faults()
        if faults:
            raise Broken("\n".join(faults))

    def _faults(self) -> list[str]:
        database = self.world.database
        found = self.world.faults()
        if database.exists():
            found += [*holding.faults(database), *self._ledger.faults(database)]
        return found

    def _check_sets(self) -> None:
        """Nothing but whole datasets lies where they go."""
        stray = [path.name for path in self.world.sets.iterdir() if path.name.startswith(".")]
        if stray:
            raise Broken(f"killed exports left {stray}")

    def _summary(self) -> str:
        ledger = self._ledger
        return (
            f"{len(self.world.whole)} photos, {len(ledger.decided)} decisions, "
            f"{len(ledger.taken_back)} taken back, {ledger.edits} edits"
        )

    def _segment(self) -> tuple[object, ...]:
        return ("segment", self.world.folder, "--db", self.world.database, "--json")

    def _export(self) -> tuple[object, ...]:
        self._sets += 1
        kinds = ("accepted", "corrected", "rejected", "no lesion")
        asked = [word for kind in kinds for word in ("--decision", kind)]
        dest = self.world.sets / f"{self._sets}"
        return ("export", dest, self.world.folder, "--db", self.world.database, *asked)

    # The kills

    def _kill_segment(self, chance: Random) -> tuple[str, str]:
        self.world.feed(chance, chance.randint(1, 3))
        doom = _doom(chance, 100)
        victim = start(self.world, doom, *self._segment())
        _come_to_the_end(victim, doom, chance)
        return str(doom), "segments" if victim.wait() == -signal.SIGKILL else ENDED

    def _kill_watch(self, chance: Random) -> tuple[str, str]:
        """What it has written of into its log is there."""
        self.world.feed(chance, chance.randint(1, 3))
        doom = _doom(chance, 150)
        asked = ("watch", self.world.folder, "--db", self.world.database, "--json")
        victim = start(self.world, doom, *asked)
        until = monotonic() + (PATIENCE if doom.statement else 3 * chance.random())
        while not victim.ended and monotonic() < until:
            _LOOK_AGAIN.wait(0.05)
            if chance.random() < 0.02:
                self.world.feed(chance)
        victim.kill()
        victim.wait()
        lines = [json.loads(line) for line in victim.printed.splitlines() if line.endswith("}")]
        told = [line for line in lines if line.get("outcome") == "segmented"]
        self._ledger.outlined |= {Path(line["photo"]).name for line in told}
        return str(doom), f"watches, {len(told)} told"

    def _kill_export(self, chance: Random) -> tuple[str, str]:
        doom = Doom()
        if decided(self.world.database):
            doom = _doom(chance, 40)
        victim = start(self.world, doom, *self._export())
        _come_to_the_end(victim, doom, chance)
        return str(doom), "exports" if victim.wait() == -signal.SIGKILL else ENDED

    def _kill_worker(self, chance: Random) -> tuple[str, str]:
        """Its parent goes on without it, and loses no photo."""
        self.world.feed(chance, chance.randint(1, 3))
        self.world.finish()
        victim = start(self.world, Doom(), *self._segment())
        killed = _kill_workers(victim, chance)
        status = victim.wait()
        if status:
            raise Broken(f"without its worker nevus segment ended with {status}: {victim.printed}")
        return "from outside", f"segments, {killed} killed" if killed else ENDED

    def _kill_worker_of_watch(self, chance: Random) -> tuple[str, str]:
        """It goes on without it, outlines every photo, and ends when it is asked to."""
        self.world.feed(chance, chance.randint(1, 3))
        self.world.finish()
        asked = ("watch", self.world.folder, "--db", self.world.database, "--json")
        victim = start(self.world, Doom(), *asked)
        killed = _kill_workers(victim, chance, self._has_outlined_all)
        until = monotonic() + PATIENCE
        while not self._has_outlined_all():
            if victim.ended or monotonic() > until:
                victim.kill()
                raise Broken(f"without its worker nevus watch outlined not all: {victim.printed}")
            _LOOK_AGAIN.wait(0.05)
        os.kill(victim.pid, signal.SIGTERM)
        status = victim.wait()
        if status:
            raise Broken(f"without its worker nevus watch ended with {status}: {victim.printed}")
        return "from outside", f"watches, {killed} killed"

    def _has_outlined_all(self) -> bool:
        with suppress(sqlite3.OperationalError):
            # Of a database that is being made there are no tables yet.
            return {*self.world.whole} <= outlined(self.world.database)
        return False

    def _kill_children_of_review(self, chance: Random) -> tuple[str, str]:
        """Whoever reviews goes on, each key is answered, and it ends as it should."""
        self.world.feed(chance, chance.randint(1, 3))
        reviewer = self._reviewer(chance, Doom())
        killed = 0
        try:
            reviewer.begin()
            for _ in range(chance.randint(2, 4)):
                killed += reviewer.act_while(partial(_kill_some, reviewer.child.pid, chance))
            doing = reviewer.doing
            status = reviewer.leave()
        except (Killed, Unanswered) as error:
            reviewer.kill()
            reviewer.look_for_the_last_time()
            raise Broken(f"without its children nevus review {reviewer.doing}: {error}") from error
        if status:
            raise Broken(f"without its children nevus review ended with {status}")
        return "from outside", f"{doing}, {killed} killed" if killed else ENDED

    def _reviewer(self, chance: Random, doom: Doom) -> Reviewer:
        words = command(self.world, doom, "review", self.world.folder, "--db", self.world.database)
        before = decided(self.world.database)
        return Reviewer(self.world, self._ledger, chance, [*words, "--reviewer", "ada"], before)

    def _kill_review(self, chance: Random) -> tuple[str, str]:
        doom = _doom(chance, 400)
        reviewer = self._reviewer(chance, doom)
        try:
            reviewer.begin()
            for _ in range(chance.randint(0, 5)) if not doom.statement else iter(int, 1):
                reviewer.act()
            reviewer.press()
            reviewer.watch(chance.random() * 0.2)
            reviewer.kill()
        except Killed:
            pass
        except Unanswered:
            reviewer.doing += " in vain"
            reviewer.kill()
        reviewer.look_for_the_last_time()
        return str(doom), reviewer.doing


def _doom(chance: Random, statements: int) -> Doom:
    if chance.random() < 0.35:
        return Doom()
    return Doom(chance.randint(1, statements), chance.choice((0, 0, chance.random() * 0.02)))


def _come_to_the_end(victim: Running, doom: Doom, chance: Random) -> None:
    """Kill what is not doomed at some moment."""
    if not doom.statement:
        _let_run(victim, chance.random())
        victim.kill()


def _kill_workers(
    victim: Running, chance: Random, is_over: Callable[[], bool] = lambda: False
) -> int:
    """Kill whatever worker runs, once or twice, each some time after it was seen.

    Once it `is_over` no other one is waited for.
    """
    killed: list[int] = []
    for _ in range(chance.randint(1, 2)):
        for pid in _wait_for_workers(victim, killed, is_over):
            _let_run(victim, chance.random() * 0.4)
            try:
                os.kill(pid, signal.SIGKILL)
                killed.append(pid)
            except ProcessLookupError:
                pass
    return len(killed)


def _kill_some(parent: int, chance: Random) -> int:
    """Kill the workers and the viewer of a process, or one of them."""
    running = workers_of(parent)
    if chance.random() < 0.5:
        running = running and [chance.choice(running)]
    for pid in running:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return len(running)


def _wait_for_workers(victim: Running, known: list[int], is_over: Callable[[], bool]) -> list[int]:
    deadline = monotonic() + PATIENCE
    while not victim.ended:
        assert monotonic() < deadline, "no worker was started"
        # Asked first: whoever came for the last photo is seen then.
        over = is_over()
        found = [pid for pid in workers_of(victim.pid) if pid not in known]
        if found or over:
            return found
        _LOOK_AGAIN.wait(0.01)
    return []


def _let_run(victim: Running, seconds: float) -> None:
    until = monotonic() + seconds
    while not victim.ended and monotonic() < until:
        _LOOK_AGAIN.wait(0.005)


def kills(root: Path, seed: int, wanted: int) -> Iterator[Kill]:
    """So many kills, the first planned by this seed, the next by the ones after it."""
    done, torturer = 0, Torturer(root / f"{seed}", seed)
    while done < wanted:
        one = torturer.kill(seed, KINDS[seed % len(KINDS)])
        yield one
        seed += 1
        if one.phase == ENDED:
            continue
        done += 1
        if done % GO_ON_EVERY == 0 or done == wanted:
            torturer.go_on()
        if done % A_WORLD == 0:
            torturer = Torturer(root / f"{seed}", seed)
