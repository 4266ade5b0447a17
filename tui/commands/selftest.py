"""`nevus doctor --selftest`: the model on the sample photos, against its reference maps."""

from contextlib import closing

from rich.console import Console

from models.run.setup import ModelSetup
from tui.commands.output import print_json, safe_text, stderr


def run_selftest(setup: ModelSetup, json: bool) -> bool:
    """Run it and print what it found; whether it passed.

    Raises ModelError where the package has no references, PhotoError where there are no samples.
    """
    from models.proof.reference_files import references_for
    from models.proof.samples import sample_folder
    from pipeline.selftest.checks import selftest
    from pipeline.selftest.looker import Processes
    from pipeline.selftest.preference import weigh
    from pipeline.selftest.report import block, report
    from pipeline.work.scorer import Pool
    from pipeline.work.viewer import Viewer

    references, folder = references_for(setup.package), sample_folder()
    with (
        closing(Pool(setup)) as scorer,
        closing(Viewer()) as viewer,
        stderr().status("running the model on the sample photos"),
    ):
        found = selftest(Processes(scorer, viewer), setup, references, folder)
    with stderr().status("timing what ran it"):
        auto = weigh(setup, found)
    whole = report(found, references, auto)
    if json:
        print_json(whole)
    else:
        console = Console(highlight=False, soft_wrap=True)
        for line in block(whole):
            console.print(safe_text(line))
    return found.passed
