"""Why a photo is rejected: a short list to choose from by number, where the details else are."""

from textual.content import Content
from textual.widgets import Static

from imaging.text import printable
from tui.preferences import Preferences


class Reasons(Static):
    """Shown while it is asked for."""

    def __init__(self, preferences: Preferences, *, id: str | None = None) -> None:  # noqa: A002
        keys, reasons = preferences.keymap, preferences.vocabulary.reasons
        lines = [
            Content.assemble(
                (f"{keys.key(f'score_{number}')}  ", "bold $accent"), printable(reason)
            )
            for number, reason in enumerate(reasons, 1)
        ]
        leave = Content.assemble(
            (f"{keys.key('put_away')}  ", "bold $accent"), ("decides nothing", "$quiet")
        )
        heading = Content.styled("Reject, because", "$faint bold")
        super().__init__(Content("\n").join([heading, *lines, leave]), id=id)
        self._reasons = reasons

    def reason(self, number: int) -> str | None:
        """The reason with a number, counted from 1; None where there is none."""
        return self._reasons[number - 1] if 1 <= number <= len(self._reasons) else None
