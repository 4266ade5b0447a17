"""What the brush did, in continuous photo pixels."""

from dataclasses import dataclass

from textual.message import Message


@dataclass
class StrokeBegan(Message):
    """The brush was put down: its radius in photo pixels, and whether it paints or erases."""

    radius: float
    paints: bool


@dataclass
class StrokeExtended(Message):
    """The brush is down and came to this point of the photo; it may lie outside."""

    x: float
    y: float


@dataclass
class StrokeEnded(Message):
    """The brush was lifted."""
