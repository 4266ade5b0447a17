"""An app that does what a key asks for before it hands the next one to anybody."""

from collections import deque
from contextlib import suppress
from math import inf
from typing import Any

from textual import events, work
from textual.app import App
from textual.message import Message
from textual.timer import Timer
from textual.worker import Worker, WorkerCancelled, WorkerFailed

AT_MOST = 0.5
"""Seconds that what comes next waits for a key: whoever had it may be gone, or wait himself."""
ROUNDS = 2
"""A key goes up from widget to app, and so does what a widget tells of it."""


class KeysInTurn(App[None]):
    """Holds what is typed, pasted and pointed at until the key before it has been done.

    Textual hands a key to whoever has the keys when it comes, though a key before it, still on its
    way up to the app, may be about to give them to another: what is typed fast, or arrives at once
    over a slow line, is lost or lands elsewhere. Here something follows each key on its way; once
    that is back at the app, the next one is handed over.
    """

    class Passed(Message, bubble=True):
        """All that a key passes have had it; `number` says which key."""

        def __init__(self, number: int, rounds: int) -> None:
            super().__init__()
            self.number = number
            self.rounds = rounds

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self._held: deque[events.Event] = deque()
        self._number = 0
        self._patience: Timer | None = None
        """Runs while a key is on its way."""
        self._unfinished = 0
        self.given_at = inf
        """When what is being done came from the terminal, by `monotonic`; infinite before any."""

    @property
    def _holding(self) -> bool:
        return self._patience is not None or self._unfinished > 0

    def hold_until_done(self, work: Worker[Any]) -> None:
        """Hold what comes from the terminal until some work is done that gives it its meaning."""
        self._unfinished += 1
        self._await(work)

    @work(group="keys")
    async def _await(self, work: Worker[Any]) -> None:
        with suppress(WorkerFailed, WorkerCancelled):
            await work.wait()
        self._unfinished -= 1
        self.call_later(self._hand_over)

    async def on_event(self, event: events.Event) -> None:
        """Hold what comes from the terminal behind a key that is on its way."""
        given = isinstance(event, (events.InputEvent, events.Paste)) and not event.is_forwarded
        if not given:
            await super().on_event(event)
        elif self._holding:
            self._held.append(event)
        else:
            await self._give(event)

    async def _give(self, event: events.Event) -> None:
        target = self.focused or self.screen
        self.given_at = event.time
        if not isinstance(event, events.MouseEvent):
            self._number += 1
            number = self._number
            self._patience = self.set_timer(AT_MOST, lambda: self._go_on(number))
        await super().on_event(event)
        if self._patience is not None:
            target.post_message(self.Passed(self._number, ROUNDS))

    async def on_keys_in_turn_passed(self, passed: Passed) -> None:
        """Send it round once more, or go on."""
        if passed.rounds > 1:
            target = self.focused or self.screen
            target.post_message(self.Passed(passed.number, passed.rounds - 1))
        else:
            await self._go_on(passed.number)

    async def _go_on(self, number: int) -> None:
        if number != self._number or self._patience is None:
            return
        self._patience.stop()
        self._patience = None
        await self._hand_over()

    async def _hand_over(self) -> None:
        while self._held and not self._holding:
            await self._give(self._held.popleft())
