"""What `nevus doctor --model` says of a package: what it is, and how it runs here."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from models.inspect.compute_plan import Share, read_compute_plan
from models.inspect.inspection import Inspection, inspect_package
from models.inspect.neural_engine import Concern
from models.package.aimodel import aimodel_beside
from models.package.package import ModelError
from models.run.child import in_child
from models.run.setup import COMPUTE_UNITS, ModelSetup
from models.run.trial import try_out
from pipeline.counted import counted
from pipeline.doctor.findings import Finding, Section, note, ok, problem
from pipeline.doctor.model import licence_findings
from pipeline.doctor.sizes import in_bytes

SHOWN = 6
"""Operations named under one concern; `--json` has them all."""


@dataclass(frozen=True)
class Timing:
    """How long a package takes on one runtime and device: milliseconds when warm, or why not."""

    backend: str
    device: str
    milliseconds: float | None
    opening: float | None
    failure: str


@dataclass(frozen=True)
class PackageReport:
    """A package looked into and tried here; `plan_failure` says why there is no plan, if so.

    `works` is whether nevus can use it here: it takes it, and something runs it.
    """

    works: bool
    inspection: Inspection
    timings: tuple[Timing, ...]
    plan: tuple[Share, ...]
    plan_failure: str


def package_report(path: Path) -> PackageReport:
    """Look into a package and try it: on a Mac on each compute unit, elsewhere on ONNX Runtime.

    All of it in processes of their own, for what they print and may die of. Raises ModelError where
    it is no ML Program package.
    """
    inspection = in_child(inspect_package, path)
    if sys.platform != "darwin":
        failure = "Which device each operation prefers can be told on a Mac alone (macOS 14.4)."
        return _reported(inspection, (_timed(path, "onnxruntime", "CPU"),), (), failure)
    timings = tuple(_timed(path, "coreml", units) for units in COMPUTE_UNITS)
    if aimodel_beside(path).exists():
        timings = (*timings, _timed(path, "coreai", "CPU_AND_NE"))
    try:
        return _reported(inspection, timings, read_compute_plan(path), "")
    except ModelError as error:
        return _reported(inspection, timings, (), str(error))


def _reported(
    inspection: Inspection,
    timings: tuple[Timing, ...],
    plan: tuple[Share, ...],
    plan_failure: str,
) -> PackageReport:
    runs = any(timing.milliseconds is not None for timing in timings)
    return PackageReport(runs and not inspection.refusal, inspection, timings, plan, plan_failure)


def _timed(path: Path, backend: str, device: str) -> Timing:
    try:
        trial = try_out(
            ModelSetup(path, backend, "CPU_ONLY" if backend == "onnxruntime" else device)
        )
    except ModelError as error:
        return Timing(backend, device, None, None, str(error))
    return Timing(trial.backend, trial.device, trial.milliseconds, trial.opening, "")


def package_sections(report: PackageReport) -> tuple[Section, ...]:
    """The report as findings."""
    found = report.inspection
    return (
        Section("Model", (*_identity(found), _use(report))),
        Section("What it computes", tuple(_computation(found))),
        Section("The Neural Engine", tuple(_neural_engine(report))),
        Section("Here", tuple(_here(report))),
    )


def _identity(found: Inspection) -> Iterator[Finding]:
    yield ok("Package", f"{found.name}, {in_bytes(found.bytes)}.")
    yield from licence_findings(found.licence)
    yield ok("Hash", f"{found.hash} (SHA-256 of program and weights).")
    yield ok("Input", ", ".join(f"{port.name}: {port.what}" for port in found.inputs) + ".")
    yield ok("Output", ", ".join(f"{port.name}: {port.what}" for port in found.outputs) + ".")
    yield ok("Framing", f"{found.framing}. Threshold: {found.threshold}.")
    yield ok("Systems", f"{found.systems} or later (specification {found.specification}).")


def _use(report: PackageReport) -> Finding:
    """The one finding that stops work, whatever else is said of it below."""
    if report.inspection.refusal:
        return problem("Use", report.inspection.refusal)
    if not report.works:
        return problem(
            "Use",
            "Its input and output are what nevus takes, but nothing here could run it: see below.",
        )
    return ok("Use", "nevus takes its input and output, and it runs here.")


def _computation(found: Inspection) -> Iterator[Finding]:
    kinds = ", ".join(f"{kind.count} {kind.name}" for kind in found.operations)
    total = sum(kind.count for kind in found.operations)
    yield ok("Operations", f"{counted(total, 'operation')}: {kinds}.")
    yield ok(
        "Parameters",
        f"{found.parameters:,} weights; a network in training has more, for conversion folds batch "
        "norms into the convolutions before them.",
    )
    yield _arithmetic(found)


def _arithmetic(found: Inspection) -> Finding:
    subject = "Arithmetic"
    if found.multiply_accumulates is None:
        return note(subject, "Its multiply-accumulates depend on the size of the picture.")
    sentence = f"{found.multiply_accumulates:,} multiply-accumulates a picture"
    if found.not_counted:
        return note(subject, f"{sentence}, without its {', '.join(found.not_counted)}.")
    return ok(subject, f"{sentence} (convolutions, linear layers and matrix products).")


def _neural_engine(report: PackageReport) -> Iterator[Finding]:
    for concern in report.inspection.concerns:
        yield concern_finding(concern)
    if not any(concern.certain for concern in report.inspection.concerns):
        yield ok(
            "Known limits",
            "None of the limits that Apple states is crossed.",
        )
    if report.plan:
        yield _plan(report.plan)
    else:
        yield _no_plan(report)


def concern_finding(concern: Concern) -> Finding:
    """A concern with the first of its operations; nothing it says stops work."""
    named = ", ".join(concern.operations[:SHOWN])
    more = len(concern.operations) - SHOWN
    rest = f" and {more:,} more (all in --json)" if more > 0 else ""
    title = concern.title[0].upper() + concern.title[1:]
    return note(
        "Limit" if concern.certain else "Hint",
        f"{title}: {concern.reason} Found in {named}{rest}. [{concern.source}]",
    )


def _plan(plan: tuple[Share, ...]) -> Finding:
    total = sum(share.operations for share in plan)
    shares = ", ".join(
        f"{share.operations} on the {share.device} ({share.cost:.0%} of the estimated cost)"
        for share in plan
    )
    return ok("Plan", f"Of {counted(total, 'operation')} Core ML prefers {shares}.")


def _no_plan(report: PackageReport) -> Finding:
    if all(timing.backend != "coreml" for timing in report.timings):
        return ok("Plan", report.plan_failure)
    return note(
        "Plan",
        report.plan_failure,
        "A plan needs macOS 14.4 or later; nevus runs the model without one.",
    )


def _here(report: PackageReport) -> Iterator[Finding]:
    missing = report.inspection.untranslated
    if missing:
        names = ", ".join(missing)
        alone = "" if report.inspection.refusal else ", so only a Mac can run it"
        yield note("Off a Mac", f"nevus can't translate {names}{alone}.")
    else:
        yield ok("Off a Mac", "All its operations can be translated for ONNX Runtime.")
    if not report.inspection.refusal:
        yield from map(_timing, report.timings)
        yield from faster(report.timings)
    if all(timing.backend != "coreml" for timing in report.timings):
        yield ok(
            "On a Mac", "Milliseconds on each compute unit of Core ML can be had on a Mac alone."
        )


def _timing(timing: Timing) -> Finding:
    if timing.backend == "coreai":
        return _core_ai(timing)
    core_ml = timing.backend == "coreml"
    subject = timing.device if core_ml else "ONNX Runtime"
    if timing.milliseconds is None:
        return note(subject, timing.failure, _instead(timing) if core_ml else "")
    where = f"with compute units {timing.device}" if core_ml else f"on the {timing.device}"
    return ok(
        subject,
        f"{timing.milliseconds:.1f} ms a picture when warm {where}, opened in "
        f"{timing.opening:.1f} s.",
    )


def _core_ai(timing: Timing) -> Finding:
    if timing.milliseconds is None:
        return note("Core AI", timing.failure)
    return ok(
        "Core AI",
        f"{timing.milliseconds:.1f} ms a picture when warm with compute units {timing.device}, "
        f"opened in {timing.opening:.1f} s. nevus uses it where --backend coreai asks for it.",
    )


def faster(timings: tuple[Timing, ...]) -> Iterator[Finding]:
    """Which of Apple's two is faster here, where both ran on what is preferred."""
    spent = {
        timing.backend: timing.milliseconds
        for timing in timings
        if timing.device == "CPU_AND_NE" and timing.milliseconds is not None
    }
    if {"coreml", "coreai"} <= spent.keys():
        name, other = "Core ML", "Core AI"
        if spent["coreai"] < spent["coreml"]:
            name, other = other, name
        yield ok("Faster", f"{name} is faster here than {other}; auto stays Core ML.")


def _instead(failed: Timing) -> str:
    if failed.device == "CPU_ONLY":
        return "Use nevus segment --backend onnxruntime."
    return (
        "Use nevus segment --compute-units CPU_ONLY. Where a process dies, nevus goes on with the "
        "CPU by itself."
    )
