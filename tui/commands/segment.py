"""`nevus segment`: run every photo of a folder through the model, once, without a screen."""

from pathlib import Path

from pipeline.counted import counted
from tui.commands.options import NAMES_THEM, Folder, Json
from tui.commands.outlining import UNSAID, Outlining, with_outlining
from tui.commands.output import failures, print_json, print_table, remark
from tui.commands.settings import settled


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
        from tui.commands.progress import progressing
        from tui.names import sentence_of

        store = Store.open(held.database(folder), held.group, held.maps_bytes())
        scorer = Pool.of(held)
        place = str(folder.resolve())
        try:
            before = frozenset(store.set_aside_files(place))
            with progressing("segmenting") as bar:
                told = Told(bar.show, remark, bar.work)
                totals = segment_folder(store, scorer, folder, told)
            aside = store.set_aside_files(place)
        finally:
            scorer.close()
            store.close()
        for file in aside:
            if file not in before:
                remark(f"set aside: {sentence_of(file, place)}")
        if earlier := sum(file in before for file in aside):
            remark(f"set aside before: {counted(earlier, 'file')}. {NAMES_THEM} names them.")
        if json:
            print_json(totals)
        else:
            print_table({name.replace("_", " "): told for name, told in vars(totals).items()})
