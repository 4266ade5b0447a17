"""Whether the model opens here, what runs it, and how fast."""

import sys
from collections.abc import Iterator
from pathlib import Path

from platformdirs import user_cache_path

from models.package.aimodel import aimodel_beside
from models.package.model import check_model, model_hash
from models.package.package import OWN_LICENCE, ModelError, NoNumbers
from models.run.child import ChildDied
from models.run.coreai_backend import why_not
from models.run.preferred import recall
from models.run.segmenter import on_apple_hardware
from models.run.setup import ModelSetup
from models.run.trial import Trial, try_out
from pipeline.doctor.findings import Finding, note, ok, problem
from pipeline.doctor.places import writable
from pipeline.doctor.sizes import in_bytes

NAMES = {"onnxruntime": "ONNX Runtime", "coreml": "Core ML", "coreai": "Core AI"}


def model_findings(setup: ModelSetup) -> tuple[Finding, ...]:
    """Open a package in a process of its own, run it on an empty picture, and time that."""
    try:
        check_model(setup.package)
        package = _package(setup.package)
    except ModelError as error:
        return (problem("Package", str(error)),)
    try:
        trial, failure = _trial(setup)
    except ModelError as error:
        return (package, problem("Run", f"It can't be run here. {error}", _OTHERS), cache_finding())
    tried = (
        *licence_findings(trial.licence),
        backend_finding(trial),
        *_core_ai(setup, trial),
        speed_finding(trial),
        cache_finding(),
    )
    return (
        (package, _spared(setup.compute_units, failure), *tried) if failure else (package, *tried)
    )


_OTHERS = "Copy it again, choose another with --model, or on a Mac try --backend onnxruntime."


def _trial(setup: ModelSetup) -> tuple[Trial, str]:
    """A trial and why it needed the CPU, if it did; the worker process goes there too."""
    try:
        return try_out(setup), ""
    except (ChildDied, NoNumbers) as error:
        if setup == setup.on_cpu() or setup.backend == "onnxruntime" or not on_apple_hardware():
            raise
        return try_out(setup.on_cpu()), str(error)


def _spared(compute_units: str, failure: str) -> Finding:
    return note(
        "Run",
        f"With the compute units {compute_units} it can't be run. {failure} nevus goes on on the "
        "CPU by itself.",
        "--compute-units CPU_ONLY spares the tries. Please report it, with what nevus doctor "
        "--selftest prints.",
    )


def _package(path: Path) -> Finding:
    files = [path] if path.is_file() else path.rglob("*")
    size = sum(file.stat().st_size for file in files if file.is_file())
    digest = model_hash(path)[:12]
    return ok("Package", f"{path}: {in_bytes(size)}, hash {digest}….")


def licence_findings(licence: str) -> tuple[Finding, ...]:
    """Under which licence a package comes, where it is another than nevus's own."""
    if licence in {"", OWN_LICENCE}:
        return ()
    return (note("Licence", f"{licence}.", "Its terms hold for what you do with it."),)


def backend_finding(trial: Trial) -> Finding:
    """What ran a package, and why."""
    name = NAMES.get(trial.backend, trial.backend)
    if trial.backend == "coreai" and sys.platform != "darwin":
        return note(
            "Backend",
            f"{name} runs it on the {trial.device}, by the runtime that comes with its Python "
            "package. Off a Mac nothing is specialised for the machine: this is for proof.",
            "For work leave --backend out.",
        )
    if trial.backend in {"coreml", "coreai"}:
        return ok("Backend", f"{name} runs it ({trial.device}).")
    why = (
        "as it was asked to" if on_apple_hardware() else "as everywhere but on a Mac's own hardware"
    )
    return ok("Backend", f"{name} runs it on the {trial.device}, {why}.")


def _core_ai(setup: ModelSetup, trial: Trial) -> Iterator[Finding]:
    """On a Mac that has it: why `auto` takes Core AI or leaves it."""
    if setup.backend != "auto" or not on_apple_hardware() or why_not():
        return
    found = recall(setup.package, setup.compute_units)
    if found is None:
        if aimodel_beside(setup.package).exists():
            yield note(
                "Core AI",
                "It is installed, and has not passed its selftest on this Mac as it is now.",
                "nevus doctor --selftest --backend coreai tries it; auto takes it if it is faster.",
            )
        return
    theirs = "can't run it" if found.core_ml is None else f"took {found.core_ml:.1f} ms"
    chosen = "auto takes it" if trial.backend == "coreai" else "auto takes Core ML"
    yield ok(
        "Core AI",
        f"It has passed its selftest here and took {found.core_ai:.1f} ms a photo; Core ML "
        f"{theirs}: {chosen}.",
    )


def speed_finding(trial: Trial) -> Finding:
    """How long a package takes."""
    return ok(
        "Speed",
        f"{trial.milliseconds:.1f} ms a photo for the model alone (median of {trial.runs} runs, "
        f"warm); opening it took {trial.opening:.1f} s. Decoding a photo comes on top.",
    )


def cache_finding() -> Finding:
    """Whether the translated or compiled model can be kept."""
    place = user_cache_path("nevus")
    shown = str(place)
    if writable(place / "kept"):
        return ok("Cache", f"{shown} can be written: the model is made ready once, not each time.")
    return note(
        "Cache",
        f"{shown} can't be written, so the model is made ready anew at each start, which takes a "
        "second or more.",
        "Make it a folder that you may write.",
    )
