"""A selftest as one block of text, or one object, that can be pasted into a bug report."""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version

from models.proof.reference import References, Tolerance, Tolerances
from pipeline.machine import Machine, this_machine
from pipeline.selftest.verdict import Checked, Fault, Selftest


@dataclass(frozen=True)
class SelftestReport:
    """All that is needed to understand a selftest from afar; it names no user and no home.

    `auto` is what it means for the backend that is chosen by itself; empty where nothing.
    """

    passed: bool
    nevus: str
    machine: Machine
    references_made_by: str
    tolerances: Tolerances
    auto: str
    selftest: Selftest


def report(found: Selftest, references: References, auto: str = "") -> SelftestReport:
    """A selftest with the machine it ran on."""
    return SelftestReport(
        passed=found.passed,
        nevus=version("nevus"),
        machine=this_machine(),
        references_made_by=references.made_by,
        tolerances=references.tolerances,
        auto=auto,
        selftest=found,
    )


def block(whole: SelftestReport) -> Iterator[str]:
    """The lines to paste."""
    machine, found = whole.machine, whole.selftest
    packages = ", ".join(f"{name} {number}" for name, number in machine.packages.items())
    facts = {
        "nevus": f"{whole.nevus}, selftest",
        "machine": f"{machine.model}, {machine.chip}, {machine.memory_gib:g} GiB",
        "system": machine.system,
        "python": f"{machine.python}, {packages}",
        "model": f"{found.model} {found.model_sha256 or '(it can not be read)'}",
        "run by": f"{found.backend} on {found.device}" if found.device else found.backend or "–",
        "opened in": f"{found.opening_seconds:.2f} s, worker process and model"
        if found.opening_seconds
        else "–",
        "milliseconds": f"first photo {found.first_milliseconds:.1f}, "
        f"median {found.median_milliseconds:.1f}"
        if found.first_milliseconds
        else "–",
        "references": f"made by {whole.references_made_by}",
        "same picture": _allowed(whole.tolerances.same_picture),
        "near picture": _allowed(whole.tolerances.near_picture),
    }
    for name, fact in facts.items():
        yield f"{name:<12}  {fact}"
    yield from _table(found.photos)
    yield f"{'verdict':<12}  {found.verdict.value.upper()}. {found.sentence}"
    if whole.auto:
        yield f"{'auto':<12}  {whole.auto}"


def _allowed(tolerance: Tolerance) -> str:
    return (
        f"allowed: largest {tolerance.largest:.4f}, mean {tolerance.mean:.5f}, "
        f"Jaccard {tolerance.jaccard:.4f}"
    )


def _table(photos: tuple[Checked, ...]) -> Iterator[str]:
    if not photos:
        return
    wide = max(len(photo.name) for photo in photos)
    yield ""
    yield f"{'photo':<{wide}}  picture  largest  mean     Jaccard  ms"
    for photo in photos:
        yield f"{photo.name:<{wide}}  {_numbers(photo)}"
        if photo.fault is not Fault.NONE:
            yield f"  ↑ {photo.fault.value}: {photo.sentence}"
    yield ""


def _numbers(photo: Checked) -> str:
    found = photo.difference
    if found is None:
        return "–"
    picture = "same" if photo.exact else f"off {photo.levels}"
    return (
        f"{picture:<7}  {found.largest:.4f}   {found.mean:.5f}  {found.jaccard:.4f}   "
        f"{photo.milliseconds:.1f}"
    )
