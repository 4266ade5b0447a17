"""`nevus segment`: run every photo of a folder through the model, once, without a screen."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from tui.commands.options import Folder, Json
from tui.commands.outlining import UNSAID, Outlining, with_outlining
from tui.commands.output import failures, print_json, print_table, remark, stderr
from tui.commands.settings import settled


class PhotosPerSecond(ProgressColumn):
    """How many photos a second are done."""

    def render(self, task: Task) -> Text:
        """The speed, or a dash before it is known."""
        speed = task.finished_speed or task.speed
        return Text(f"{speed:.1f} photos/s" if speed else "– photos/s")


@contextmanager
def progressing(what: str) -> Iterator[Callable[[int, int], None]]:
    """Tell what this gives how many of how many photos are done: a bar on stderr shows it.

    It appears with the first number, so that no dead bar stands above what went wrong before.
    """
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        PhotosPerSecond(),
        TimeRemainingColumn(),
        console=stderr(),
    )
    task = bar.add_task(what, total=None)

    def show(done: int, total: int) -> None:
        bar.start()
        bar.update(task, completed=done, total=total)

    try:
        yield show
    finally:
        bar.stop()


@with_outlining
def segment(
    folder: Folder = Path(),
    outlining: Outlining = UNSAID,
    json: Json = False,
) -> None:
    """Run every photo of FOLDER through the model, once, and remember the masks.

    Photos that were segmented before are left as they are; a photo that can't be read is set aside
    with the reason, and the ones behind it go on.

    [bold]Examples[/bold]

      nevus segment ~/captures

      nevus segment ~/captures --json | jq .segmented

      nevus segment ~/captures --db review.db --model better.mlpackage
    """
    held = settled(**vars(outlining))
    with failures():
        from db.store import Store
        from pipeline.intake.segment import Told, segment_folder
        from pipeline.work.scorer import Pool
        from tui.names import sentence_of

        store = Store.open(held.database(folder), held.group, held.maps_bytes())
        scorer = Pool.of(held)
        try:
            with progressing("segmenting") as progress:
                totals = segment_folder(store, scorer, folder, Told(progress, remark))
            aside = store.set_aside_files(str(folder.resolve()))
        finally:
            scorer.close()
            store.close()
        for file in aside:
            remark(f"set aside: {sentence_of(file, str(folder.resolve()))}")
        if json:
            print_json(totals)
        else:
            print_table({name.replace("_", " "): told for name, told in vars(totals).items()})
