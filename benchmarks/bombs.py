"""What files take that are made to take all of a machine: peak memory, seconds, and what is said.

Each is read, hashed and decoded small in a process of its own, as the scorer does it.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.support.bombs import BOMBS

FUSE = 6 * 2**30
"""Bytes of address space: more than any may take, less than would hurt the machine."""
LIMIT = 60.0
"""Seconds, as a photo has by default."""
CHILD = """
import resource, sys, time
from pathlib import Path
from imaging.decode.photo import decode, fingerprint, read_file
from imaging.photo import PhotoError
def used(what):
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(what)).split()[1]) / 1000
resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[2]), resource.RLIM_INFINITY))
before, started, said = used("VmRSS"), time.perf_counter(), "a photo"
try:
    file = read_file(Path(sys.argv[1]))
    fingerprint(file)
    decode(file, 384)
except (PhotoError, MemoryError) as error:
    said = str(error) or "out of memory"
print(used("VmHWM") - before, time.perf_counter() - started, said, sep="\\t")
"""


def main() -> None:
    """Print a table of all bombs, or of those named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help=f"of {', '.join(BOMBS)}; all by default")
    names = parser.parse_args().names or list(BOMBS)
    table = Table("file", "kB", "peak MB", "seconds", "what is said")
    with tempfile.TemporaryDirectory(prefix="nevus-") as folder:
        for name in names:
            path = Path(folder, name)
            path.write_bytes(BOMBS[name]())
            table.add_row(name, f"{path.stat().st_size / 1000:,.1f}", *defused(path))
            path.unlink()
    Console().print(table)


def defused(path: Path) -> tuple[str, str, str]:
    """Peak megabytes, seconds, and the sentence."""
    command = [sys.executable, "-c", CHILD, str(path), str(FUSE)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=LIMIT)
    except subprocess.TimeoutExpired:
        return "", f"{LIMIT:.0f}", "given up by the time limit"
    except subprocess.CalledProcessError as error:
        return "", "", f"the process died ({error.returncode})"
    peak, seconds, said = done.stdout.rstrip("\n").split("\t")
    return f"{float(peak):,.0f}", f"{float(seconds):.1f}", said


if __name__ == "__main__":
    main()
