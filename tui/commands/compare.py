"""`nevus model compare`: two models on the same photos."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tui.commands.evaluate import PerPhoto, Where, filters_of
from tui.commands.options import ComputeUnits, Json, RunBy, model_at
from tui.commands.output import failures, print_json, print_line, print_table
from tui.commands.settings import settled

if TYPE_CHECKING:
    from models.evaluate.comparison import Difference
    from models.evaluate.side_by_side import SideBySide

Compared = Annotated[
    Path, typer.Argument(metavar="MODEL", callback=model_at, help="A path, or a name.")
]


def compare_model(
    first: Compared,
    second: Compared,
    pairs: Annotated[
        Path,
        typer.Argument(
            metavar="PAIRS",
            exists=True,
            help="A folder with images/ and masks/, or a CSV with columns image, mask.",
        ),
    ],
    where: Where = [],  # noqa: B006
    per_photo: PerPhoto = None,
    pictures: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Draw the photos that differ most, in a new folder."),
    ] = None,
    most: Annotated[int, typer.Option(min=1, help="How many pictures are drawn.")] = 12,
    backend: RunBy = None,
    compute_units: ComputeUnits = None,
    json: Json = False,
) -> None:
    """Say whether the first model is better than the second, on photos whose true masks are known.

    Differences come with 95% intervals, photos drawn again in pairs: where one holds 0, these
    photos don't tell. Where PAIRS has a column kind, each kind is told apart. What comes of it is
    kept in the cards of models that were added, and nevus model use goes by it.

    [bold]Examples[/bold]

      nevus model compare better lesion ~/pairs

      nevus model compare new.mlpackage lesion manifest.csv --where split=dev --pictures ~/differ
    """
    filters = filters_of(where)
    held = settled(backend=backend, compute_units=compute_units)
    with failures():
        from models.evaluate.contrasts import draw_contrasts
        from models.evaluate.pairs import PairsError, read_pairs
        from models.evaluate.side_by_side import compare, rows
        from models.evaluate.table import check_new, write_table
        from models.run.setup import ModelSetup
        from tui.commands.progress import counting

        found = read_pairs(pairs, filters)
        if per_photo is not None:
            check_new(per_photo)
        if pictures is not None and pictures.exists():
            raise PairsError(f"{pictures} is there already. Name a new folder for pictures.")
        one, other = (
            ModelSetup(path, held.backend, held.compute_units).open() for path in (first, second)
        )
        names = _names(one.info.name, other.info.name)
        with counting("comparing", len(found)) as count:
            compared = compare(one, other, found, count)
        if per_photo is not None:
            write_table(per_photo, rows(compared, names))
        if pictures is not None:
            draw_contrasts(compared, (one, other), names, pictures, most)
        _note(compared.summary, one.info.hash, other.info.hash)
    if json:
        print_json(compared.summary)
    else:
        print_table(_told(compared.summary, names))
        _conclude(compared.summary, names)


def _names(first: str, second: str) -> tuple[str, str]:
    return (first, second) if first != second else (f"{first} (first)", f"{second} (second)")


def _note(summary: "SideBySide", first: str, second: str) -> None:
    """Keep it in the card of each model that was added and took part."""
    from models.registry import registry

    known, compared = registry(), summary.comparison
    for entry in known.entries():
        if entry.shipped or entry.problem or first == second:
            continue
        if entry.hash == first:
            known.note(entry.name, compared)
        if entry.hash == second:
            known.note(entry.name, compared.of_the_other(first))


def _told(summary: "SideBySide", names: tuple[str, str]) -> dict[str, object]:
    compared, both = summary.comparison, (summary.first, summary.second)
    rows: dict[str, object] = {"photos": compared.photos}
    for figure in ("jaccard", "dice", "threshold_jaccard", "below_065", "milliseconds"):
        values = (
            f"{name} {getattr(each, figure):.3f}" for name, each in zip(names, both, strict=True)
        )
        rows[figure.replace("_", " ")] = ", ".join(values)
    errors = zip(names, summary.expected_error, strict=True)
    rows["own expectation off by"] = ", ".join(f"{name} {error:.3f}" for name, error in errors)
    rows["Jaccard, difference"] = interval(compared.jaccard)
    rows |= {f"on {kind}": interval(each) for kind, each in compared.kinds.items()}
    rows["Dice, difference"] = interval(summary.dice)
    rows["Jaccard with misses as 0, difference"] = interval(summary.threshold_jaccard)
    rows["misses (below 0.65), difference"] = interval(summary.below_065)
    return rows


def interval(difference: "Difference") -> str:
    """A difference with its interval."""
    return f"{difference.mean:+.3f} ({difference.low:+.3f} to {difference.high:+.3f})"


def _conclude(summary: "SideBySide", names: tuple[str, str]) -> None:
    from models.evaluate.side_by_side import verdict

    compared = summary.comparison
    told = {"all photos": compared.jaccard, **compared.kinds}
    for where, difference in told.items():
        sentence = verdict(*names, difference)
        print_line(f"On {where}: {sentence}.")
