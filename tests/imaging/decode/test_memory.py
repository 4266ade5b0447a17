"""A photo for which there is no memory is not called damaged."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

LIMITED = """
import resource, sys
from pathlib import Path
from imaging.decode.photo import decode, fingerprint, read_file
file = read_file(Path(sys.argv[1]))
fingerprint(file)
lines = Path("/proc/self/status").read_text().splitlines()
used = 1024 * int(next(line for line in lines if line.startswith("VmSize")).split()[1])
for more in range(0, 2**27, 2**24):
    resource.setrlimit(resource.RLIMIT_AS, (used + more, resource.RLIM_INFINITY))
    try:
        decode(file, 64)
    except MemoryError:
        print("no memory")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="caps a process's memory")
@pytest.mark.parametrize("name", ["a.jpg", "progressive.jpg", "a.png", "a.webp"])
def test_running_out_of_memory_says_nothing_against_the_file(name: str, tmp_path: Path) -> None:
    coarse = np.random.default_rng(0).integers(0, 255, (75, 100, 3), dtype=np.uint8)
    Image.fromarray(coarse).resize((4000, 3000)).save(tmp_path / name, progressive="progr" in name)
    command = [sys.executable, "-c", LIMITED, str(tmp_path / name)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert set(done.stdout.splitlines()) == {"no memory"}
