"""Kill nevus hundreds of times: `python -m tests.torture --kills 500 --seed 7`.

A line a kill goes to the log, which is what is printed: its seed, what was killed, when, in which
phase, and what held. The same seed plans the same kills again; what the machine makes of them
differs. Ends with 1 where something did not hold, its world left for whoever looks.
"""

import os
import sys
from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from random import randrange
from tempfile import mkdtemp

from tests.support.users import as_a_user
from tests.torture.kills import ENDED, Broken, kills


def say(line: object) -> None:
    """Add a line to the log."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> int:
    """Kill as often as asked."""
    parser = ArgumentParser()
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--seed", type=int, default=randrange(10**6))
    asked = parser.parse_args()
    wanted, seed = asked.kills, asked.seed
    place = Path(mkdtemp(prefix="nevus-torture-")).resolve()
    (place / "tmp").mkdir()
    os.environ["TMPDIR"] = str(place / "tmp")
    say(f"{wanted} kills from seed {seed} on, in {place}")
    counted: Counter[str] = Counter()
    try:
        with as_a_user(place / "cache"):
            for kill in kills(place, seed, wanted):
                say(kill)
                counted[kill.what] += kill.phase != ENDED
    except Broken as broken:
        say(f"BROKEN  {broken}")
        return 1
    told = ", ".join(f"{count} {what}" for what, count in sorted(counted.items()))
    say(f"{counted.total()} kills ({told}); all held.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
