"""Look through a database, its maps and its photos, and say what doesn't hold."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from db.checking import LyingFile
from db.errors import DamagedDatabase, StoreError, UnreadableDatabase
from db.sqlite.files import maps_beside
from db.sqlite.map_check import KeptMaps, MapKey, kept_maps
from db.store import Store
from pipeline.upkeep.originals import Originals
from pipeline.upkeep.report import Findings, Report


@dataclass
class _Looked:
    """What one look through the rows gave."""

    findings: Findings = field(default_factory=Findings)
    counts: dict[str, int] = field(default_factory=dict)
    map_keys: set[MapKey] = field(default_factory=set)
    files: list[LyingFile] = field(default_factory=list)
    forgotten: set[str] = field(default_factory=set)


def check(database: Path, photos: bool = False) -> Report:
    """Look through the database at `database`, which may be in use; nothing is changed.

    With `photos` every file that is said to lie somewhere is read too, which takes as long as its
    disk does. Raises StoreError where there is no database of ours that may be read.
    """
    looked = _look_through(database)
    notes = _compare_maps(maps_beside(database), looked)
    if photos:
        originals = Originals()
        looked.findings.add(originals.faults(looked.files))
        looked.counts["photos read"] = originals.read
        notes = (*notes, *originals.notes())
    found = looked.findings
    return Report(
        holds=not found.listed,
        database=str(database),
        counts=looked.counts,
        findings=tuple(found.listed),
        more=found.more,
        notes=notes,
    )


def _look_through(database: Path) -> _Looked:
    try:
        return Store.read(database, _look)
    except DamagedDatabase as error:
        return _Looked(Findings([str(error)]))


def _look(store: Store) -> _Looked:
    looked = _Looked()
    # At one moment, or what is stored meanwhile would seem to contradict what was read before.
    with store.at_one_moment() as seen:
        with _up_to_damage(looked.findings):
            looked.findings.add(seen.complaints())
        with _up_to_damage(looked.findings):
            looked.findings.add(seen.contradictions())
        with _up_to_damage(looked.findings):
            looked.counts, looked.map_keys = seen.row_counts(), seen.map_keys()
            looked.files = seen.lying_files()
            looked.forgotten = {each.content_hash for each in seen.tombstones()}
    return looked


@contextmanager
def _up_to_damage(findings: Findings) -> Iterator[None]:
    """Damage ends the block, is a finding, and leaves the next one its turn."""
    try:
        yield
    except DamagedDatabase as error:
        findings.add([str(error)])


def _compare_maps(path: Path, looked: _Looked) -> tuple[str, ...]:
    """Add what is wrong with the maps; what is only worth knowing comes back."""
    try:
        kept = kept_maps(path)
    except UnreadableDatabase as error:
        # That somebody may not read it says nothing of what is in it.
        return (f"{error} Until then its maps are not looked at.",)
    except StoreError:
        looked.findings.add(
            [f"{path} can't be read. It is a cache: delete it, and maps are computed again."]
        )
        return ()
    looked.counts["map"] = len(kept.sound)
    looked.findings.add(_damaged(path, kept))
    looked.findings.add(
        f"{path} holds a map of a photo that was forgotten: {content_hash}. Forget it once more."
        for content_hash in sorted({key[0] for key in kept.sound} & looked.forgotten)
    )
    return _notes(kept, looked.map_keys)


def _damaged(path: Path, kept: KeptMaps) -> list[str]:
    if not kept.damaged:
        return []
    return [
        f"{len(kept.damaged)} of the maps in {path} can't be read back. It is a cache: delete it, "
        "and maps are computed again."
    ]


def _notes(kept: KeptMaps, wanted: set[MapKey]) -> tuple[str, ...]:
    lost, loose = len(wanted - kept.sound), len(kept.sound - wanted)
    notes = []
    if lost:
        notes.append(f"{lost} of the outlines have lost their map; it is computed when wanted.")
    if loose:
        notes.append(f"{loose} of the maps belong to no outline; they take room, and nothing else.")
    return tuple(notes)
