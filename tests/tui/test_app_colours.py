"""The app in the colours of its terminal: said where in doubt, and switched by a key."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from rich.color import Color, ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual.color import Color as Background

from tests.support.commands import NEVUS
from tests.support.terminals import (
    CURSOR,
    KITTY,
    MUTE,
    XTERM_256,
    Player,
    Script,
    without_hints,
)
from tests.tui.driving import Clinic, settled, text_of
from tui.app import NevusApp
from tui.colour_app import Reduction
from tui.keymap import Keymap
from tui.surface.colours import Colours, Depth, Source
from tui.surface.finding import Found
from tui.surface.graphics import Graphics, Way

CELL = "▄".encode()
IN_TABLE = re.compile(rb"\x1b\[38;5;\d+;48;5;\d+m" + CELL)
IN_TRUE = re.compile(rb"\x1b\[38;2;[\d;]+;48;2;[\d;]+m" + CELL)


@dataclass
class Review:
    """`nevus review` in a terminal that is written down."""

    player: Player

    def draws(self, look: re.Pattern[bytes], other: re.Pattern[bytes]) -> None:
        """Wait until cells look so; none has looked otherwise since this was last asked."""
        self.player.play(look.search)
        assert look.search(self.player.sent)
        assert not other.search(self.player.sent)

    def switch(self, look: re.Pattern[bytes], other: re.Pattern[bytes]) -> None:
        """Press ctrl+t, and wait until cells look so; from then on none looks otherwise."""
        before = len(self.player.sent)
        self.player.type(b"\x14")
        self.player.play(lambda sent: look.search(sent, before))
        first = look.search(self.player.sent, before)
        assert first is not None
        assert not other.search(self.player.sent, first.start())

    def leave(self) -> None:
        """Quit; nothing else must stand between."""
        self.player.type(b"q")
        self.player.play()
        self.player.child.wait()
        assert self.player.child.exitstatus == 0


@pytest.fixture
def start(clinic: Clinic, tmp_path: Path) -> Iterator[Callable[[Script], Review]]:
    clinic.outline("photo.jpg")
    players: list[Player] = []

    def begin(terminal: Script, *options: str) -> Review:
        command = [*NEVUS, "review", str(clinic.folder), "--db", str(tmp_path / "nevus.db")]
        environment = without_hints(NEVUS_REVIEWER="ada")
        player = Player(terminal, [*command, *options], environment, dimensions=(24, 80))
        players.append(player)
        return Review(player)

    yield begin
    for player in players:
        player.child.close(force=True)


Start = Callable[..., Review]


def test_a_terminal_that_can_shows_the_photo_as_it_is(start: Start) -> None:
    review = start(KITTY)
    review.draws(IN_TRUE, IN_TABLE)
    assert b"24-bit" not in review.player.sent
    review.leave()


def test_a_terminal_that_says_it_can_t_gets_256_colours_in_silence(start: Start) -> None:
    review = start(XTERM_256)
    review.draws(IN_TABLE, IN_TRUE)
    assert b"24-bit" not in review.player.sent
    review.leave()


def test_where_it_can_t_be_known_the_key_is_said_and_switches(start: Start) -> None:
    review = start(MUTE)
    review.draws(IN_TABLE, IN_TRUE)
    assert b"ctrl+t" in review.player.play(lambda sent: b"ctrl+t" in sent)
    # What the terminal says too late is no key: neither the help nor a score.
    review.player.type(b"\x1b[5;1R")
    review.switch(IN_TRUE, IN_TABLE)
    review.switch(IN_TABLE, IN_TRUE)
    review.leave()


@pytest.mark.parametrize(
    ("option", "look", "other"),
    [("truecolor", IN_TRUE, IN_TABLE), ("256", IN_TABLE, IN_TRUE)],
    ids=["truecolor", "256"],
)
def test_the_option_outweighs_the_terminal_which_is_not_asked(
    start: Start, option: str, look: re.Pattern[bytes], other: re.Pattern[bytes]
) -> None:
    review = start(XTERM_256 if option == "truecolor" else KITTY, "--color", option)
    review.draws(look, other)
    assert CURSOR not in review.player.sent
    review.leave()


def test_what_was_typed_before_the_app_listened_is_done(start: Start) -> None:
    review = start(MUTE)
    review.player.play(lambda sent: CURSOR in sent)
    review.player.type(b"q\x1b[5;1R")
    review.player.play(lambda sent: sent.count(CURSOR) == 2)
    review.player.type(b"\x1b[5;1R")
    review.player.play()
    review.player.child.wait()
    assert review.player.child.exitstatus == 0


async def test_what_no_key_mends_is_said_in_the_help_and_not_at_each_start(
    clinic: Clinic, make_app: Callable[[], NevusApp]
) -> None:
    in_doubt = {source for source in Source if Colours(Depth.TABLE, source).doubt}
    assert in_doubt == {Source.UNKNOWN, Source.TMUX, Source.TMUX_BEYOND}
    said = {source for source in Source if Colours(Depth.TABLE, source).remark}
    assert said == {Source.UNKNOWN}
    colours = Colours(Depth.TABLE, Source.TMUX)
    app = NevusApp(clinic.session, make_app()._make_ingest, Found(colours))
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        assert not [note for note in app._notifications if note.title == "Colours"]
        await pilot.press("question_mark")
        shown = text_of(app.screen, "#help-beside > Static")
        assert "".join(colours.doubt.split()) in "".join(shown.split())
    app.finish()


@pytest.mark.parametrize("wanted", [None, Way.KITTY])
async def test_pictures_that_were_asked_for_and_are_not_had_are_said(
    clinic: Clinic, make_app: Callable[[], NevusApp], wanted: Way | None
) -> None:
    graphics = Graphics(why="as the terminal said nothing of its pixels", wanted=wanted)
    found = Found(Colours(Depth.TRUE, Source.ANSWER), graphics)
    app = NevusApp(clinic.session, make_app()._make_ingest, found)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        said = [note.message for note in app._notifications if note.title == "Pictures"]
        assert said == ([graphics.remark] if wanted else [])
        line = text_of(app.screen, "#status")
        assert ("drawn in cells, not by kitty" in line) is (wanted is not None)
    app.finish()


def test_the_key_that_is_said_is_the_key_that_switches() -> None:
    assert Keymap().command("colours").action == "app.switch_colours"
    assert "ctrl+t" in Colours(Depth.TABLE, Source.UNKNOWN).doubt
    assert "ctrl+t" in Colours(Depth.TRUE, Source.TMUX_BEYOND).doubt


def test_keys_that_are_in_no_table_are_left_out() -> None:
    assert Keymap().typed("jé?[ T") == ("j", "question_mark", "left_square_bracket", "T")


@pytest.mark.parametrize("depth", [Depth.TABLE, Depth.FEW])
def test_every_colour_is_reduced_and_nothing_else_of_a_style(depth: Depth) -> None:
    system = ColorSystem.EIGHT_BIT if depth is Depth.TABLE else ColorSystem.STANDARD
    styles = [Style.parse("bold #c08070 on #0d1012"), Style.parse("underline"), None]
    segments = [Segment("a", style) for style in styles]
    reduced = Reduction(depth).apply(segments, Background.parse("#000000"))
    assert [segment.text for segment in reduced] == ["a", "a", "a"]
    assert reduced[0].style == Style(
        bold=True,
        color=Color.parse("#c08070").downgrade(system),
        bgcolor=Color.parse("#0d1012").downgrade(system),
    )
    assert [segment.style for segment in reduced[1:]] == styles[1:]
