"""`nevus service`: print a unit that has the system run `nevus watch`."""

import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tui.commands.options import (
    Database,
    FolderToCome,
    Group,
    HashNames,
    LogFile,
    Model,
)
from tui.commands.output import failures, remark
from tui.commands.settings import settled

if TYPE_CHECKING:
    from pipeline.settings import Settings
    from pipeline.unattended.units import Service


class Manager(StrEnum):
    """What starts programs on a system."""

    LAUNCHD = "launchd"
    SYSTEMD = "systemd"


def service(
    manager: Annotated[
        Manager, typer.Argument(metavar="launchd|systemd", help="macOS has launchd, Linux systemd.")
    ],
    folder: FolderToCome = Path(),
    db: Database = None,
    group: Group = None,
    model: Model = None,
    log: LogFile = None,
    hash_names: HashNames = None,
) -> None:
    """Print a unit with which the system runs nevus watch FOLDER always, for you, not for root.

    It goes to stdout, how to install it to stderr. Nothing is installed. Paths become absolute; the
    program is that of this environment, and your NEVUS_ variables go along.

    [bold]Examples[/bold]

      nevus service systemd ~/captures > ~/.config/systemd/user/nevus.service

      nevus service launchd ~/captures --hash-names > ~/Library/LaunchAgents/nevus.plist
    """
    held = settled(db=db, group=group, model=model, hash_names=hash_names)
    with failures():
        from pipeline.unattended.units import how_to_install, launchd_plist, systemd_unit

        made = _service(manager, folder.resolve(), log, held)
        write = launchd_plist if manager is Manager.LAUNCHD else systemd_unit
        # UTF-8 whatever the terminal's, and no name in it escaped but as the format does it.
        sys.stdout.buffer.write(write(made).encode())
        sys.stdout.buffer.flush()
        for line in how_to_install(manager, made).splitlines():
            remark(line)


def _service(manager: Manager, folder: Path, log: Path | None, held: "Settings") -> "Service":
    from pipeline.unattended.units import Service, installed_nevus

    made = Service((), folder)
    logs = Path.home() / "Library" / "Logs"
    if manager is Manager.LAUNCHD and log is None:
        # launchd has no journal, and a file that it writes itself never ends.
        log = logs / f"{made.name}.log"
    options = {"--db": held.database(folder), "--model": held.model, "--log": log}
    words = [str(installed_nevus()), "watch", str(folder)]
    for option, path in options.items():
        if path is not None:
            words += [option, str(path.absolute())]
    if held.group is not None:
        words += ["--group", held.group]
    if held.hash_names:
        words.append("--hash-names")
    errors = logs / f"{made.name}.errors.log" if manager is Manager.LAUNCHD else None
    return Service(tuple(words), folder, _variables(held), errors)


def _variables(held: "Settings") -> dict[str, str]:
    """Those that say what holds and are no option already."""
    from pipeline.settings import FILE_VARIABLE
    from pipeline.unattended.units import PASSED_ON

    said = {source for _, _, source in held.rows() if source.startswith("NEVUS_")}
    found = {
        name: os.environ[name]
        for name in (
            *PASSED_ON,
            *sorted(said - {"NEVUS_DB", "NEVUS_GROUP", "NEVUS_MODEL", "NEVUS_HASH_NAMES"}),
        )
        if os.environ.get(name)
    }
    if os.environ.get(FILE_VARIABLE):
        found[FILE_VARIABLE] = str(Path(os.environ[FILE_VARIABLE]).expanduser().absolute())
    if "NEVUS_BACKUP_TO" in found and held.backup_to is not None:
        found["NEVUS_BACKUP_TO"] = str(held.backup_to.absolute())
    return found
