"""What photos and files are called on the screen: by what tells them apart."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import TypeVar

from db.values import SetAside
from imaging.text import printable
from tui.words import cells, cut, last_cells, shorten

T = TypeVar("T")
LEAST = 5
"""Cells in which something of a name, and two marks for what is left out of it, can be read."""
TRIES = 3
"""How often it is looked whether some still look alike."""


MANY = 200
"""Photos of one name, of which it is looked up how few of their folders tell them apart."""


def below(path: str, folder: str) -> str:
    """The part of a path below a folder; the whole path where it lies elsewhere."""
    return path.removeprefix(folder.rstrip("/") + "/")


def reason_of(file: SetAside) -> str:
    """Why a file was set aside, without its name, which stands before it."""
    reason = printable(file.reason)
    for name in (file.path, file.name):
        reason = reason.removeprefix(printable(name))
    return reason.lstrip(" :")


def sentence_of(file: SetAside, folder: str) -> str:
    """Why a file was set aside, said of its path below a folder."""
    path, reason = printable(below(file.path, folder)), printable(file.reason)
    for name in (file.path, file.name):
        rest = reason.removeprefix(printable(name))
        if rest != reason:
            return f"{path}{rest}"
    return f"{path}: {reason}"


def labels(paths: Sequence[str]) -> list[str]:
    """What to call each of the different paths below a folder: its name, where names clash with
    as many of the folders above it as tell the paths apart.
    """
    parts = [path.split("/") for path in paths]
    found = ["/".join(path[-1:]) for path in parts]
    clashing, depth = _alike(range(len(found)), found.__getitem__), 1
    while clashing:
        depth += 1
        for index in clashing:
            found[index] = "/".join(parts[index][-depth:])
        longer = [index for index in clashing if len(parts[index]) > depth]
        clashing = longer and _alike(longer, found.__getitem__)
    return [printable(label) for label in found]


def distinct(texts: Sequence[str], width: int) -> list[str]:
    """The texts in at most `width` cells each; of those that would look alike stays what differs.

    Quick for thousands: only what is too long is looked at twice.
    """
    short = [shorten(text, width) for text in texts]
    if width < LEAST:
        return short
    # More than once: what tells some apart may make them look like others.
    for _ in range(TRIES):
        for alike in _groups(range(len(texts)), short.__getitem__):
            members = sorted({texts[index] for index in alike})
            if len(members) > 1:
                told = dict(zip(members, _told_apart(members, width), strict=True))
                for index in alike:
                    short[index] = told[texts[index]]
    return short


def side_by_side(texts: Sequence[str], width: int) -> list[str]:
    """Likewise, of so few that they are seen at once: what the long ones share gives way first."""
    long = sorted({text for text in texts if cells(text) > width})
    if len(long) > 1 and width >= LEAST:
        told = dict(zip(long, _told_apart(long, width), strict=True))
        return [told.get(text, text) for text in texts]
    return distinct(texts, width)


def _told_apart(texts: list[str], width: int) -> list[str]:
    """Different texts that shorten to the same: what they have in common gives way."""
    start = _alike_until(texts)
    end = _alike_until([text[start:][::-1] for text in texts])
    middles = distinct([text[start : len(text) - end] for text in texts], width - 2)
    return [
        _around(text[:start], middle, text[len(text) - end :], width)
        for text, middle in zip(texts, middles, strict=True)
    ]


def _alike_until(texts: Sequence[str]) -> int:
    """How many characters all of the texts begin with."""
    first, last = min(texts), max(texts)
    pairs = enumerate(zip(first, last, strict=False))
    return next((index for index, (one, other) in pairs if one != other), len(first))


def _around(before: str, middle: str, after: str, width: int) -> str:
    """The middle, and around it as much as there is room for: a third before it, the rest after."""
    spare = width - cells(middle)
    head = cut(before, max(1, spare // 3, spare - cells(after)))
    tail = _cut_start(after, spare - cells(head))
    return head + middle + tail


def _cut_start(text: str, width: int) -> str:
    return text if cells(text) <= width else "…" + last_cells(text, width - 1)


def _groups(items: Iterable[T], key: Callable[[T], Hashable]) -> list[list[T]]:
    """The items by their key, those alone left out."""
    groups: defaultdict[Hashable, list[T]] = defaultdict(list)
    for item in items:
        groups[key(item)].append(item)
    return [group for group in groups.values() if len(group) > 1]


def _alike(items: Iterable[T], key: Callable[[T], Hashable]) -> list[T]:
    return [item for group in _groups(items, key) for item in group]


class Names:
    """What photos are called, by their paths below a folder; more of them may come.

    A name that many of them have is told apart by the whole path, so that none waits for the rest.
    """

    def __init__(self) -> None:
        self._paths: list[str] = []
        self._alike: dict[str, list[int]] = {}
        self._told: dict[str, dict[int, str]] = {}
        self.widest = 0
        """Cells that the widest name needs, without what tells it apart."""
        self.widest_folder = 0
        """Cells that the widest folder needs."""

    def extend(self, paths: Sequence[str]) -> None:
        """These come behind the others."""
        for place, path in enumerate(paths, len(self._paths)):
            folder, _, name = path.rpartition("/")
            self._alike.setdefault(name, []).append(place)
            self._told.pop(name, None)
            self.widest = max(self.widest, cells(name))
            self.widest_folder = max(self.widest_folder, cells(folder))
        self._paths += paths

    def whole(self, place: int) -> str:
        """What a photo is called, safe to show; no other one is called so."""
        path = self._paths[place]
        name = path.rpartition("/")[2]
        alike = self._alike[name]
        if len(alike) == 1:
            return printable(name)
        if len(alike) > MANY:
            return printable(path)
        if name not in self._told:
            found = labels([self._paths[each] for each in alike])
            self._told[name] = dict(zip(alike, found, strict=True))
        return self._told[name][place]

    def parts(self, place: int) -> tuple[str, str]:
        """The folder in which a photo lies, empty at the top, and its name; safe to show."""
        folder, _, name = self._paths[place].rpartition("/")
        return printable(folder), printable(name)
