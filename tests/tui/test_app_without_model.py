"""`nevus review` in a real terminal with a model that can't be read: review goes on without it."""

import os
import sys
from contextlib import closing
from pathlib import Path
from time import monotonic

import pexpect
import pyte
from PIL import Image

from db.store import Store
from db.values import DecisionKind
from imaging.framing import Size
from tests.support.ready import InTerminal
from tests.tui.driving import drawn

NEVUS = str(Path(sys.executable).parent / "nevus")
PATIENCE = 120
COLUMNS, LINES = 100, 24


class Terminal:
    """A program in a terminal, and what stands on its screen."""

    def __init__(self, *command: str) -> None:
        self._screen = pyte.Screen(COLUMNS, LINES)
        self._stream = pyte.Stream(self._screen)
        self.child = InTerminal(
            command[0],
            list(command[1:]),
            dimensions=(LINES, COLUMNS),
            env={**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor"},
            timeout=PATIENCE,
            encoding="utf-8",
        )

    def see(self, text: str, times: int = 1) -> None:
        """Wait until a text stands on the screen so many times, and no photo is being opened."""
        until = monotonic() + PATIENCE
        while self._shown.count(text) < times or "Opening" in self._shown:
            assert monotonic() < until, self._shown
            self._stream.feed(self.child.read_nonblocking(65536, PATIENCE))

    @property
    def _shown(self) -> str:
        return "\n".join(self._screen.display)

    def press(self, key: str) -> None:
        """Type one key."""
        self.child.send(key)


def test_photos_are_shown_and_decided_and_the_broken_model_is_said(tmp_path: Path) -> None:
    folder, database = tmp_path / "photos", tmp_path / "nevus.db"
    folder.mkdir()
    for number in range(3):
        Image.fromarray(drawn(number, Size(320, 240))).save(folder / f"{number}.jpg")
    broken = tmp_path / "broken.mlpackage"
    program = broken / "Data" / "com.apple.CoreML" / "model.mlmodel"
    program.parent.mkdir(parents=True)
    program.touch()
    (broken / "Manifest.json").write_text("{")
    terminal = Terminal(NEVUS, "review", str(folder), "--db", str(database), "--model", str(broken))
    with closing(terminal.child):
        terminal.see("Manifest.json")
        for name, key in (("0.jpg", "n"), ("1.jpg", "r"), ("2.jpg", "s")):
            # In the queue, and beside its picture.
            terminal.see(name, times=2)
            terminal.press(key)
        terminal.see("Every other photo is decided.")
        terminal.press("q")
        terminal.child.expect(pexpect.EOF)
    assert terminal.child.exitstatus == 0
    with closing(Store.open(database)) as store:
        decisions = {item.decision for item in store.queue(str(folder.resolve()))}
    assert decisions == {DecisionKind.NO_LESION, DecisionKind.REJECTED, DecisionKind.SKIPPED}
