"""Have files that were set aside looked at once more, by whichever process takes in the folder."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from db.store import Store
from db.values import Cause
from pipeline.errors import UpkeepError
from pipeline.intake.scan import stored_path


@dataclass(frozen=True)
class Asked:
    """The paths of the files that are looked at once more."""

    paths: tuple[str, ...]


def retry(
    store: Store, folder: Path, named: Sequence[str] = (), cause: Cause | None = None
) -> Asked:
    """Ask for all files set aside below a folder, or those that are `named`, or of one `cause`.

    A name is a path, or the end of one. Raises UpkeepError where none is called so, StoreError.
    """
    real = str(folder.resolve())
    aside = {file.path for file in store.set_aside_files(real)}
    names = [_as_stored(name, aside) for name in named]
    return Asked(tuple(store.ask_again(real, names, cause)))


def _as_stored(name: str, aside: set[str]) -> str:
    """What a file set aside is called by: a path from here, or the end of its own."""
    path = Path(name)
    here, end = stored_path(path.parent.resolve() / path.name), name.removeprefix("./")
    if here in aside:
        return here
    if any(each.endswith(f"/{end}") for each in aside):
        return end
    raise UpkeepError(
        f"No file called {name!r} was set aside here. nevus segment lists those that were."
    )
