"""Where a reviewer left off and how his screen was set, as a value and as text."""

import json
from dataclasses import asdict, dataclass
from math import isfinite
from typing import Any

from imaging.view.overlay import Shown
from pipeline.review.wanted import ALL, CHOICES, Facet, Order, Wanted
from pipeline.settings_table import THEME_NAMES

FORM = 1
"""Of the text; one of another form is none."""


@dataclass(frozen=True)
class Part:
    """Which part of the photo was seen: how near, and around which point in photo pixels."""

    zoom: float
    x: float
    y: float


@dataclass(frozen=True)
class Bookmark:
    """Where the cursor was in the queue, and what is carried from photo to photo.

    `key` is the photo's id or a set aside file's path, None where the queue was at its end; `row`
    is where that stood, and `decision` the id of what was decided of it then. `out` are the photos
    that were taken out on the contact sheet: no page is to be accepted with them unawares. `theme`
    is one that was chosen, None where that of the settings holds. What would make a photo look
    otherwise than it is has no place here.
    """

    key: int | str | None = None
    row: int = 0
    decision: int | None = None
    wanted: Wanted = ALL
    folded: bool = False
    overlay: Shown = Shown.OUTLINE
    strength: float = 0.5
    lesion: bool = False
    part: Part | None = None
    out: tuple[int, ...] = ()
    theme: str | None = None


def write_bookmark(bookmark: Bookmark) -> str:
    """The bookmark as text."""
    return json.dumps({"form": FORM, **asdict(bookmark)})


def read_bookmark(text: str) -> Bookmark | None:
    """The bookmark that a text holds; None where it holds none, or what can't be."""
    try:
        found = json.loads(text)
        return _bookmark(found) if found["form"] == FORM else None
    except (ValueError, TypeError, KeyError, RecursionError):
        return None


def _bookmark(found: dict[str, Any]) -> Bookmark:
    key, row, part, decision = found["key"], found["row"], found["part"], found["decision"]
    return Bookmark(
        key=None if key is None else _of(key, int, str),
        row=_within(_of(row, int), 0),
        decision=None if decision is None else _of(decision, int),
        wanted=_wanted(found["wanted"]),
        folded=_of(found["folded"], bool),
        overlay=Shown(found["overlay"]),
        strength=_within(_of(found["strength"], float), 0.0, 1.0),
        lesion=_of(found["lesion"], bool),
        part=None if part is None else _part(part),
        # Not there in one that was written before it was kept.
        out=tuple(_within(_of(photo_id, int), 1) for photo_id in found.get("out", ())),
        theme=_theme(found.get("theme")),
    )


def _wanted(found: dict[str, Any]) -> Wanted:
    wanted = Wanted(_of(found["text"], str), (), Order(found["order"]), _of(found["reverse"], bool))
    for name, value in found["values"]:
        facet = Facet(name)
        if facet in CHOICES and value not in CHOICES[facet]:
            raise ValueError(f"no {facet} is {value}")
        wanted = wanted.having(facet, _of(value, str))
    return wanted


def _theme(name: Any) -> str | None:
    if name is not None and name not in THEME_NAMES:
        raise ValueError(f"no theme is {name}")
    return None if name is None else _of(name, str)


def _part(found: dict[str, Any]) -> Part:
    zoom, x, y = (_within(_of(found[name], float), 0.0) for name in ("zoom", "x", "y"))
    return Part(zoom, x, y)


def _of(value: Any, *kinds: type) -> Any:
    # By its very type: True is an int, too.
    if type(value) not in kinds:
        raise ValueError(f"{value!r} is no {kinds[0].__name__}")
    return value


def _within(value: Any, least: float, most: float = float("inf")) -> Any:
    if not (isfinite(value) and least <= value <= most):
        raise ValueError(f"{value} can't be")
    return value
