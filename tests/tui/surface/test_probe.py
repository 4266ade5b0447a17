"""Asking the terminal: what is understood, what is left behind, and who is never asked."""

import json
import os
import shlex
import signal
import sys
import termios
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.terminals import (
    APPLE,
    BELL,
    COLOUR,
    CURSOR,
    EIGHT_BIT,
    FOOT,
    FORGETFUL,
    ITERM,
    KITTY,
    MUTE,
    NAME,
    REVERSED,
    SAID,
    TMUX,
    VTE,
    WINDOWS,
    XTERM,
    XTERM_256,
    Player,
    Script,
    played,
    without_hints,
)
from tui.surface.colours import Colours, Depth, Source
from tui.surface.probe import Answer, understand

pytestmark = pytest.mark.slow

FIND = """
import json, sys, termios
from pathlib import Path
from tui.surface.finding import look_at_terminal
before = termios.tcgetattr(0)
try:
    found = look_at_terminal("auto", "auto")
except KeyboardInterrupt:
    found = None
colours = found and found.colours
said = found and [colours.depth.name, colours.source.name, found.typed]
Path(sys.argv[1]).write_text(json.dumps([said, termios.tcgetattr(0)[:4] == before[:4]]))
"""


class Asking(Player):
    """A process that finds out about its terminal."""

    def __init__(self, terminal: Script, told: Path, **changed: str) -> None:
        program = [sys.executable, "-c", FIND, str(told)]
        super().__init__(terminal, program, without_hints(**changed))
        self._told = told

    def found(self) -> tuple[Colours, str] | None:
        """What it found, once it has ended and left the terminal as it was."""
        with closing(self.child):
            self.play()
        said, restored = json.loads(self._told.read_text())
        assert restored
        return said and (Colours(Depth[said[0]], Source[said[1]]), said[2])


def found(terminal: Script, told: Path, **changed: str) -> tuple[Depth, Source]:
    answer = Asking(terminal, told, **changed).found()
    assert answer is not None
    assert answer[1] == ""
    return answer[0].depth, answer[0].source


@pytest.fixture
def told(tmp_path: Path) -> Path:
    return tmp_path / "told.json"


@pytest.mark.parametrize(
    ("terminal", "depth", "source"),
    [
        pytest.param(XTERM, Depth.TRUE, Source.ANSWER, id="xterm"),
        pytest.param(XTERM_256, Depth.TABLE, Source.ANSWER, id="xterm-without"),
        pytest.param(KITTY, Depth.TRUE, Source.ANSWER, id="kitty"),
        pytest.param(FOOT, Depth.TRUE, Source.ANSWER, id="foot"),
        pytest.param(WINDOWS, Depth.TRUE, Source.ANSWER, id="windows"),
        pytest.param(EIGHT_BIT, Depth.TRUE, Source.ANSWER, id="8-bit"),
        pytest.param(BELL, Depth.TRUE, Source.ANSWER, id="bell"),
        pytest.param(REVERSED, Depth.TRUE, Source.ANSWER, id="reversed"),
        pytest.param(ITERM, Depth.TRUE, Source.NAME, id="iterm2"),
        pytest.param(VTE, Depth.TRUE, Source.NAME, id="vte"),
        pytest.param(TMUX, Depth.TRUE, Source.TMUX_BEYOND, id="tmux"),
        pytest.param(FORGETFUL, Depth.TABLE, Source.UNKNOWN, id="forgetful"),
        pytest.param(APPLE, Depth.TABLE, Source.UNKNOWN, id="apple"),
        pytest.param(MUTE, Depth.TABLE, Source.UNKNOWN, id="mute"),
    ],
)
def test_a_terminal_is_asked_and_understood(
    told: Path, terminal: Script, depth: Depth, source: Source
) -> None:
    assert found(terminal, told) == (depth, source)


def test_a_terminal_that_does_not_answer_is_not_sent_what_it_may_answer_late(told: Path) -> None:
    asking = Asking(MUTE, told)
    asking.found()
    assert CURSOR in asking.sent
    assert COLOUR not in asking.sent
    assert NAME not in asking.sent


def test_screen_is_not_sent_what_it_would_print(told: Path) -> None:
    asking = Asking(APPLE, told, TERM="screen-256color")
    asking.found()
    assert NAME in asking.sent
    assert COLOUR not in asking.sent


def test_the_colour_is_taken_back_and_the_line_cleaned(told: Path) -> None:
    asking = Asking(XTERM, told)
    asking.found()
    _, _, rest = asking.sent.partition(b"\x1b7")
    assert rest.startswith(b"\x1b[48;2;201;202;203m" + COLOUR + b"\x1b[m")
    assert rest.endswith(b"\x1b8\x1b[K")


def test_an_answer_in_pieces_is_waited_for_and_keys_between_are_kept(told: Path) -> None:
    asking = Asking(MUTE, told, SSH_TTY="/dev/pts/0")
    with closing(asking.child):
        asking.play(lambda sent: CURSOR in sent)
        asking.type(b"j\x1b[5;")
        asking.type(b"1R")
        asking.play(lambda sent: sent.count(CURSOR) == 2)
        asking.type(b"k" + SAID[:9])
        asking.type(SAID[9:] + b"\x1b[B,")
        asking.type(b"\x1b[5;9R")
        answer = asking.found()
    assert answer == (Colours(Depth.TRUE, Source.ANSWER), "jk,")


def test_ctrl_c_leaves_once_the_answers_are_in(told: Path) -> None:
    asking = Asking(MUTE, told)
    asking.play(lambda sent: CURSOR in sent)
    asking.type(b"\x03\x1b[5;1R")
    asking.play(lambda sent: sent.count(CURSOR) == 2)
    asking.type(b"\x1b[5;1R")
    assert asking.found() is None


def test_a_signal_waits_until_the_terminal_is_as_it_was(told: Path) -> None:
    program = "import os; print('pid', os.getpid(), flush=True)" + FIND
    asker = shlex.join([sys.executable, "-c", program, str(told)])
    player = Player(MUTE, ["/bin/sh", "-c", f"{asker}; echo status $?; stty -a"], without_hints())
    with closing(player.child):
        player.play(lambda sent: CURSOR in sent)
        assert not termios.tcgetattr(player.child.child_fd)[3] & termios.ECHO
        os.kill(int(player.sent.split()[1]), signal.SIGTERM)
        words = player.play().split()
    assert words[words.index(b"status") + 1] == str(128 + signal.SIGTERM).encode()
    assert {b"echo", b"icanon", b"isig"} <= set(words)
    assert not told.exists()


@pytest.mark.parametrize(
    ("changed", "depth", "source"),
    [
        ({"COLORTERM": "truecolor"}, Depth.TRUE, Source.COLORTERM),
        ({"COLORTERM": "24bit"}, Depth.TRUE, Source.COLORTERM),
        ({"TERM": "xterm-kitty"}, Depth.TRUE, Source.TERM),
        ({"TERM": "xterm-ghostty"}, Depth.TRUE, Source.TERM),
        ({"TERM": "alacritty"}, Depth.TRUE, Source.TERM),
        ({"TERM": "xterm-direct"}, Depth.TRUE, Source.TERM),
        ({"TERM": "linux"}, Depth.FEW, Source.TERM),
        ({"TERM": "dumb"}, Depth.FEW, Source.TERM),
        ({"TERM": ""}, Depth.FEW, Source.TERM),
        ({"STY": "1.pts", "COLORTERM": "truecolor"}, Depth.TABLE, Source.UNKNOWN),
    ],
    ids=str,
)
def test_where_the_environment_tells_nothing_is_asked(
    told: Path, changed: Mapping[str, str], depth: Depth, source: Source
) -> None:
    asking = Asking(MUTE, told, **changed)
    answer = asking.found()
    assert answer == (Colours(depth, source), "")
    assert asking.sent == b""


def test_a_process_in_the_background_asks_nothing() -> None:
    program = (
        "import os; from tui.surface.probe import ask\n"
        "print(os.getpgrp() == os.tcgetpgrp(0))\n"
        "if not os.fork():\n"
        "    os.setpgid(0, 0); print(ask({})); os._exit(0)\n"
        "os.wait()\n"
    )
    sent = played(MUTE, program, without_hints())
    assert b"True" in sent
    assert str(Answer()).encode() in sent
    assert CURSOR not in sent


def test_letters_that_hold_a_control_s_byte_are_letters() -> None:
    heard = "Ð".encode() + b"x\x1b[5;1R"
    assert understand(heard) == Answer(typed="Ðx")
    assert understand("ě".encode() + b"1;2R").typed == "ě1;2R"


def test_a_pipe_is_sent_nothing(tmp_path: Path) -> None:
    nevus = Path(sys.executable).parent / "nevus"
    photos = tmp_path / "photos"
    photos.mkdir()
    shell = f"{nevus} doctor {photos} --db {tmp_path}/a.db | cat"
    player = Player(XTERM, ["/bin/sh", "-c", shell], without_hints())
    with closing(player.child):
        sent = player.play()
    assert b"Nothing stops work" in sent
    assert CURSOR not in sent


def test_other_commands_ask_nothing_even_in_a_terminal(tmp_path: Path) -> None:
    photos = tmp_path / "photos"
    photos.mkdir()
    nevus = str(Path(sys.executable).parent / "nevus")
    for command, words in (
        (["segment"], b"set aside"),
        (["export", str(tmp_path / "out")], b"there is nothing to export"),
    ):
        line = [nevus, *command, str(photos), "--db", str(tmp_path / "a.db")]
        player = Player(XTERM, line, without_hints())
        with closing(player.child):
            sent = player.play()
        assert words in sent
        assert CURSOR not in sent
        assert NAME not in sent


def test_the_terminal_that_is_gone_is_no_crash(told: Path) -> None:
    asking = Asking(MUTE, told)
    asking.play(lambda sent: CURSOR in sent)
    os.close(asking.child.fileno())
    asking.child.wait()
    assert asking.child.signalstatus == signal.SIGHUP
    assert not told.exists()
