"""Over a real sshd on loopback, without COLORTERM: the photo is drawn as it is."""

import os
import shlex
import shutil
import sys
from pathlib import Path

import pytest

from tests.support.ssh import MISSING, SSHD, far_side
from tests.support.terminals import without_hints
from tests.support.tmux import TMUX, read_until, running

ROOT = Path(__file__).parents[3]
PHOTO = ROOT / "sample_images" / "round-dermatoscope.jpg"


@pytest.mark.slow
@pytest.mark.skipif(not (SSHD and TMUX and shutil.which("ssh")), reason=MISSING)
def test_a_photo_is_drawn_in_24_bit_colours(tmp_path: Path) -> None:
    photos, keys = tmp_path / "photos", tmp_path / "keys"
    for folder in (photos, keys):
        folder.mkdir()
    shutil.copy(PHOTO, photos)
    nevus = Path(sys.executable).parent / "nevus"
    home = f"XDG_CACHE_HOME={tmp_path}/cache XDG_DATA_HOME={tmp_path}/data"
    home = f"{home} XDG_STATE_HOME={tmp_path}/state"
    review = f"{home} {nevus} review {photos} --db {tmp_path}/a.db --reviewer ada"
    with far_side(keys) as ssh, running(tmp_path, without_hints()) as tmux:
        heard = tmux.listening(tmp_path / "pipe")
        far = f'echo "COLORTERM=<$COLORTERM>"; {review}; echo ended'
        tmux("send-keys", f"exec {shlex.join([*ssh, far])}", "Enter")
        sent = read_until(heard, "▄".encode())
        tmux("send-keys", "q")
        sent += read_until(heard, b"ended")
        os.close(heard)
    assert b"COLORTERM=<>" in sent
    half_cells = [cell for cell in sent.split(b"\x1b[0m") if "▄".encode() in cell]
    assert half_cells
    assert all(b"38;2;" in cell and b"48;2;" in cell for cell in half_cells)
    assert b"8;5;" not in sent
