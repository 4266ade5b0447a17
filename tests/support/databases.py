"""A new database without the making: its tables cost more than most tests do in it."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from db.store import Store


def new_store(path: Path) -> Store:
    """A store on a database that nothing was stored in, at a path where there is none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as file:
        file.write(_empty())
    return Store.open(path)


@cache
def _empty() -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "nevus.db"
        Store.open(path).close()
        return path.read_bytes()
