"""`nevus doctor --selftest`: the model on the sample photos, against its reference maps."""

from pathlib import Path

from rich.console import Console

from tui.commands.output import print_json, safe_text, stderr


def run_selftest(model: Path | None, backend: str, compute_units: str, json: bool) -> bool:
    """Run it and print what it found; whether it passed.

    Raises ModelError where the package has no references, PhotoError where there are no samples.
    """
    from models.proof.reference_files import references_for
    from models.proof.samples import sample_folder
    from models.run.segmenter import shipped_model
    from pipeline.selftest.checks import selftest
    from pipeline.selftest.report import block, report
    from pipeline.work.worker import Worker

    package = model or shipped_model()
    references, folder = references_for(package), sample_folder()
    worker = Worker(package, backend, compute_units)
    try:
        with stderr().status("running the model on the sample photos"):
            found = selftest(worker, package, references, folder, compute_units)
    finally:
        worker.close()
    whole = report(found, references)
    if json:
        print_json(whole)
    else:
        console = Console(highlight=False, soft_wrap=True)
        for line in block(whole):
            console.print(safe_text(line))
    return found.passed
