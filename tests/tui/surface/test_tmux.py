"""Inside a real tmux: it is asked what it passes on, and over SSH it is recognised."""

import json
import os
import shlex
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.terminals import DRAWING_KITTY, without_hints
from tests.support.tmux import TMUX, Tmux, read_until, running
from tests.tui.surface.test_probe import FIND
from tui.surface.colours import Colours, Depth, Source, through_tmux
from tui.surface.graphics import Way

ROOT = Path(__file__).parents[3]
LOOK = """
import json, os, sys
from tui.surface.finding import look_at_terminal
found = look_at_terminal("auto", "auto").graphics
with open(sys.argv[1] + ".new", "w") as told:
    json.dump([found.way, found.mends, found.in_tmux, found.why], told)
os.rename(told.name, sys.argv[1])
"""
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(TMUX is None, reason="tmux is not installed"),
]


def found(tmux: Tmux, told: Path, far: str = "") -> Colours:
    """What a process in the window finds; with what it is run by if it is far away."""
    asker = shlex.join([sys.executable, "-c", FIND, str(told)])
    tmux(
        *("respawn-pane", "-k", "-c", str(ROOT)),
        f"{far} {asker}; {TMUX} -S {tmux.socket} wait-for -S told",
    )
    tmux("wait-for", "told")
    said, restored = json.loads(told.read_text())
    assert restored
    return Colours(Depth[said[0]], Source[said[1]])


@pytest.mark.parametrize(
    ("settings", "depth"),
    [
        ((), Depth.TABLE),
        (("set", "-as", "terminal-features", ",xterm-256color:RGB"), Depth.TRUE),
        (("set", "-as", "terminal-overrides", ",xterm-256color:Tc"), Depth.TRUE),
    ],
    ids=["plain", "RGB", "Tc"],
)
def test_tmux_says_what_it_passes_on(
    tmp_path: Path, settings: tuple[str, ...], depth: Depth
) -> None:
    # tmux hands COLORTERM down from where its server began, which is no word on who is attached.
    with running(tmp_path, without_hints(COLORTERM="truecolor")) as tmux:
        if settings:
            tmux(*settings)
        with closing(tmux.attached("xterm-256color")):
            assert found(tmux, tmp_path / "told") == Colours(depth, Source.TMUX)


def test_tmux_passes_pictures_on_where_it_is_told_to(tmp_path: Path) -> None:
    told = tmp_path / "told"
    asker = shlex.join([sys.executable, "-c", LOOK, str(told)])
    with running(tmp_path, without_hints()) as tmux:
        player = tmux.shown_on(DRAWING_KITTY, (9, 18))
        with closing(player.child):
            for passes, expected in (("off", (Way.CELLS, False)), ("on", (Way.KITTY, True))):
                tmux("set", "-g", "allow-passthrough", passes)
                tmux("respawn-pane", "-k", "-c", str(ROOT), asker)
                player.play(lambda _: told.exists())
                way, mends, in_tmux, why = json.loads(told.read_text())
                told.unlink()
                assert (way, in_tmux) == expected
                assert mends is in_tmux
                assert ("allow-passthrough" in why) is not in_tmux
            tmux("respawn-pane", "-k", "-c", str(ROOT), f"env NO_COLOR=1 {asker}")
            player.play(lambda _: told.exists())
            way, *_, why = json.loads(told.read_text())
            assert (way, "NO_COLOR" in why) == (Way.CELLS, True)


def test_without_an_answer_of_tmux_it_is_in_doubt(tmp_path: Path) -> None:
    with running(tmp_path, without_hints()) as tmux:
        colours = found(tmux, tmp_path / "told")
    assert colours == Colours(Depth.TRUE, Source.TMUX_BEYOND)
    assert "ctrl+t" in colours.doubt


def test_a_tmux_at_the_other_end_of_ssh_is_recognised(tmp_path: Path) -> None:
    with running(tmp_path, without_hints()) as tmux:
        far = "env -u TMUX -u TMUX_PANE -u TERM_PROGRAM TERM=screen-256color"
        colours = found(tmux, tmp_path / "told", far)
        assert colours == Colours(Depth.TRUE, Source.TMUX_BEYOND)
        assert "$qm" not in tmux("capture-pane", "-p")


def test_one_terminal_with_all_colours_among_several_is_enough() -> None:
    assert through_tmux(("256,title", "256,RGB,title")).depth is Depth.TRUE
    assert through_tmux(("256,RGBA",)).depth is Depth.TABLE


def test_nothing_is_printed_by_asking(tmp_path: Path) -> None:
    with running(tmp_path, without_hints()) as tmux:
        heard = tmux.listening(tmp_path / "pipe")
        program = shlex.join([sys.executable, "-c", "from tui.surface.probe import ask; ask({})"])
        tmux("send-keys", f"cd {ROOT}; PS1=; clear; {program}; echo do''ne", "Enter")
        read_until(heard, b"done")
        os.close(heard)
        assert tmux("capture-pane", "-p").split() == ["done"]
