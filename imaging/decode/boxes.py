"""The boxes that HEIC files are made of, and the items they hold.

ISO/IEC 14496-12 (2022), 4.2 and 8.11. Whatever the bytes, reading takes time in proportion to them
and raises nothing but ValueError.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum


class ConstructionMethod(IntEnum):
    """What the extents of an item are counted from: the file, the `idat` box, other items."""

    FILE = 0
    IDAT = 1
    ITEMS = 2


@dataclass(frozen=True)
class Box:
    """A box: its kind, and where its payload starts and ends."""

    kind: bytes
    payload: int
    end: int


@dataclass(frozen=True)
class Extent:
    """A part of an item's data; without a length it goes on to the end of what it is counted in."""

    offset: int
    length: int


@dataclass(frozen=True)
class Item:
    """Where an item's data lie; `elsewhere` if that is another file."""

    method: ConstructionMethod
    elsewhere: bool
    extents: tuple[Extent, ...]


@dataclass(frozen=True)
class Catalogue:
    """What a file says of its items, by their numbers."""

    primary: int
    kinds: Mapping[int, bytes]
    items: Mapping[int, Item]
    sources: Mapping[int, frozenset[int]]
    """The items that an item is made from."""
    idat: Box | None
    properties: Box | None


def boxes(data: bytes, start: int, end: int) -> Iterator[Box]:
    """The boxes between two places, the last of which may claim more than there is."""
    at = start
    while at + 8 <= end:
        size, header = int.from_bytes(data[at : at + 4], "big"), 8
        if size == 1:
            size, header = int.from_bytes(data[at + 8 : at + 16], "big"), 16
        stop = at + size if size else end
        if stop < at + header:
            raise ValueError("a box is smaller than its header")
        yield Box(data[at + 4 : at + 8], at + header, stop)
        at = stop


def catalogue(data: bytes, meta: Box) -> Catalogue:
    """What a `meta` box says; raises ValueError where it makes no sense."""
    inner: dict[bytes, Box] = {}
    for box in boxes(data, meta.payload + 4, min(meta.end, len(data))):
        if box.end > meta.end:
            raise ValueError("a box is larger than what it is in")
        inner.setdefault(box.kind, box)
    if not {b"pitm", b"iloc", b"iinf"} <= inner.keys():
        raise ValueError("a file without a list of its items")
    return Catalogue(
        _primary(_Reader.of(data, inner[b"pitm"])),
        _kinds(data, inner[b"iinf"]),
        _items(_Reader.of(data, inner[b"iloc"])),
        _sources(data, inner[b"iref"]) if b"iref" in inner else {},
        inner.get(b"idat"),
        inner.get(b"iprp"),
    )


@dataclass
class _Reader:
    """Reads a full box, number after number; raises ValueError at its end."""

    data: bytes
    at: int
    end: int
    version: int = 0

    @classmethod
    def of(cls, data: bytes, box: Box) -> "_Reader":
        reader = cls(data, box.payload, box.end)
        reader.version = reader.number(1)
        reader.number(3)
        return reader

    @property
    def left(self) -> bool:
        return self.at < self.end

    def number(self, size: int) -> int:
        return int.from_bytes(self.take(size), "big")

    def take(self, size: int) -> bytes:
        if self.at + size > min(self.end, len(self.data)):
            raise ValueError("a box is cut short")
        self.at += size
        return self.data[self.at - size : self.at]


def _primary(reader: _Reader) -> int:
    return reader.number(4 if reader.version else 2)


def _kinds(data: bytes, box: Box) -> dict[int, bytes]:
    reader = _Reader.of(data, box)
    reader.number(4 if reader.version else 2)
    entries = boxes(data, reader.at, box.end)
    return dict(_kind(_Reader.of(data, entry)) for entry in entries if entry.kind == b"infe")


def _kind(reader: _Reader) -> tuple[int, bytes]:
    number = reader.number(4 if reader.version > 2 else 2)
    reader.number(2)
    return number, reader.take(4) if reader.version >= 2 else b""


def _items(reader: _Reader) -> dict[int, Item]:
    sizes = reader.number(2)
    offset, length, base, index = (sizes >> shift & 15 for shift in (12, 8, 4, 0))
    index = index if reader.version else 0
    items = {}
    for _ in range(reader.number(4 if reader.version > 1 else 2)):
        number = reader.number(4 if reader.version > 1 else 2)
        method = reader.number(2) & 15 if reader.version else 0
        elsewhere = reader.number(2) != 0
        start = reader.number(base)
        count = reader.number(2)
        # Extents without a size are all the same one, and more of them than a box has bytes.
        count = count if index + offset + length else min(count, 1)
        extents = []
        for _ in range(count):
            reader.number(index)
            extents.append(Extent(start + reader.number(offset), reader.number(length)))
        items[number] = Item(ConstructionMethod(method), elsewhere, tuple(extents))
    return items


def _sources(data: bytes, box: Box) -> dict[int, frozenset[int]]:
    """What an item is derived from, and what its extents are counted in."""
    reader = _Reader.of(data, box)
    size = 4 if reader.version else 2
    found: dict[int, set[int]] = {}
    for part in boxes(data, reader.at, box.end):
        references = _Reader(data, part.payload, part.end)
        if part.kind in {b"dimg", b"iloc"}:
            item = found.setdefault(references.number(size), set())
            item.update(references.number(size) for _ in range(references.number(2)))
    return {number: frozenset(sources) for number, sources in found.items()}
