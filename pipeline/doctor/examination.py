"""Look at everything: the sections that `nevus doctor` shows under what it says of the terminal."""

import sys
from collections.abc import Callable
from pathlib import Path

from models.package.package import ModelError
from models.run.setup import ModelSetup
from pipeline.doctor.database import database_findings, folder_finding
from pipeline.doctor.findings import Finding, Section, problem
from pipeline.doctor.heic import heic_finding
from pipeline.doctor.mac import mac_findings, read_mac
from pipeline.doctor.machine import machine_findings
from pipeline.doctor.model import model_findings


def sections(
    folder: Path, database: Path, group: str | None, model: Callable[[], ModelSetup]
) -> tuple[Section, ...]:
    """Photos, database, model and machine; nothing is changed but the user's cache of models.

    `group` is the one that is to share the database, if any. `model` says which is to be run, or
    raises ModelError where it is there no more.
    """
    found = (
        Section("Photos", (folder_finding(folder), heic_finding())),
        Section("Database", database_findings(database, group)),
        Section("Model", _model(model)),
        Section("Machine", machine_findings()),
    )
    if sys.platform != "darwin":
        return found
    guarded = {"Privacy": folder.resolve(), "Privacy (database)": database}
    return (*found, Section("This Mac", mac_findings(read_mac(), guarded, Path.home())))


def _model(asked: Callable[[], ModelSetup]) -> tuple[Finding, ...]:
    try:
        return model_findings(asked())
    except ModelError as error:
        return (problem("Package", str(error)),)
