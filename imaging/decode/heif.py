"""HEIC and AVIF files: which is which, and whether one holds all of its pictures.

A tile of a HEIC that is missing is drawn in one flat green.
"""

from collections.abc import Iterator

from imaging.decode.boxes import Box, Catalogue, ConstructionMethod, Item, boxes, catalogue

_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
_AVIF_BRANDS = frozenset({b"avif", b"avis"})
_OUTERMOST = frozenset({b"ftyp", b"meta", b"mdat", b"moov", b"free", b"skip", b"mpvd", b"uuid"})
"""What may stand by itself in a file; behind it some cameras write what is no box."""
_CODED = frozenset({b"hvc1", b"hev1", b"av01"})
_HOLE = bytes(16)
"""Coded data hold no such run of zeros: HEVC breaks one after two bytes, a length has three, and of
AV1's 1,080 pictures of skin none had more than eight.
"""


def is_heif(data: bytes) -> bool:
    """Whether a file begins as HEIC files do."""
    return data[4:8] == b"ftyp" and data[8:12] in _BRANDS


def is_avif(data: bytes) -> bool:
    """Whether a file begins as AVIF files do, or as any of the kind and holds what they hold."""
    if data[4:8] != b"ftyp" or data[8:12] not in _BRANDS | _AVIF_BRANDS:
        return False
    if data[8:12] in _AVIF_BRANDS:
        return True
    try:
        listed = read_catalogue(data)
    except ValueError:
        return False
    needed = set() if listed is None else _needed(listed)
    return listed is not None and any(listed.kinds.get(number) == b"av01" for number in needed)


def read_catalogue(data: bytes) -> Catalogue | None:
    """What a file says of its items; None of one without. Raises ValueError where it is broken."""
    meta, _ = _outermost(data)
    return None if meta is None else catalogue(data, meta)


def item_spans(data: bytes, listed: Catalogue, number: int) -> list[tuple[int, int]]:
    """Where in the file an item's data lie. Raises ValueError where that is not said plainly."""
    item = listed.items.get(number)
    if item is None or item.elsewhere or item.method is ConstructionMethod.ITEMS:
        raise ValueError("an item's data lie elsewhere")
    return list(_spans(item, listed, len(data)))


def heif_ends_early(data: bytes) -> bool:
    """Whether a part of a picture in the file lies behind its end, or is a hole full of zeros.

    Raises ValueError where the file's structure makes no sense.
    """
    meta, cut = _outermost(data)
    if cut or meta is None:
        return cut
    return _lacks_data(data, catalogue(data, meta))


def _outermost(data: bytes) -> tuple[Box | None, bool]:
    """The first `meta` box, and whether the file ends inside a box."""
    meta = None
    for box in boxes(data, 0, len(data)):
        if box.kind not in _OUTERMOST:
            break
        if box.end > len(data):
            return meta, True
        meta = box if meta is None and box.kind == b"meta" else meta
    return meta, False


def _lacks_data(data: bytes, listed: Catalogue) -> bool:
    coded = {number for number, kind in listed.kinds.items() if kind in _CODED}
    wanted = {
        number: listed.items[number]
        for number in (coded | _needed(listed)) & listed.items.keys()
        if not listed.items[number].elsewhere
    }
    if any(_reaches_out(number, item, listed, len(data)) for number, item in wanted.items()):
        return True
    spans = (_spans(wanted[number], listed, len(data)) for number in coded & wanted.keys())
    return _has_hole(data, sorted(span for some in spans for span in some))


def _needed(listed: Catalogue) -> set[int]:
    """The primary picture's number, and those of all that it is made from."""
    found, ahead = set(), [listed.primary]
    while ahead:
        number = ahead.pop()
        if number not in found:
            found.add(number)
            ahead.extend(listed.sources.get(number, ()))
    return found


def _reaches_out(number: int, item: Item, listed: Catalogue, size: int) -> bool:
    """Whether an item's data go on behind the end of where they lie."""
    if item.method is not ConstructionMethod.ITEMS:
        limit = _bounds(item, listed, size)[1]
        return any(end > limit for _, end in _spans(item, listed, size))
    sources = listed.sources.get(number, frozenset()) & listed.items.keys()
    lengths = [[part.length for part in listed.items[source].extents] for source in sources]
    if not all(map(all, lengths)):
        return False  # One that goes on to the end of its place.
    longest = max(map(sum, lengths), default=0)
    return any(extent.offset + extent.length > longest for extent in item.extents)


def _bounds(item: Item, listed: Catalogue, size: int) -> tuple[int, int]:
    """Where the place starts and ends that an item's extents are counted in."""
    if item.method is ConstructionMethod.FILE:
        return 0, size
    if listed.idat is None:
        raise ValueError("data in a box that is not there")
    return listed.idat.payload, listed.idat.end


def _spans(item: Item, listed: Catalogue, size: int) -> Iterator[tuple[int, int]]:
    """Where in the file an item's extents start and end."""
    if item.method is not ConstructionMethod.ITEMS:
        start, limit = _bounds(item, listed, size)
        for extent in item.extents:
            at = start + extent.offset
            yield at, at + extent.length if extent.length else limit


def _has_hole(data: bytes, spans: list[tuple[int, int]]) -> bool:
    """Whether one of these spans, in order, holds a run of zeros; each byte is looked at once."""
    done = 0
    for start, end in spans:
        if data.find(_HOLE, max(start, done), end) >= 0:
            return True
        done = max(done, end)
    return False
