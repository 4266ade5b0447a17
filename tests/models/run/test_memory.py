"""A machine that is short of memory, or of a runtime, is no failure of the model or the photo."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from models.package.package import ModelError
from models.run.onnx_backend import OnnxBackend
from models.translate.translation import translate_cached

LIMITED = """
import resource, sys
from pathlib import Path
import numpy as np
from models.package.package import ModelError
from models.run.onnx_backend import OnnxBackend
from models.run.setup import ModelSetup

def bytes_used():
    lines = Path("/proc/self/status").read_text().splitlines()
    return 1024 * int(next(line for line in lines if line.startswith("VmSize")).split()[1])

def limit(more):
    resource.setrlimit(resource.RLIMIT_AS, (bytes_used() + more, resource.RLIM_INFINITY))

def tell(error):
    # There must be room to say it.
    resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    print(type(error).__name__, "" if error.__cause__ is None else type(error.__cause__).__name__)

package = Path(sys.argv[1])
"""
RUN = """
backend = OnnxBackend(package)
size = backend.info.input_size
picture = np.zeros((size.height, size.width, 3), np.uint8)
limit(2**20)
try:
    backend.run(picture)
except Exception as error:
    tell(error)
"""
OPEN = """
OnnxBackend(package)
limit(0)
try:
    OnnxBackend(package)
except Exception as error:
    tell(error)
"""
SET_UP = """
# Python misreads its own files where memory is short while it imports them.
import models.run.segmenter
limit(2**20)
try:
    ModelSetup(package, "onnxruntime").open()
except Exception as error:
    tell(error)
"""
BROKEN = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from models.package.package import ModelError
from models.run.setup import ModelSetup
try:
    ModelSetup(Path(sys.argv[1]), "onnxruntime").open()
except ModelError as error:
    print(error)
"""


def printed(script: str, *arguments: str) -> str:
    """What a script in a process of its own printed last."""
    command = [sys.executable, "-c", script, *arguments]
    # What was let go of before, as sources that had to be compiled, is no room for large things.
    fixed = {**os.environ, "MALLOC_MMAP_THRESHOLD_": "65536"}
    answer = subprocess.run(command, capture_output=True, text=True, check=True, env=fixed)
    return answer.stdout.splitlines()[-1]


@pytest.mark.skipif(sys.platform != "linux", reason="caps a process's memory")
@pytest.mark.parametrize(
    ("script", "said"),
    [(RUN, "MemoryError Fail"), (OPEN, "MemoryError "), (SET_UP, "MemoryError ")],
    ids=["run", "open", "set up"],
)
def test_running_out_of_memory_is_told_as_such(
    cache: Path, shipped: Path, script: str, said: str
) -> None:
    # What a translation made now leaves behind would be room enough.
    translate_cached(shipped)
    assert printed(LIMITED + script, str(shipped)) == said


def test_a_runtime_that_can_t_be_loaded_is_the_models_failure(
    shipped: Path, tmp_path: Path
) -> None:
    (tmp_path / "onnxruntime.py").write_text("raise ImportError('half an update')")
    said = printed(BROKEN, str(shipped), str(tmp_path))
    assert said.startswith(f"{shipped} can't be opened (ImportError: half an update). Name another")


def test_what_the_runtime_refuses_is_the_models_failure(cache: Path, shipped: Path) -> None:
    with pytest.raises(ModelError, match=r"^ONNX Runtime can't run .*lesion\.mlpackage \("):
        OnnxBackend(shipped).run(np.zeros((8, 8, 3), np.uint8))
