"""Kill nevus hundreds of times: `python -m tests.torture [KILLS] [SEED]`.

A line a kill goes to the log, which is what is printed: its seed, what was killed, when, in which
phase, and what held. The same seed plans the same kills again; what the machine makes of them
differs. Ends with 1 where something did not hold, its world left for whoever looks.
"""

import os
import sys
from collections import Counter
from pathlib import Path
from random import randrange
from tempfile import mkdtemp

from tests.support.users import as_a_user
from tests.torture.kills import ENDED, Broken, kills


def main() -> int:
    """Kill as often as asked."""
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else randrange(10**6)
    place = Path(mkdtemp(prefix="nevus-torture-")).resolve()
    (place / "tmp").mkdir()
    os.environ["TMPDIR"] = str(place / "tmp")
    print(f"{wanted} kills from seed {seed} on, in {place}", flush=True)
    counted: Counter[str] = Counter()
    try:
        with as_a_user(place / "cache"):
            for kill in kills(place, seed, wanted):
                print(kill, flush=True)
                counted[kill.what] += kill.phase != ENDED
    except Broken as broken:
        print(f"BROKEN  {broken}", flush=True)
        return 1
    told = ", ".join(f"{count} {what}" for what, count in sorted(counted.items()))
    print(f"{counted.total()} kills ({told}); all held.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
