"""`nevus segment`: run every photo of a folder through the model, once, without a screen."""

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

from tui.commands.options import Backend, ComputeUnits, Database, Folder, Json, Model
from tui.commands.output import failures, print_json, print_table, stderr


class PhotosPerSecond(ProgressColumn):
    """How many photos a second are done."""

    def render(self, task: Task) -> Text:
        """The speed, or a dash before it is known."""
        speed = task.finished_speed or task.speed
        return Text(f"{speed:.1f} photos/s" if speed else "– photos/s")


def progress_bar() -> Progress:
    """A bar on stderr with photos done, photos a second and the time left."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        PhotosPerSecond(),
        TimeRemainingColumn(),
        console=stderr(),
    )


def segment(
    folder: Folder = Path(),
    db: Database = None,
    model: Model = None,
    backend: Backend = "auto",
    compute_units: ComputeUnits = "CPU_AND_NE",
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
    with failures():
        from db.location import database_for
        from db.store import Store
        from models.segmenter import shipped_model
        from pipeline.segment import segment_folder
        from pipeline.worker import Worker

        store = Store.open(database_for(folder, db))
        worker = Worker(model or shipped_model(), backend, compute_units)
        try:
            with progress_bar() as bar:
                task = bar.add_task("segmenting", total=None)
                totals = segment_folder(
                    store,
                    worker,
                    folder,
                    lambda done, total: bar.update(task, completed=done, total=total),
                )
            aside = store.set_aside_files(str(folder.resolve()))
        finally:
            worker.close()
            store.close()
        for file in aside:
            stderr().print(Text(f"set aside: {file.reason}"), soft_wrap=True)
        if json:
            print_json(totals)
        else:
            print_table(vars(totals))
