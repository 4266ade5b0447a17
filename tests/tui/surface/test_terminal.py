"""What is said of a terminal, from what is known of it."""

import os
from collections.abc import Mapping

import pytest

from pipeline.doctor.findings import Finding, Grade
from tui.surface.colours import Colours, Depth, Source
from tui.surface.graphics import Graphics, Way
from tui.surface.room import LEAST_HEIGHT, LEAST_WIDTH
from tui.surface.terminal import (
    Terminal,
    read_terminal,
    terminal_findings,
)
from tui.widgets.status import State, Status

UTF8 = {"TERM": "xterm-256color", "LANG": "en_US.UTF-8"}
SSH = {"SSH_CONNECTION": "10.0.0.2 50022 10.0.0.9 22"}
TMUX = {"TMUX": "/tmp/tmux-0/default,1,0"}
ASKED = Colours(Depth.TRUE, Source.ANSWER)


def found(
    colours: Colours = ASKED,
    cells: tuple[int, int] | None = (80, 24),
    interactive: bool = True,
    environment: Mapping[str, str] = UTF8,
) -> dict[str, Finding]:
    """The findings on a terminal by subject."""
    terminal = Terminal(interactive, cells, colours, environment)
    return {finding.subject: finding for finding in terminal_findings(terminal)}


def test_a_good_terminal_has_nothing_to_do() -> None:
    findings = found()
    assert {finding.state for finding in findings.values()} == {Grade.OK}
    assert not any(finding.advice for finding in findings.values())


@pytest.mark.parametrize("source", Source)
def test_it_is_said_how_the_colours_are_known(source: Source) -> None:
    for depth in Depth:
        finding = found(Colours(depth, source))["Colours"]
        assert finding.sentence.startswith(f"{depth.words}, {source.value}")
    assert "bands" not in finding.sentence


def test_256_colours_are_noted_with_what_can_be_done() -> None:
    finding = found(Colours(Depth.TABLE, Source.UNKNOWN))["Colours"]
    assert finding.state is Grade.NOTE
    assert "banded" in finding.sentence
    assert "ctrl+t" in finding.advice
    assert "RGB" in found(Colours(Depth.TABLE, Source.TMUX))["Colours"].advice
    assert found(Colours(Depth.TABLE, Source.ANSWER))["Colours"].advice == ""


@pytest.mark.parametrize("way", Way)
def test_it_is_said_how_the_photo_is_drawn_and_how_that_is_known(way: Way) -> None:
    graphics = Graphics(way, "as the terminal said when it was asked", (9, 18))
    terminal = Terminal(True, (80, 24), ASKED, UTF8, graphics)
    (finding,) = (each for each in terminal_findings(terminal) if each.subject == "Photo")
    assert finding.sentence.startswith(f"Drawn {way.words}, as the terminal said")
    assert ("9×18" in finding.sentence) is (way is not Way.CELLS)


def test_the_status_line_says_whose_graphics_are_used_and_nothing_of_cells() -> None:
    status = Status("ada")
    assert "drawn by" not in " ".join(part.plain for part in status._parts())
    status.set_reactive(Status.state, State(drawn=Way.SIXEL))
    assert status._parts()[-1].plain == "drawn by sixel"


def test_pictures_that_are_asked_for_and_not_had_are_noted_and_said_in_the_status_line() -> None:
    graphics = Graphics(why="as tmux passes no pictures on", wanted=Way.KITTY)
    terminal = Terminal(True, (80, 24), ASKED, UTF8, graphics)
    (finding,) = (each for each in terminal_findings(terminal) if each.subject == "Photo")
    assert (finding.state, finding.sentence) == (Grade.NOTE, graphics.remark)
    status = Status("ada")
    status.set_reactive(Status.state, State(not_drawn=Way.KITTY))
    assert status._parts()[-1].plain == "drawn in cells, not by kitty"


def test_pictures_that_the_terminal_said_nothing_of_are_noted() -> None:
    graphics = Graphics(Way.SIXEL, "as --graphics says", (9, 18), wanted=Way.SIXEL, sure=False)
    terminal = Terminal(True, (80, 24), ASKED, UTF8, graphics)
    (finding,) = (each for each in terminal_findings(terminal) if each.subject == "Photo")
    assert finding.state is Grade.NOTE
    assert "--graphics at auto" in finding.advice


def test_a_pipe_is_told_to_ask_in_the_terminal() -> None:
    finding = found(Colours(Depth.TABLE, Source.UNKNOWN), interactive=False)["Colours"]
    assert "without a pipe" in finding.advice


def test_24_bit_colours_in_doubt_are_noted() -> None:
    finding = found(Colours(Depth.TRUE, Source.TMUX_BEYOND))["Colours"]
    assert finding.state is Grade.NOTE
    assert "ctrl+t" in finding.advice


@pytest.mark.parametrize("source", [Source.TERM, Source.UNKNOWN])
def test_too_few_colours_stop_review_in_a_terminal(source: Source) -> None:
    few = Colours(Depth.FEW, source)
    assert found(few)["Colours"].state is Grade.PROBLEM
    assert found(few, interactive=False)["Colours"].state is Grade.NOTE


def test_grey_by_choice_is_noted() -> None:
    finding = found(environment={**UTF8, "NO_COLOR": "1"})["Colours"]
    assert finding.state is Grade.NOTE
    assert "NO_COLOR" in finding.advice
    chosen = Colours(Depth.TRUE, Source.OPTION)
    assert found(chosen, environment={**UTF8, "NO_COLOR": "1"})["Colours"].state is Grade.OK


@pytest.mark.parametrize(
    ("cells", "state"),
    [
        ((LEAST_WIDTH, LEAST_HEIGHT), Grade.OK),
        ((LEAST_WIDTH - 1, LEAST_HEIGHT), Grade.PROBLEM),
        ((LEAST_WIDTH, LEAST_HEIGHT - 1), Grade.PROBLEM),
        (None, Grade.NOTE),
    ],
)
def test_the_size_is_held_against_what_the_screen_needs(
    cells: tuple[int, int] | None, state: Grade
) -> None:
    finding = found(cells=cells)["Size"]
    assert finding.state is state
    assert f"{LEAST_WIDTH}×{LEAST_HEIGHT}" in finding.sentence


@pytest.mark.parametrize(
    ("environment", "state"),
    [
        ({"LC_ALL": "C", "LANG": "en_US.UTF-8"}, Grade.NOTE),
        ({"LC_ALL": "", "LC_CTYPE": "UTF-8", "LANG": ""}, Grade.OK),
        ({"LANG": "C.utf8"}, Grade.OK),
        ({"LANG": ""}, Grade.NOTE),
        ({"LC_CTYPE": "de_DE.ISO8859-1", "LANG": "en_US.UTF-8"}, Grade.NOTE),
    ],
    ids=str,
)
def test_the_locale_is_read_in_its_order(environment: dict[str, str], state: Grade) -> None:
    assert found(environment=environment)["Characters"].state is state


def test_ssh_and_tmux_are_told_apart() -> None:
    assert "without SSH or tmux" in found()["Connection"].sentence
    assert found(environment=SSH)["Connection"].sentence.startswith("Over SSH. A lost line")
    inside = found(environment={**SSH, **TMUX})["Connection"]
    assert inside.state is Grade.OK
    assert inside.sentence.startswith("Over SSH, inside tmux")
    assert "screen" in found(environment={"STY": "1.pts"})["Connection"].sentence


def test_the_colours_are_those_that_review_uses(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TMUX", "STY", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    for colorterm, term, depth in (
        ("truecolor", "xterm-256color", Depth.TRUE),
        ("", "xterm-256color", Depth.TABLE),
        ("", "xterm", Depth.FEW),
        ("", "dumb", Depth.FEW),
    ):
        monkeypatch.setenv("COLORTERM", colorterm)
        monkeypatch.setenv("TERM", term)
        terminal = read_terminal("auto", "auto")
        assert terminal.colours.depth is depth
        assert terminal.environment["TERM"] == os.environ["TERM"] == term
    assert read_terminal("256", "auto").colours == Colours(Depth.TABLE, Source.OPTION)
