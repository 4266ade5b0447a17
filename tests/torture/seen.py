"""What a terminal shows of the app, and all the letters that it was sent."""

import re
from dataclasses import dataclass

import pyte

COLUMNS, ROWS = 130, 40
CODES = re.compile(r"\x1b\[[0-9;?>=]*[a-zA-Z]|\x1b[()][A-Z0-9]")
NOT_ONE = re.compile(rb"\x1b\[[<>=][0-9;]*[a-zA-Z]")
"""Questions and settings that pyte takes for letters."""
CODE = 24
"""More than the bytes of a code."""
STATUS = re.compile(r"([●○]) (saved|saving|not saved)(.*?)mask ")
DECIDED = re.compile(r"(\d+) of (\d+) decided")


@dataclass(frozen=True)
class Status:
    """The status line as it was last drawn, and how many letters were sent before that."""

    at: int
    saved: bool
    threshold: float | None
    score: int | None
    noted: bool


class Seen:
    """A terminal: of a line it may be sent only what has changed of it."""

    def __init__(self) -> None:
        self._rest = b""
        self.text = ""
        """All letters, without the codes between."""
        self.status: Status | None = None
        """None before it was drawn."""
        self._decided: tuple[int, int] | None = None
        self._screen = pyte.Screen(COLUMNS, ROWS)
        self._stream = pyte.ByteStream(self._screen)

    def add(self, data: bytes) -> None:
        """More of it."""
        data = self._rest + data
        # A code that is cut in two, like a letter, is read when the rest of it is here.
        whole = data.rfind(b"\x1b") if b"\x1b" in data[-CODE:] else len(data)
        data, self._rest = data[:whole], data[whole:]
        at = len(self.text)
        self.text += CODES.sub("", data.decode(errors="ignore"))
        self._screen.dirty.clear()
        self._stream.feed(NOT_ONE.sub(b"", data))
        for row in sorted(self._screen.dirty):
            self._look_at(self.line(row), at)

    def end(self) -> None:
        """Nothing more will come."""
        self.add(b"\x1b[m")

    def line(self, row: int) -> str:
        """What stands in a row, the last one is -1."""
        cells = self._screen.buffer[row % ROWS]
        return "".join(cells[column].data for column in range(COLUMNS))

    @property
    def lines(self) -> str:
        """All that stands on it."""
        return "\n".join(map(self.line, range(ROWS)))

    def decided(self, since: int = 0) -> int | None:
        """How many photos are decided, if that was drawn since so many letters were sent."""
        if self._decided is None or self._decided[1] < since:
            return None
        return self._decided[0]

    def _look_at(self, line: str, at: int) -> None:
        if (found := STATUS.search(line)) is not None:
            self.status = _status(found, at)
        if (found := DECIDED.search(line)) is not None:
            self._decided = int(found[1]), at


def _status(found: "re.Match[str]", at: int) -> Status:
    threshold, score = (
        re.search(rf"{name} +([\d.]+)", found[3]) for name in ("threshold", "score")
    )
    return Status(
        at,
        found[2] == "saved",
        None if threshold is None else float(threshold[1]),
        None if score is None else int(score[1]),
        "   note   " in found[3],
    )
