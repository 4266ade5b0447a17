"""`nevus evaluate`: a model against masks that people drew."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from tui.commands.options import ComputeUnits, Json, Model, RunBy
from tui.commands.output import WRONG_USAGE, fail, failures, print_json, print_table
from tui.commands.settings import settled

if TYPE_CHECKING:
    from imaging.mask.marks import Refiner
    from models.evaluate.evaluation import Evaluation
    from models.evaluate.marking import Markings
    from models.evaluate.pairs import Pair
    from models.run.segmenter import Segmenter
    from models.run.setup import ModelSetup

NAMES = {
    "pairs": "photos",
    "dice": "Dice",
    "jaccard": "Jaccard",
    "jaccard_interval": "Jaccard, 95% interval",
    "threshold_jaccard": "Jaccard, misses as 0",
    "below_065": "misses (Jaccard below 0.65), share",
    "milliseconds": "milliseconds, median of the model",
}
"""What figures are called in a table; in JSON they keep their own names."""


PerPhoto = Annotated[
    Path | None,
    typer.Option(metavar="CSV", dir_okay=False, help="Write each photo's figures to a new file."),
]
Where = Annotated[
    list[str],
    typer.Option(
        "--where", metavar="COLUMN=VALUE", help="Only these rows of the CSV; can be repeated."
    ),
]


def evaluate(
    pairs: Annotated[
        Path,
        typer.Argument(
            metavar="PAIRS",
            exists=True,
            help="A folder with images/ and masks/, or a CSV with columns image, mask.",
        ),
    ],
    model: Model = None,
    where: Where = [],  # noqa: B006
    framing: Annotated[
        Literal["fit", "fill", "centre"] | None,
        typer.Option(help="How to lay a photo on the model's grid, if not as the model asks."),
    ] = None,
    mirrored: Annotated[
        bool,
        typer.Option("--mirrored", help="Average over each photo and its three mirror images."),
    ] = False,
    marks: Annotated[
        Literal["network", "classic"] | None,
        typer.Option(help="Count instead the marks until the outline is right, mended by which."),
    ] = None,
    per_photo: PerPhoto = None,
    backend: RunBy = None,
    compute_units: ComputeUnits = None,
    json: Json = False,
) -> None:
    """Compare a model's masks with true ones: Dice and Jaccard, each photo at its own size.

    A photo whose Jaccard is below 0.65 is a miss; it counts as 0 in threshold_jaccard.

    With --marks a scripted reviewer marks the largest error until the Dice is 0.90, or 20 times:
    from the model's outline (own; bad where its Jaccard is below 0.75) and from nothing.

    [bold]Examples[/bold]

      nevus evaluate ~/pairs --json

      nevus evaluate manifest.csv --where split=dev --where kind=phone

      nevus evaluate ~/pairs --model better.mlpackage

      nevus evaluate ~/pairs --framing centre --mirrored

      nevus evaluate ~/pairs --marks network

      nevus evaluate ~/pairs --per-photo dev.csv
    """
    filters = filters_of(where)
    held = settled(model=model, backend=backend, compute_units=compute_units)
    with failures():
        from models.evaluate.pairs import read_pairs
        from models.evaluate.table import check_new, write_table
        from models.run.variants import Mirrored, Reframed
        from tui.commands.progress import counting

        found = read_pairs(pairs, filters)
        if per_photo is not None:
            check_new(per_photo)
        segmenter = held.setup().open()
        if framing is not None:
            segmenter = segmenter.using(partial(Reframed, framing=framing))
        if mirrored:
            segmenter = segmenter.using(Mirrored)
        refiner = _refiner(marks, held.setup()) if marks else None
        with counting("evaluating", len(found)) as count:
            result, rows = _measured(segmenter, refiner, found, count)
        if per_photo is not None:
            write_table(per_photo, rows)
        if json:
            print_json(result)
        else:
            print_table(_rows(result))


def _measured(
    segmenter: "Segmenter",
    refiner: "Refiner | None",
    pairs: "list[Pair]",
    progress: Callable[[int], None],
) -> "tuple[Evaluation | Markings, list[dict[str, object]]]":
    """The figures of all photos together, and a row for each."""
    from models.evaluate.evaluation import score_all, summed_up
    from models.evaluate.marking import mark_pairs, summarise
    from models.evaluate.table import figures, marks_of, row_of

    if refiner is None:
        scores = score_all(segmenter, pairs, progress)
        return summed_up(scores), [row_of(each.pair) | figures(each) for each in scores]
    marked = mark_pairs(segmenter, refiner, pairs, progress)
    rows = [row_of(pair) | marks_of(*each) for pair, each in zip(pairs, marked, strict=True)]
    return summarise(marked), rows


def _refiner(name: str, setup: "ModelSetup") -> "Refiner":
    from imaging.mask.refine import refine
    from models.package.shipped import shipped_refiner
    from models.run.refiner import open_refiner

    if name == "classic":
        return refine
    return open_refiner(shipped_refiner(), setup.backend, setup.compute_units)


def _rows(result: "Evaluation | Markings") -> dict[str, str]:
    """Each figure by its name; those of marks by where they began as well."""
    rows: dict[str, object] = {}
    for name, value in vars(result).items():
        if hasattr(value, "median_marks"):
            rows |= {f"{name}, {figure}": number for figure, number in vars(value).items()}
        else:
            rows[name] = value
    return {NAMES.get(name, name.replace("_", " ")): _told(value) for name, value in rows.items()}


def _told(value: object) -> str:
    if isinstance(value, tuple):
        return " to ".join(map(_told, value))
    return f"{value:.3f}" if isinstance(value, float) else str(value)


def filters_of(where: list[str]) -> dict[str, str]:
    """Columns and the values they must have; ends the command where one makes no sense."""
    return dict(map(_filter, where))


def _filter(text: str) -> tuple[str, str]:
    column, equals, value = text.partition("=")
    if not equals or not column:
        raise fail(f"--where takes COLUMN=VALUE, not “{text}”.", WRONG_USAGE)
    return column, value
