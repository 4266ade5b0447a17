"""What is typed fast is done in order, whatever a key before it changes."""

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Button, Input

from tests.tui.driving import until
from tui.keys_in_turn import KeysInTurn


class Desk(KeysInTurn):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "write"),
        Binding("d", "drop"),
        Binding("n", "note"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[str] = []
        self.noted = 0

    def compose(self) -> ComposeResult:
        yield Button("keys are here first", id="first")
        yield Input(id="line")

    def action_write(self) -> None:
        self.query_one(Input).focus()

    def action_note(self) -> None:
        self.noted += 1

    async def action_drop(self) -> None:
        await self.query_one("#first").remove()

    def on_input_submitted(self, message: Input.Submitted) -> None:
        self.sent.append(message.value)
        message.input.clear()
        self.set_focus(self.query_one("#first"))

    def type(self, keys: str) -> None:
        """As one read from the terminal brings it."""
        for key in keys:
            name = "enter" if key == "\r" else key
            self.post_message(events.Key(name, None if key == "\r" else key))


async def test_a_line_gets_what_was_typed_behind_its_key_and_nothing_else_does() -> None:
    app = Desk()
    async with app.run_test() as pilot:
        app.type("chair\rncnone\rn")
        await until(pilot, lambda: app.noted == 2)
        assert app.sent == ["hair", "none"]


async def test_what_is_pasted_and_pointed_at_waits_too() -> None:
    app = Desk()
    async with app.run_test() as pilot:
        app.type("c")
        app.post_message(events.Paste("hair"))
        app.type("\rn")
        await until(pilot, lambda: app.noted == 1)
        assert app.sent == ["hair"]


async def test_whoever_had_the_keys_may_be_gone() -> None:
    app = Desk()
    async with app.run_test() as pilot:
        app.type("dnn")
        # Textual gives the keys to the next.
        await until(pilot, lambda: app.query_one(Input).value == "nn")
