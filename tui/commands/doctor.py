"""`nevus doctor`: what terminal, database, machine and model can do, and what to do about it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tui.commands.options import (
    Color,
    ComputeUnits,
    Database,
    Folder,
    Group,
    Json,
    Model,
    Pictures,
    RunBy,
)
from tui.commands.output import FAILED, WRONG_USAGE, fail, failures, print_json, stderr
from tui.commands.selftest import run_selftest
from tui.commands.settings import settled

if TYPE_CHECKING:
    from pipeline.settings import Settings

RunSelftest = Annotated[
    bool,
    typer.Option(
        "--selftest", help="Run the model on the sample photos and compare with its references."
    ),
]


def doctor(
    folder: Folder = Path(),
    db: Database = None,
    group: Group = None,
    model: Model = None,
    selftest: RunSelftest = False,
    backend: RunBy = None,
    compute_units: ComputeUnits = None,
    color: Color = None,
    graphics: Pictures = None,
    json: Json = False,
) -> None:
    """Look at the terminal, FOLDER's database, the machine and the model.

    Nothing is changed but your cache of models. Each finding comes with what to do about it. With
    --model, look into that model alone: what it takes, computes and costs, and what may keep it off
    the Neural Engine. The status is 1 where a problem stops work.

    With --selftest, the model (as --backend and --compute-units say) outlines the sample photos,
    and maps and masks are compared with those it should give. What is printed can be pasted into a
    bug report: it names neither you nor your folders. The status is 1 where anything differs. With
    --backend coreai on a Mac, Core AI is timed beside Core ML, and auto takes it if it was faster.

    [bold]Examples[/bold]

      nevus doctor ~/captures

      nevus doctor ~/captures --json | jq .works

      nevus doctor --model better.mlpackage

      nevus doctor --selftest --compute-units CPU_ONLY

      nevus doctor --selftest --backend coreai
    """
    if model is not None and not selftest and (backend or compute_units):
        raise fail(
            "--model alone tries all there is: leave --backend and --compute-units out.",
            WRONG_USAGE,
        )
    held = settled(
        db=db,
        group=group,
        model=model,
        backend=backend,
        compute_units=compute_units,
        color=color,
        graphics=graphics,
    )
    with failures():
        if selftest:
            works = run_selftest(held.setup(), json)
        else:
            named = None if model is None else held.model
            works = _look_around(folder, held, json) if named is None else _look_into(named, json)
    if not works:
        raise typer.Exit(FAILED)


def _look_around(folder: Path, held: "Settings", json: bool) -> bool:
    from pipeline.doctor.examination import sections
    from pipeline.doctor.findings import Section, examined
    from tui.commands.findings import print_findings
    from tui.surface.terminal import read_terminal, terminal_findings

    # Before the line that moves: it would be drawn between question and answer.
    terminal = Section("Terminal", terminal_findings(read_terminal(held.color, held.graphics)))
    with stderr().status("looking around"):
        place = held.database(folder)
        found = sections(folder, place, held.group, held.setup)
    examination = examined(terminal, *found)
    (print_json if json else print_findings)(examination)
    return examination.works


def _look_into(model: Path, json: bool) -> bool:
    from models.package.aimodel import is_aimodel
    from models.package.onnx_file import is_onnx
    from pipeline.doctor.findings import examined
    from pipeline.doctor.package import package_report, package_sections
    from tui.commands.findings import print_findings

    if is_aimodel(model):
        return _look_into_aimodel(model, json)
    if is_onnx(model):
        return _look_into_onnx(model, json)
    with stderr().status("looking into the model"):
        report = package_report(model)
    examination = examined(*package_sections(report))
    if json:
        print_json(report)
    else:
        print_findings(examination)
    return examination.works


def _look_into_aimodel(model: Path, json: bool) -> bool:
    from pipeline.doctor.aimodel import asset_report, asset_sections
    from pipeline.doctor.findings import examined
    from tui.commands.findings import print_findings

    with stderr().status("looking into the model"):
        report = asset_report(model, "CPU_AND_NE")
    if json:
        print_json(report)
    else:
        print_findings(examined(*asset_sections(report)))
    return report.works


def _look_into_onnx(model: Path, json: bool) -> bool:
    from pipeline.doctor.findings import examined
    from pipeline.doctor.onnx import onnx_report, onnx_sections
    from tui.commands.findings import print_findings

    with stderr().status("looking into the model"):
        report = onnx_report(model)
    if json:
        print_json(report)
    else:
        print_findings(examined(*onnx_sections(report)))
    return report.works
