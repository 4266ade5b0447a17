"""Numbers in words: what is counted, and how photos stand, alike wherever it is said."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from db.counting import Counts


def counted(number: int, thing: str) -> str:
    """`1 photo`, `3,000 photos`."""
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"


def stand(counts: "Counts") -> str:
    """How photos stand: `120 photos: 118 outlined, 40 decided, 80 waiting (3 skipped), 2 gone`."""
    skipped = f" ({counts.skipped:,} skipped)" if counts.skipped else ""
    gone = f", {counts.gone:,} gone" if counts.gone else ""
    return (
        f"{counted(counts.photos, 'photo')}: {counts.outlined:,} outlined, "
        f"{counts.decided:,} decided, {counts.waiting:,} waiting{skipped}{gone}"
    )
