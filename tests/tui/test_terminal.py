"""What is said of a terminal, from what is known of it."""

import os
from collections.abc import Mapping

import pytest

from pipeline.doctor.findings import Finding, State
from tui.terminal import LEAST_HEIGHT, LEAST_WIDTH, Terminal, read_terminal, terminal_findings

UTF8 = {"TERM": "xterm-256color", "LANG": "en_US.UTF-8"}
SSH = {"SSH_CONNECTION": "10.0.0.2 50022 10.0.0.9 22"}
TMUX = {"TMUX": "/tmp/tmux-0/default,1,0"}


def found(
    colours: str = "truecolor",
    cells: tuple[int, int] | None = (80, 24),
    interactive: bool = True,
    environment: Mapping[str, str] = UTF8,
) -> dict[str, Finding]:
    """The findings on a terminal by subject."""
    terminal = Terminal(interactive, cells, colours, environment)
    return {finding.subject: finding for finding in terminal_findings(terminal)}


def test_a_good_terminal_has_nothing_to_do() -> None:
    findings = found()
    assert {finding.state for finding in findings.values()} == {State.OK}
    assert not any(finding.advice for finding in findings.values())


def test_256_colours_are_noted_with_what_to_set() -> None:
    finding = found("256")["Colours"]
    assert finding.state is State.NOTE
    assert "bands skin" in finding.sentence
    assert "COLORTERM=truecolor" in finding.advice
    assert "SSH doesn't carry" in found("256", environment=SSH)["Colours"].sentence
    assert "SSH" not in finding.sentence


@pytest.mark.parametrize("colours", ["standard", ""])
def test_too_few_colours_stop_review_in_a_terminal(colours: str) -> None:
    assert found(colours)["Colours"].state is State.PROBLEM
    assert found(colours, interactive=False)["Colours"].state is State.NOTE


def test_grey_by_choice_is_noted() -> None:
    finding = found(environment={**UTF8, "NO_COLOR": "1"})["Colours"]
    assert finding.state is State.NOTE
    assert "NO_COLOR" in finding.advice


@pytest.mark.parametrize(
    ("cells", "state"),
    [
        ((LEAST_WIDTH, LEAST_HEIGHT), State.OK),
        ((LEAST_WIDTH - 1, LEAST_HEIGHT), State.PROBLEM),
        ((LEAST_WIDTH, LEAST_HEIGHT - 1), State.PROBLEM),
        (None, State.NOTE),
    ],
)
def test_the_size_is_held_against_what_the_screen_needs(
    cells: tuple[int, int] | None, state: State
) -> None:
    finding = found(cells=cells)["Size"]
    assert finding.state is state
    assert f"{LEAST_WIDTH}×{LEAST_HEIGHT}" in finding.sentence


@pytest.mark.parametrize(
    ("environment", "state"),
    [
        ({"LC_ALL": "C", "LANG": "en_US.UTF-8"}, State.NOTE),
        ({"LC_ALL": "", "LC_CTYPE": "UTF-8", "LANG": ""}, State.OK),
        ({"LANG": "C.utf8"}, State.OK),
        ({"LANG": ""}, State.NOTE),
        ({"LC_CTYPE": "de_DE.ISO8859-1", "LANG": "en_US.UTF-8"}, State.NOTE),
    ],
    ids=str,
)
def test_the_locale_is_read_in_its_order(environment: dict[str, str], state: State) -> None:
    assert found(environment=environment)["Characters"].state is state


def test_ssh_and_tmux_are_told_apart() -> None:
    assert "without SSH or tmux" in found()["Connection"].sentence
    assert found(environment=SSH)["Connection"].sentence.startswith("Over SSH. A lost line")
    inside = found(environment={**SSH, **TMUX})["Connection"]
    assert inside.state is State.NOTE
    assert "RGB" in inside.advice
    told = found(environment={**TMUX, "COLORTERM": "truecolor"})["Connection"]
    assert told.state is State.OK
    assert "screen" in found(environment={"STY": "1.pts"})["Connection"].sentence


def test_what_rich_will_use_is_asked_of_rich(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    for colorterm, term, colours in (
        ("truecolor", "xterm-256color", "truecolor"),
        ("", "xterm-256color", "256"),
        ("", "xterm", "standard"),
        ("", "dumb", ""),
    ):
        monkeypatch.setenv("COLORTERM", colorterm)
        monkeypatch.setenv("TERM", term)
        terminal = read_terminal()
        assert terminal.colours == colours
        assert terminal.environment["TERM"] == os.environ["TERM"] == term
