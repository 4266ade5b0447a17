"""The files beside a database come and go while they are looked at."""

import os
import subprocess
import sys
from pathlib import Path

from db.sqlite.files import size_of

COMING_AND_GOING = """
import os, sys
print("begins", flush=True)
while True:
    os.close(os.open(sys.argv[1], os.O_CREAT))
    os.unlink(sys.argv[1])
"""


def test_the_size_of_one_that_goes_meanwhile_is_none(tmp_path: Path) -> None:
    log = tmp_path / "nevus.db-wal"
    command = [sys.executable, "-c", COMING_AND_GOING, str(log)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"begins\n"
        try:
            assert {size_of(log) for _ in range(30_000)} == {0}
        finally:
            other.kill()


def test_what_is_no_file_has_no_size(tmp_path: Path) -> None:
    assert size_of(tmp_path) == 0
    os.mkfifo(tmp_path / "pipe")
    assert size_of(tmp_path / "pipe") == 0
    (tmp_path / "file").write_bytes(b"12345")
    assert size_of(tmp_path / "file") == 5
    assert size_of(tmp_path / "file" / "below") == 0
