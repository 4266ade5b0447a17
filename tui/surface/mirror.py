"""What a terminal shows, by what it was sent; and of what is to be sent, only what is new.

Textual sends a line of a widget from the widget's left edge on, however little of it has changed,
and lines that look as they did (its ChopsUpdate, in 8.2): twenty kilobytes for a move of the brush,
of which one is news. Nothing here relies on how it does that: what is not understood is sent as it
is, and the terminal is not known from then on.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from rich.cells import cell_len

from tui.surface.letters import Letter, letters, written

MOVE = re.compile(r"\x1b\[([0-9]+);([0-9]+)H")
STYLE = re.compile(r"\x1b\[[0-9;]*m")
STRANGE = re.compile(r"[\0-\t\v-\x1f\x7f]")
"""What does more than print, or end a line, beside styles and moves of the cursor to a place."""
SILENT = re.compile(
    r"(?:\x1b\][^\a\x1b]*(?:\a|\x1b\\)|\x1b_[^\x1b]*\x1b\\|\x1bPtmux;(?:[^\x1b]|\x1b\x1b)*\x1b\\"
    r"|\x1b\[\?(?!1049)[0-9;]+[hl]|\a)*"
)
"""What prints nothing: strings for the terminal or for one behind tmux, pictures among them; and
modes, but for that of the other screen."""
DOUBTFUL = re.compile("[^ -~▀-▟]")
"""What some terminals print wider than others."""
PHRASE = re.compile("[^ ▀-▟]+(?: [^ ▀-▟]+)*")
"""What is sent whole where some of it is new: programs that read a screen aloud say what comes."""
LETTER_BY_LETTER = 65_536
"""Characters of an update up to which its lines are compared by letters: beyond, all has changed,
and to look closer would take longer than to send it."""
WORTHWHILE = 8
"""A longer one of which less than one part in so many is known is sent as it is."""


@dataclass(frozen=True)
class Piece:
    """Something on a line, from a column on, counted from 1 as terminals do.

    A `text` as it is sent and without its styles; or `seen`, where others lie on it: its letters.
    """

    line: int
    column: int
    text: str
    plain: str
    seen: tuple[Letter, ...] = ()

    @cached_property
    def width(self) -> int:
        """Cells."""
        return len(self.plain) if self.plain.isascii() else cell_len(self.plain)

    @property
    def end(self) -> int:
        """The column behind it."""
        return self.column + self.width

    @cached_property
    def letters(self) -> tuple[Letter, ...]:
        """Its letters, each with its style."""
        return self.seen or letters(self.text)


@dataclass
class Mirror:
    """One terminal's. For one thread, that which writes to it."""

    letter_by_letter: int = LETTER_BY_LETTER
    _lines: dict[int, dict[int, Piece]] = field(default_factory=dict)
    _cursor: str = ""
    _owed: str = ""
    """What was sent as it is, and not looked at yet."""

    def news(self, text: str) -> str:
        """What is to be sent of a text for the terminal to look as if all of it were."""
        if self._owed:
            # What prints nothing changes nothing of what is known.
            if SILENT.fullmatch(text) is not None:
                return text
            self.settle()
        if len(text) > self.letter_by_letter and self._is_new(text):
            # Somebody waits for it: what it is may be seen once it is sent.
            self._owed = text
            return text
        return self._taken(text)

    def settle(self) -> None:
        """Look at what was sent before it was looked at. It's time for that when all is sent."""
        text, self._owed = self._owed, ""
        if text:
            self._taken(text)

    def _is_new(self, text: str) -> bool:
        """Whether so little of an update is known that it is not worth while to leave that out."""
        moves = [*MOVE.finditer(text)]
        known = (
            len(piece.text)
            for move, end in zip(moves, _ends(text, moves), strict=True)
            if (piece := self._lines.get(int(move[1]), {}).get(int(move[2]))) is not None
            and piece.text == _line(text, move, end)
        )
        return sum(known) * WORTHWHILE < len(text)

    def _taken(self, text: str) -> str:
        """Take an update over; what is to be sent of it."""
        moves = [*MOVE.finditer(text)]
        plain = MOVE.split(STYLE.sub("", text))[::3]
        if not moves or plain[0] or STRANGE.search("".join(plain)):
            if SILENT.fullmatch(text) is None:
                self.forget()
            return text
        pieces = [*_pieces(text, moves, plain[1:])]
        if _is_all(pieces):
            self.forget()
        closely = len(text) <= self.letter_by_letter
        sent = "".join([self._show(piece, closely) for piece in pieces])
        cursor, before = moves[-1][0], self._cursor
        self._cursor = "" if pieces[-1].text else cursor
        return sent + self._cursor if sent or self._cursor != before else ""

    def forget(self) -> None:
        """Whatever the terminal shows from now on is news."""
        self._lines.clear()
        self._cursor = ""

    def _show(self, piece: Piece, closely: bool) -> str:
        """Take a piece over; what is to be sent of it."""
        if not piece.text:
            return ""
        line = self._lines.setdefault(piece.line, {})
        before = line.get(piece.column)
        if before is not None and before.text == piece.text:
            return ""
        _lay(line, piece)
        if before is None or not closely or not _are_alike(before, piece):
            return f"\x1b[{piece.line};{piece.column}H{piece.text}"
        line[piece.column] = _laid_on(before, piece)
        return _differences(before.letters, piece)


def _lay(line: dict[int, Piece], piece: Piece) -> None:
    """Put a piece on a line; what it lies on is gone, and not known where it looks out."""
    for other in [each for each in line.values() if _overlap(each, piece)]:
        del line[other.column]
    line[piece.column] = piece


def _overlap(one: Piece, other: Piece) -> bool:
    return one.column < other.end and other.column < one.end


def _are_alike(before: Piece, piece: Piece) -> bool:
    """Whether each letter of one stands where that of the other one stands, on every terminal."""
    shared = min(len(before.plain), len(piece.plain))
    both = before.plain, piece.plain
    doubtful = [[found.start() for found in DOUBTFUL.finditer(each[:shared])] for each in both]
    single = before.width == len(before.plain) and piece.width == len(piece.plain)
    return single and doubtful[0] == doubtful[1]


def _laid_on(before: Piece, piece: Piece) -> Piece:
    """What is seen where a piece lies on one that begins where it begins."""
    rest = len(piece.letters)
    if len(before.letters) <= rest:
        return piece
    seen = piece.letters + before.letters[rest:]
    return Piece(piece.line, piece.column, "", piece.plain + before.plain[rest:], seen)


def _differences(known: Sequence[Letter], piece: Piece) -> str:
    """What is to be sent for a piece where some letters are known."""
    news = piece.letters
    new = {at for at, letter in enumerate(news) if at >= len(known) or letter != known[at]}
    if not new:
        return ""
    for phrase in PHRASE.finditer(piece.plain):
        places = range(*phrase.span())
        if not new.isdisjoint(places):
            new.update(places)
    first, last = min(new), max(new)
    doubtful = DOUBTFUL.search(piece.plain)
    if doubtful is not None and doubtful.start() <= last:
        # Nobody knows the column of what follows.
        first = min(doubtful.start(), first)
        new = {*range(first, last + 1)}
    return f"\x1b[{piece.line};{piece.column + first}H{written(news, sorted(new))}"


def _pieces(text: str, moves: list[re.Match[str]], plain: list[str]) -> Iterator[Piece]:
    for move, end, letters_alone in zip(moves, _ends(text, moves), plain, strict=True):
        line = _line(text, move, end)
        yield Piece(int(move[1]), int(move[2]), line, letters_alone.removesuffix("\n"))


def _ends(text: str, moves: Sequence[re.Match[str]]) -> list[int]:
    """Where what follows each move ends."""
    return [*(move.start() for move in moves[1:]), len(text)] if moves else []


def _line(text: str, move: re.Match[str], end: int) -> str:
    """What is sent to the place of a move."""
    return text[move.end() : end].removesuffix("\n")


def _is_all(pieces: list[Piece]) -> bool:
    """Whether this is all of the screen, which is drawn where the terminal may look otherwise."""
    lines = [piece for piece in pieces if piece.text]
    places = [(piece.line, piece.column, piece.width) for piece in lines]
    wide = lines[0].width if lines else 0
    return len(lines) > 1 and places == [(line, 1, wide) for line in range(1, len(lines) + 1)]
