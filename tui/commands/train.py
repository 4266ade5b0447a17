"""`nevus train`: a better model from what was corrected."""

import json as json_format
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tui.commands.compare import interval
from tui.commands.options import Database, Group, Json, model_at
from tui.commands.output import (
    WRONG_USAGE,
    fail,
    print_json,
    print_line,
    print_table,
    remark,
    stderr,
)
from tui.commands.settings import settled
from tui.commands.workshop.failing import workshop_failures

if TYPE_CHECKING:
    from models.ship.tuning import Hearing, Tuned
    from pipeline.exchange.teaching import Taught
    from pipeline.settings import Settings

STOPPED = 130
"""What shells call the end by Ctrl-C."""


def train(
    source: Annotated[
        Path,
        typer.Option(
            "--from",
            metavar="SOURCE",
            exists=True,
            help="A folder of photos whose masks were decided, a database, or a png dataset.",
        ),
    ],
    name: Annotated[str, typer.Option(metavar="NAME", help="What to call the new model.")],
    base: Annotated[
        Path,
        typer.Option(metavar="MODEL", callback=model_at, help="The model that is taught further."),
    ] = Path("lesion"),
    earlier: Annotated[
        list[Path],
        typer.Option(
            "--with",
            metavar="PAIRS",
            exists=True,
            help="Earlier photos with masks to learn from as well, so that they are not forgotten.",
        ),
    ] = [],  # noqa: B006
    kind: Annotated[
        str, typer.Option(help="What to call this kind of photo: phone, dermoscopy, …")
    ] = "corrected",
    grouped_by: Annotated[
        str,
        typer.Option(
            metavar="HOW",
            help="What no part may share: folder, a pattern for paths, or a CSV with photo, group.",
        ),
    ] = "folder",
    epochs: Annotated[int, typer.Option(min=1, help="How often each photo is seen.")] = 6,
    patience: Annotated[
        int, typer.Option(min=1, help="Stop after so many epochs that brought nothing.")
    ] = 3,
    seed: Annotated[int, typer.Option(help="What decides all that is random.")] = 1,
    threads: Annotated[int, typer.Option(min=1, help="How many threads train.")] = 1,
    db: Database = None,
    group: Group = None,
    json: Json = False,
) -> None:
    """Teach a model further with what was corrected, and add what comes of it under a name.

    The photos are divided into three parts that no group crosses: one is learnt from, one says when
    to stop, and on the last, which decided nothing, the new model is compared with its base.
    Stopped, the same command goes on. The model in use stays; nevus model use changes it.

    A model forgets what it no longer sees: name earlier photos with --with.

    [bold]Examples[/bold]

      nevus train --from ~/captures --name clinic

      nevus train --from ~/captures --name clinic --with ~/pairs --grouped-by '(PAT_[0-9]+)'
    """
    held = settled(db=db, group=group)
    with workshop_failures(), _stoppable():
        # coremltools draws bars of its own for each of a hundred steps.
        os.environ.setdefault("TQDM_DISABLE", "1")
        # First what needs PyTorch, so that nothing is begun where it isn't there.
        from models.ship.tuning import Lessons, card, check_base, recipes, tune  # isort: skip
        from models.registry import registry
        from models.ship.parity import ParityError
        from models.train.recipe import UnfitRun
        from pipeline.exchange.teaching import training_folder

        known = registry()
        known.check_name(name)
        folder = training_folder(name)
        asked = {
            "from": str(source.resolve()),
            "base": str(base),
            "with": [str(each.resolve()) for each in earlier],
            "kind": kind,
            "grouped_by": grouped_by,
            "seed": seed,
        }
        try:
            lessons = Lessons(base, folder / "data" / "pairs.csv", epochs, patience, seed, threads)
            check_base(base)
            taught = _pairs(folder, asked, held, lambda: recipes(lessons))
            with _hearing() as hearing:
                tuned = tune(lessons, folder, name, hearing)
            entry = known.add(tuned.package, name, card(tuned, lessons, taught))
            known.note(name, tuned.beside.comparison)
        except (UnfitRun, ParityError) as error:
            raise fail(str(error)) from error
        shutil.rmtree(folder)
    if json:
        print_json(tuned.beside)
    else:
        print_table(_told(tuned, taught))
        _conclude(tuned, entry.name)


def _pairs(
    folder: Path, asked: dict[str, Any], held: "Settings", check: Callable[[], object]
) -> dict[str, Any]:
    """Lay out what is learnt from, or take up what was laid out for the same training.

    What is known of it, as the card tells it. What `check` raises leaves nothing.
    """
    kept = folder / "asked.json"
    if kept.exists():
        before = json_format.loads(kept.read_text(encoding="utf-8"))
        if before["asked"] != asked:
            raise fail(
                f"A training of {folder.name} with other options was stopped and lies in {folder}. "
                "Say the same to go on, choose another name, or delete that folder.",
                WRONG_USAGE,
            )
        remark("Going on with what was laid out when this training was begun.")
        return dict(before["taught"])
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        taught = _laid_out(folder, asked, held)
        check()
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    _name(taught)
    known = asdict(taught)
    del known["table"], known["left_out"]
    made = kept.with_suffix(".part")
    told = json_format.dumps({"asked": asked, "taught": known}, indent=1)
    made.write_text(told, encoding="utf-8")
    made.rename(kept)
    return dict(json_format.loads(told)["taught"])


def _laid_out(folder: Path, asked: dict[str, Any], held: "Settings") -> "Taught":
    from pipeline.exchange.split import grouping
    from pipeline.exchange.teaching import lay_out

    dataset = _dataset(Path(asked["from"]), folder / "masks", held)
    earlier = [Path(each) for each in asked["with"]]
    by = grouping(asked["grouped_by"])
    return lay_out(dataset, folder / "data", asked["kind"], by, earlier)


def _dataset(source: Path, into: Path, held: "Settings") -> Path:
    """The masks: those of a dataset, or what is decided in a database as one."""
    from db.store import Store
    from db.values import DecisionKind
    from pipeline.exchange.export import export
    from pipeline.exchange.manifest import NAME
    from pipeline.exchange.teaching import above_all

    if (source / NAME).is_file():
        return source
    kinds = (DecisionKind.ACCEPTED, DecisionKind.CORRECTED, DecisionKind.NO_LESION)
    database, folder = held.database(source), source
    if source.is_file():
        database, folder = source, Store.read(source, above_all)
    return export(database, into, folder, "png", kinds).dest


def _name(taught: "Taught") -> None:
    for path in taught.left_out:
        remark(f"{path} is not there as it was reviewed, and is left out.")
    if not taught.earlier:
        remark(
            "No earlier photos are learnt from (--with): a model forgets some of what it no longer "
            "sees."
        )


@contextmanager
def _stoppable() -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        remark("Stopped. The same command goes on at the last epoch.")
        raise typer.Exit(STOPPED) from None


@contextmanager
def _hearing() -> "Iterator[Hearing]":
    """A bar for each network, and a line for each epoch."""
    from rich.progress import Progress

    from models.ship.tuning import Hearing
    from models.train.stopping import kinds_in

    with Progress(console=stderr()) as progress:
        task = progress.add_task("reading", total=1)
        network = ""

        def begun(number: int, of: int) -> None:
            nonlocal network
            network = f"network {number} of {of}"
            progress.update(task, description=network, completed=0)

        def compared(done: int, of: int) -> None:
            progress.update(task, description="comparing", completed=done / of)

        def told(entry: Any) -> None:
            loss = f"loss {entry['loss']:.3f}" if "loss" in entry else "as it begins"
            kinds = (f"{kind} {value:.3f}" for kind, value in kinds_in(entry).items())
            line = f"{network}, epoch {entry['epoch']}: {loss}, Jaccard on dev: {', '.join(kinds)}"
            progress.console.print(line, highlight=False)

        yield Hearing(begun, lambda share: progress.update(task, completed=share), told, compared)


def _told(tuned: "Tuned", taught: dict[str, Any]) -> dict[str, object]:
    beside = tuned.beside
    parts = ", ".join(f"{part} {count}" for part, count in taught["photos"].items())
    rows: dict[str, object] = {
        "photos": f"{parts}; earlier {taught['earlier']}",
        "compared on": f"{beside.comparison.photos} photos that decided nothing",
        "Jaccard": f"{beside.first.jaccard:.3f}, of the base {beside.second.jaccard:.3f}",
        "difference": interval(beside.comparison.jaccard),
    }
    rows |= {f"on {kind}": interval(each) for kind, each in beside.comparison.kinds.items()}
    return rows


def _conclude(tuned: "Tuned", name: str) -> None:
    from models.evaluate.side_by_side import verdict

    said = verdict(name, "its base", tuned.beside.comparison.jaccard)
    print_line(f"{name} is there now: {said}. nevus model use {name} has it outline photos.")
