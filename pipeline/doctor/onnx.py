"""What `nevus doctor --model` says of an .onnx: what it takes and gives, and how it runs here."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from models.package.onnx_file import OnnxModel, read_onnx
from models.package.package import ModelError
from models.run.setup import ModelSetup
from models.run.trial import Trial, try_out
from pipeline.doctor.findings import Finding, Section, note, ok, problem
from pipeline.doctor.model import backend_finding, licence_findings, speed_finding
from pipeline.doctor.sizes import in_bytes


@dataclass(frozen=True)
class OnnxReport:
    """An .onnx looked into and tried here; `failure` says why it didn't run, if so."""

    works: bool
    bytes: int
    model: OnnxModel
    trial: Trial | None
    failure: str


def onnx_report(path: Path) -> OnnxReport:
    """Look into an .onnx and try it, in a process of its own. Raises ModelError."""
    model, size = read_onnx(path), path.stat().st_size
    try:
        trial = try_out(ModelSetup(path, "onnxruntime", "CPU_ONLY"))
    except ModelError as error:
        return OnnxReport(False, size, model, None, str(error))
    return OnnxReport(True, size, model, trial, "")


def onnx_sections(report: OnnxReport) -> tuple[Section, ...]:
    """The report as findings."""
    return Section("Model", tuple(_identity(report))), Section("Here", tuple(_here(report)))


def _identity(report: OnnxReport) -> Iterator[Finding]:
    info, given = report.model.info, report.model.input
    yield ok("Model", f"{info.name}, {in_bytes(report.bytes)}.")
    yield from licence_findings(info.license)
    yield ok("Hash", f"{info.hash} (SHA-256 of the file).")
    size = f"{info.input_size.width}×{info.input_size.height}"
    lies = "last" if given.channels_last else "first"
    kind = "bytes" if given.as_bytes else f"values {given.values}"
    yield ok("Input", f"{info.input_name}: {info.colour} {size}, {kind}, channels {lies}.")
    yield ok("Output", f"{info.output_name}: {info.output}.")
    yield ok("Framing", f"{info.framing}. Threshold: {info.threshold}.")


def _here(report: OnnxReport) -> Iterator[Finding]:
    if report.trial is None:
        yield problem("Use", report.failure)
        return
    yield ok("Use", "nevus takes it, and it runs here.")
    yield backend_finding(report.trial)
    yield speed_finding(report.trial)
    yield note(
        "The Neural Engine",
        "An .onnx runs on the CPU alone, on a Mac as well.",
        "Convert the network to an .mlpackage with coremltools for the Neural Engine.",
    )
