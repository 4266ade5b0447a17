"""Reading a package, its program included, loads neither coremltools, nor the translator."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
READ = """
import sys
from pathlib import Path
from models.package.package import read_package
from models.package.program_file import main_function
read_package(Path(sys.argv[1]))
assert main_function(Path(sys.argv[1])).operations
heavy = {"coremltools", "onnx", "onnxruntime"} & sys.modules.keys()
print("loaded", *sorted(heavy | {name for name in sys.modules if name.startswith("models.tr")}))
"""


@pytest.mark.slow
def test_reading_a_package_loads_nothing_heavy(shipped: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", READ, str(shipped)],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert done.stdout == "loaded\n", done.stderr
