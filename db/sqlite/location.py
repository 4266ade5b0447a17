"""Where a folder's database lies, and where none may lie."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from platformdirs import user_data_path

from db.errors import UnsafePlace

LONGEST_NAME = 220
"""Bytes; file systems take 255, and a copy of the database is named behind it."""
NETWORK = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "afpfs", "webdav", "ncpfs", "9p", "fuse.sshfs"}
)
"""File systems whose locks and shared memory SQLite's write-ahead log can't rely on."""
SYNCED = re.compile(
    r"/(Mobile Documents|CloudStorage|Dropbox|OneDrive|Google Drive|Nextcloud|iCloud Drive)(/|$)"
)


SHARED_PLACE = Path("/Users/Shared/nevus" if sys.platform == "darwin" else "/var/lib/nevus")
"""Where databases lie that a group shares. On a Mac that is where users leave things to each other,
and anyone may make it; elsewhere it is where programs keep what they change, and an administrator
makes it. The site's data folder of platformdirs is for what is installed, and nobody writes it."""


def database_for(folder: Path, db: Path | None = None, group: str | None = None) -> Path:
    """The database of a photo folder: `db` if given, else one in the user's data folder.

    One that a `group` shares lies in a place of the system's. It is keyed by the folder's real
    path, so that every way to the folder leads to the same one. Raises UnsafePlace where `db` lies
    inside the folder or is a link that leads in a circle, and where the folder's path is no text,
    which a database could not hold.
    """
    real = folder.resolve()
    try:
        key = str(real).encode()
    except UnicodeEncodeError as error:
        raise UnsafePlace(f"{real}: its name is not valid text. Rename the folder.") from error
    if db is not None:
        return _outside(real, _real(db))
    name = re.sub(r"[^\w.-]+", "_", real.name)[:40].strip("._-") or "photos"
    place = user_data_path("nevus") if group is None else SHARED_PLACE
    return place / f"{name}-{sha256(key).hexdigest()[:12]}.db"


def _real(path: Path) -> Path:
    try:
        return path.expanduser().resolve()
    except RuntimeError as error:
        raise UnsafePlace(
            f"{path} leads nowhere: its links go in a circle, or there is no such "
            "user. Name another place with --db."
        ) from error


def _outside(folder: Path, db: Path) -> Path:
    if folder in db.parents:
        raise UnsafePlace(
            f"{db} lies inside the photos' folder, which nevus never writes. "
            "Name a place outside it with --db, or leave --db out."
        )
    return db


@dataclass(frozen=True)
class Place:
    """Where a path lies: the kind of its file system and the service that syncs it, if any.

    Either is empty where there is none or it can't be told.
    """

    file_system: str
    synced_by: str

    @property
    def unsafe(self) -> bool:
        """Whether write-ahead logging would lose data here."""
        return bool(self.synced_by) or self.file_system in NETWORK


def place_of(path: Path) -> Place:
    """Where a path lies, or would lie."""
    place = path.resolve()
    synced = SYNCED.search(str(place))
    return Place(_file_system(place), synced.group(1) if synced else "")


def check_place(path: Path) -> None:
    """Raise UnsafePlace where write-ahead logging would lose data."""
    place = place_of(path)
    if place.unsafe:
        kind = place.synced_by or place.file_system
        raise UnsafePlace(
            f"{path} lies on a network or synced folder ({kind}), where SQLite can "
            "lose what was written. Name a place on a disk of this machine with --db; the photos "
            "may stay where they are."
        )


def check_name(path: Path) -> None:
    """Raise UnsafePlace where a new database's name leaves no room for those of its own files."""
    if len(os.fsencode(path.name)) > LONGEST_NAME:
        raise UnsafePlace(
            f"{path}: its name is too long for the files that nevus lays beside it. Give it a "
            f"name of at most {LONGEST_NAME} bytes."
        )


def _file_system(path: Path) -> str:
    """The kind of file system a path lies on, empty where it can't be told."""
    best, kind = -1, ""
    for mount, found in _mounts():
        if (path == mount or mount in path.parents) and len(mount.parts) > best:
            best, kind = len(mount.parts), found
    return kind


def _mounts() -> Iterator[tuple[Path, str]]:
    """Every mount point with its kind of file system."""
    if sys.platform == "darwin":
        listed = subprocess.run(["/sbin/mount"], capture_output=True, text=True, check=False).stdout
        for found in re.finditer(r" on (/.*) \((\w+)", listed):
            yield Path(found.group(1)), found.group(2)
        return
    table = Path("/proc/mounts")
    for line in table.read_text(errors="replace").splitlines() if table.exists() else []:
        _, mount, kind, *_ = line.split(" ")
        yield Path(mount.replace("\\040", " ")), kind
