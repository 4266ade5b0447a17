"""What `nevus doctor --model` says of an .aimodel: what it is, and how it runs here."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from models.inspect.asset import AssetInspection, inspect_asset
from models.package.package import ModelError
from models.run.child import in_child
from models.run.setup import ModelSetup
from models.run.trial import Trial, try_out
from pipeline.doctor.findings import Finding, Section, note, ok, problem
from pipeline.doctor.model import backend_finding, licence_findings, speed_finding
from pipeline.doctor.sizes import in_bytes


@dataclass(frozen=True)
class AssetReport:
    """An .aimodel looked into and tried here; `failure` says why it didn't run, if so."""

    works: bool
    inspection: AssetInspection
    trial: Trial | None
    failure: str


def asset_report(path: Path, compute_units: str) -> AssetReport:
    """Look into an .aimodel and try it, in processes of their own: Apple's library may end them.

    Raises ModelError where it is none, damaged or too new.
    """
    inspection = in_child(inspect_asset, path)
    failure = inspection.refusal or inspection.unread
    if failure:
        return AssetReport(False, inspection, None, failure)
    try:
        trial = try_out(ModelSetup(path, "coreai", compute_units))
    except ModelError as error:
        return AssetReport(False, inspection, None, str(error))
    return AssetReport(True, inspection, trial, "")


def asset_sections(report: AssetReport) -> tuple[Section, ...]:
    """The report as findings."""
    found = report.inspection
    return (
        Section("Model", tuple(_identity(found))),
        Section("What it computes", tuple(_computation(found))),
        Section("Here", tuple(_here(report))),
    )


def _identity(found: AssetInspection) -> Iterator[Finding]:
    yield ok("Model", f"{found.name}, {in_bytes(found.bytes)}.")
    yield from licence_findings(found.licence)
    yield ok("Program", f"{found.program_sha256} (SHA-256).")
    if found.hash:
        yield ok("Hash", f"{found.hash}, of the package it was made with; receipts name it.")
    yield ok("Version", f"Asset version {found.version}, written by {found.producer}.")
    if found.system:
        yield ok("Systems", f"macOS {found.system} or later, and the runtime in coreai-core.")


def _computation(found: AssetInspection) -> Iterator[Finding]:
    if found.unread:
        yield note("Functions", f"They can't be read here. {found.unread}")
        return
    for function in found.functions:
        yield ok(
            "Function",
            f"{function.name}: {', '.join(function.inputs)} in, {', '.join(function.outputs)} out.",
        )
    yield ok("Operations", f"{found.operations:,}, and these values: {', '.join(found.values)}.")


def _here(report: AssetReport) -> Iterator[Finding]:
    if report.trial is None:
        yield problem("Use", report.failure)
        return
    yield ok("Use", f"nevus takes it, and it runs here: by {report.inspection.computed_by}.")
    yield backend_finding(report.trial)
    yield speed_finding(report.trial)
