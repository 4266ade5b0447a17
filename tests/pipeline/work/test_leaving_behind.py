"""A worker process that no signal ends holds up nobody."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.unkillable import unkillable

Draw = Callable[..., Path]
ROOT = Path(__file__).parents[3]
MINUTES = 120
VIEW = """
import sys
from pathlib import Path
from pipeline.work.viewer import Viewer
viewer = Viewer()
viewer.view(Path(sys.argv[1]), 64)
print(viewer.pid, flush=True)
sys.stdin.readline()
viewer.close()
print("closed", flush=True)
"""
CHILD = """
import multiprocessing, sys, threading, time
from models.run.child import ChildDied, in_child

def ask():
    try:
        in_child(time.sleep, 600.0, seconds=10.0)
    except ChildDied as error:
        print(error, flush=True)

asking = threading.Thread(target=ask)
asking.start()
while not multiprocessing.active_children():
    pass
print(multiprocessing.active_children()[0].pid, flush=True)
asking.join()
"""


@pytest.mark.parametrize(
    ("script", "said"),
    [(VIEW, "closed\n"), (CHILD, "It took more than 10 seconds and was ended.\n")],
    ids=["a worker", "a child"],
)
def test_python_ends_where_a_process_can_t_be_killed(
    folder: Path, draw: Draw, script: str, said: str
) -> None:
    command = [sys.executable, "-c", script, str(draw(folder / "a.jpg"))]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, cwd=ROOT) as asking:
        assert asking.stdin is not None
        assert asking.stdout is not None
        pid = int(asking.stdout.readline())
        try:
            with unkillable(pid):
                asking.stdin.write("\n")
                asking.stdin.flush()
                assert asking.wait(MINUTES) == 0
                assert Path(f"/proc/{pid}").exists()
        finally:
            asking.kill()
        assert asking.stdout.readline() == said
