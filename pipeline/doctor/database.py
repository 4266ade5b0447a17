"""The photos' folder and its database: where it lies, whether it is sound, and its room."""

import os
import shutil
import stat
from errno import EPERM
from pathlib import Path

from db.errors import StoreError
from db.sqlite.files import maps_beside
from db.sqlite.inspection import DatabaseState, inspect
from db.sqlite.location import place_of
from db.sqlite.rights import group_of, unshared
from pipeline.counted import counted, stand
from pipeline.doctor.findings import Finding, note, ok, problem
from pipeline.doctor.places import existing_parent, writable
from pipeline.doctor.sizes import in_bytes

ENOUGH_PHOTOS = 10
"""Outlined photos from which the need of a thousand is told; the empty tables weigh less then."""
USUAL_BYTES = 103_000
"""What a photo takes with mask and map at 256 px: 104 kB on 898 phone photos, 101 kB on 2,142 of
dermoscopy, just outlined; strokes come on top."""
LEAST_ROOM, LITTLE_ROOM = 100_000_000, 2_000_000_000
"""Bytes free, by our judgement: below the first SQLite may fail any moment, below the second a
person should know."""


def folder_finding(folder: Path) -> Finding:
    """Whether the photos' folder can be listed."""
    shown = str(folder.resolve())
    try:
        entries = sum(1 for _ in os.scandir(folder))
    except OSError as error:
        guarded = error.errno == EPERM
        return problem(
            "Folder",
            f"{shown} can't be listed ({error.strerror}).",
            "This is what a Mac's privacy controls answer, see Privacy below."
            if guarded
            else "Change its permissions, or name another folder.",
        )
    return ok("Folder", f"{shown} can be listed ({counted(entries, 'item')}); it is never written.")


def database_findings(path: Path, group: str | None = None) -> tuple[Finding, ...]:
    """What stands at the database's path, or could; nothing is made or changed.

    `group` is the one that is to share it, where one is asked for.
    """
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return (_place(path), _nothing_yet(path), _room(path, None))
    except PermissionError:
        return (_place(path), _hidden(path))
    except OSError as error:
        return (problem("Place", f"{path} can't be: {error.strerror}.", _NAME),)
    if not stat.S_ISREG(mode):
        return (problem("Place", f"{path} is no ordinary file.", _NAME),)
    try:
        state = inspect(path)
    except StoreError as error:
        return (_place(path), problem("State", str(error)), *_sharing(path, group))
    return (
        _place(path),
        form_finding(state),
        _soundness(path, state),
        _durability(state),
        _permission(path),
        *_sharing(path, group),
        _content(state),
        _sizes(path, state),
        _room(path, state),
    )


def _place(path: Path) -> Finding:
    place, shown = place_of(path), str(path)
    if place.synced_by:
        return problem(
            "Place", f"{shown} lies in a folder synced by {place.synced_by}.", _ELSEWHERE
        )
    if place.unsafe:
        kind = place.file_system
        return problem("Place", f"{shown} lies on a network file system ({kind}).", _ELSEWHERE)
    kind = place.file_system or "of a kind that can't be told"
    return ok("Place", f"{shown}, on a disk of this machine ({kind}).")


_NAME = "Name another place with --db, or leave --db out."
_ELSEWHERE = (
    "SQLite can lose what was written there, so nevus refuses it. Name a place on a disk of this "
    "machine with --db; the photos may stay where they are."
)


def _nothing_yet(path: Path) -> Finding:
    if not writable(path):
        return problem(
            "State",
            f"There is no database yet, and none can be made in {path.parent}.",
            "Look at the permissions of the folders above it, or name another place with --db.",
        )
    return ok("State", "There is no database yet; nevus review or nevus segment makes it.")


def _hidden(path: Path) -> Finding:
    return problem(
        "State",
        f"{path.parent} can't be looked into.",
        "Change its permissions, or name another place with --db.",
    )


def form_finding(state: DatabaseState) -> Finding:
    """Whether its tables are those of this nevus."""
    if state.form is None:
        return ok("Form", "The file is empty; nevus fills it when it first opens it.")
    if state.older:
        return note(
            "Form",
            f"It was written by an older nevus (form {state.form}, now {state.newest_form}).",
            "nevus brings it up to date when it next opens it, and lays a copy beside it first.",
        )
    return ok("Form", f"Its tables are those of this nevus (form {state.form}).")


def _soundness(path: Path, state: DatabaseState) -> Finding:
    if state.damage:
        return problem(
            "Soundness",
            f"SQLite's quick check complains: {' '.join(state.damage.split())}.",
            f"Put back a copy of {path.name}: your backup, or the copy that nevus laid "
            "beside it when it last changed its form.",
        )
    return ok("Soundness", "SQLite's quick check finds nothing wrong.")


def _durability(state: DatabaseState) -> Finding:
    kept = f"synchronous={state.synchronous}"
    if state.form is not None and state.journal_mode != "wal":
        return note(
            "Durability",
            f"It keeps no write-ahead log (journal_mode={state.journal_mode}, {kept}): nothing is "
            "lost, but reading and writing wait for each other.",
            "Another program changed that. `sqlite3 FILE 'PRAGMA journal_mode=WAL'` sets it back.",
        )
    return ok(
        "Durability",
        f"What nevus says is saved survives a power cut (journal_mode=WAL, {kept}).",
    )


def _permission(path: Path) -> Finding:
    if writable(path):
        return ok("Permission", "You may write it.")
    return problem(
        "Permission",
        "You may read it, but not write it or make files beside it.",
        f"Change the permissions of {path} and of its folder.",
    )


def _sharing(path: Path, group: str | None) -> tuple[Finding, ...]:
    """Whether a group can share it, where one is to or does."""
    shared_with = group or group_of(path)
    if shared_with is None:
        return ()
    try:
        problems = tuple(problem("Sharing", each) for each in unshared(path, shared_with))
    except StoreError as error:
        return (problem("Sharing", str(error)),)
    return problems or (ok("Sharing", f"All of the group {shared_with} may work on it at once."),)


def _content(state: DatabaseState) -> Finding:
    return ok("Content", f"{stand(state.counts)}.")


def _sizes(path: Path, state: DatabaseState) -> Finding:
    maps = maps_beside(path).name
    return ok(
        "Size",
        f"{in_bytes(state.bytes)} of masks and decisions, and {in_bytes(state.maps_bytes)} of "
        f"probability maps beside it ({maps}), a cache that may be lost.",
    )


def _room(path: Path, state: DatabaseState | None) -> Finding:
    return room_finding(shutil.disk_usage(existing_parent(path)).free, state)


def room_finding(free: int, state: DatabaseState | None) -> Finding:
    """Whether `free` bytes are enough, and what a thousand photos need, measured on those there."""
    sentence = f"{in_bytes(free)} free on its disk. {_need(state)}"
    if free < LEAST_ROOM:
        return problem("Room", sentence, "Make room before you go on.")
    if free < LITTLE_ROOM:
        return note("Room", sentence, "Make room before a large batch.")
    return ok("Room", sentence)


def _need(state: DatabaseState | None) -> str:
    outlined = 0 if state is None else state.counts.outlined
    if state is None or outlined < ENOUGH_PHOTOS or not state.maps_bytes:
        return (
            f"A thousand photos need about {in_bytes(1000 * USUAL_BYTES)}, as others did; the "
            "photos themselves are never copied."
        )
    each = (state.bytes + state.maps_bytes) / outlined
    return (
        f"A thousand photos need about {in_bytes(1000 * each)}, measured on the "
        f"{outlined:,} outlined here; the photos themselves are never copied."
    )
