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
    """The paths of the files that are looked at once more.

    `forgotten` is how many others are left out, since they hold photos that were forgotten.
    """

    paths: tuple[str, ...]
    forgotten: int = 0


def retry(
    store: Store, folder: Path, named: Sequence[str] = (), cause: Cause | None = None
) -> Asked:
    """Ask for all files set aside below a folder, or those that are `named`, or of one `cause`.

    A name is a path, or the end of one. Raises UpkeepError where none is called so, or what is was
    forgotten, StoreError.
    """
    real = str(folder.resolve())
    files = store.set_aside_files(real)
    forgotten = {file.path for file in files if file.cause is Cause.FORGOTTEN}
    aside = {file.path for file in files} - forgotten
    names = [_as_stored(name, aside, forgotten) for name in named]
    left_out = 0 if named or cause is not None else len(forgotten)
    return Asked(tuple(store.ask_again(real, names, cause)), left_out)


def _as_stored(name: str, aside: set[str], forgotten: set[str]) -> str:
    """What a file set aside is called by: a path from here, or the end of its own."""
    path = Path(name)
    here, end = stored_path(path.parent.resolve() / path.name), name.removeprefix("./")
    if here in aside:
        return here
    if any(each.endswith(f"/{end}") for each in aside):
        return end
    if here in forgotten or any(each.endswith(f"/{end}") for each in forgotten):
        raise UpkeepError(f"{name} was forgotten for good, so that it is not looked at again.")
    raise UpkeepError(
        f"No file called {name!r} was set aside here. "
        "nevus status --set-aside lists those that were."
    )
