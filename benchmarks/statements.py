"""SQL statements and transactions of what is done a photo at a time."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks.export import FOLDER, PHOTO, new_outline, new_photo
from benchmarks.sql import sent
from db.queue import Among
from db.store import Store
from db.values import DecisionKind, DraftEdit, NewMask, Origin, Tool, Verdict
from imaging.framing import Mask
from imaging.mask import rle
from imaging.mask.measure import measure
from imaging.values import Patch

BEFORE = 20
"""Photos that are there already."""
MODEL = "m" * 64


def main() -> None:
    table = Table(title="SQL of a photo")
    for column in ("what", "statements", "transactions", "of the maps' database"):
        table.add_column(column, justify="left" if column == "what" else "right")
    with tempfile.TemporaryDirectory(prefix="nevus-") as folder:
        path = Path(folder) / "nevus.db"
        with closing(Store.open(path)) as store:
            for what, work in _works(store):
                with sent() as statements:
                    work()
                table.add_row(what, *count(statements))
    Console().print(table)


def count(statements: list[str]) -> tuple[str, str, str]:
    """How many there are beside those that begin transactions, how many of those, and of maps."""
    work = [each for each in statements if not each.startswith("BEGIN")]
    of_maps = [each for each in work if " map" in each.split("\n")[0]]
    begun = len(statements) - len(work) - bool(of_maps)
    return f"{len(work) - len(of_maps)}", f"{begun}", f"{len(of_maps)} in {bool(of_maps):d}"


def _works(store: Store) -> Iterator[tuple[str, Callable[[], object]]]:
    mask = np.zeros((PHOTO.height, PHOTO.width), np.bool_)
    mask[100:300, 200:500] = True
    for number in range(BEFORE):
        store.take_in(new_photo(number), new_outline(mask, number / BEFORE))
    new = new_photo(BEFORE)
    yield "look a new file up", lambda: store.look_up(new.stat, MODEL)
    yield "take it in with its outline", lambda: store.take_in(new, new_outline(mask, 0.5))
    yield "look it up again", lambda: store.look_up(new.stat, MODEL)
    yield "open a photo", lambda: _open(store, 1, new.fingerprint.content_hash)
    accepted = _verdict(store, 1)
    yield "accept", lambda: store.decide(accepted)
    corrected = _corrected(store, 2, mask)
    yield "correct, with a mask", lambda: store.decide(corrected)
    for photo_id in range(3, BEFORE):
        store.decide(_verdict(store, photo_id))
    kinds = list(DecisionKind)
    yield f"export {BEFORE - 1}", lambda: list(store.reviewed(kinds, str(FOLDER)))
    yield "hear what others said", store.hear
    for among in Among:
        yield f"a page, {among.name.lower()}", partial(_page, store, among)


def _page(store: Store, among: Among) -> None:
    """The lines of all photos, which are fewer than a page has."""
    list(store.queue(str(FOLDER), "ada", among))


def _open(store: Store, photo_id: int, content_hash: str) -> None:
    """What a photo that is put on a reviewer's table asks for."""
    found = store.to_open(photo_id, "ada")
    assert found.made is not None
    store.kept_map(found.made)
    # Of the picture that its file is found to hold.
    store.find_photo(content_hash)


def _verdict(store: Store, photo_id: int) -> Verdict:
    revision = store.photo(photo_id).revision
    assert revision is not None
    return Verdict(photo_id, revision.id, None, DecisionKind.ACCEPTED, "ada", 1.0)


def _corrected(store: Store, photo_id: int, mask: Mask) -> Verdict:
    seen = _verdict(store, photo_id)
    edit = DraftEdit(Patch(0, 0, 1, 1, b"x", "before", "after"), Tool.BRUSH)
    draft = store.add_edit("ada", photo_id, seen.revision_id, 0, edit).draft_id
    made = NewMask(draft, rle.encode(mask), measure(mask), Origin.BRUSH, None)
    return replace(seen, kind=DecisionKind.CORRECTED, mask=made)


if __name__ == "__main__":
    main()
