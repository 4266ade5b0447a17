"""`nevus model`: the models there are by name, and which of them outlines photos."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from tui.commands.compare import interval
from tui.commands.options import Json
from tui.commands.output import (
    WRONG_USAGE,
    fail,
    failures,
    print_json,
    print_line,
    print_table,
    remark,
    safe_text,
    stderr,
)

if TYPE_CHECKING:
    from models.evaluate.comparison import Comparison
    from models.registry import Entry, Registry

Name = Annotated[str, typer.Argument(metavar="NAME", help="A name of nevus model list.")]
SHORT = 12
"""Letters of a hash that are shown where it stands beside others."""


@dataclass(frozen=True)
class Listed:
    """The models, as JSON has them."""

    models: "list[Entry]"
    in_use: str


def list_models(json: Json = False) -> None:
    """List the models there are, the one in use marked.

    [bold]Examples[/bold]

      nevus model list
    """
    with failures():
        from models.registry import registry

        known = registry()
        found = known.entries()
        used = _in_use(known)
    name = "" if used is None else used.name
    if json:
        print_json(Listed(found, name))
        return
    rows = [("", "name", "hash", "added", "licence"), *(_row(each, name) for each in found)]
    wide = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    console = Console(highlight=False, soft_wrap=True)
    for row in rows:
        cells = (f"{cell:<{width}}" for cell, width in zip(row, wide, strict=True))
        console.print(safe_text("  ".join(cells).rstrip()))
    for each in found:
        if each.problem:
            remark(f"{each.name} can't be used: {each.problem}")


def _in_use(known: "Registry") -> "Entry | None":
    """The model in use; None, and the reason on stderr, where it can't be used any more."""
    from models.package.package import ModelError

    try:
        return known.in_use()
    except ModelError as error:
        remark(str(error))
        return None


def _row(entry: "Entry", used: str) -> tuple[str, ...]:
    mark = "▸" if entry.name == used else "!" if entry.problem else ""
    added = "with nevus" if entry.shipped else entry.added_at[:10]
    return mark, entry.name, entry.hash[:SHORT], added, entry.license


def show_model(name: Name, json: Json = False) -> None:
    """Say what is known of a model: its place, licence, card, and what it was compared with.

    [bold]Examples[/bold]

      nevus model show lesion
    """
    with failures():
        from models.registry import registry

        entry = registry().find(name)
    if json:
        print_json(entry)
        return
    rows: dict[str, Any] = {
        "name": entry.name,
        "path": entry.path,
        "hash": entry.hash,
        "licence": entry.license or "as nevus's own",
        "added": "with nevus" if entry.shipped else entry.added_at,
    }
    rows |= dict(_told("", entry.card))
    for compared in entry.compared:
        rows[f"beside {compared.other[:SHORT]}"] = _sentence(compared)
    print_table(rows)


def _told(before: str, card: Mapping[str, Any]) -> "list[tuple[str, Any]]":
    """A card's facts, those inside others by both names."""
    told: list[tuple[str, Any]] = []
    for name, value in card.items():
        called = f"{before}{name}".replace("_", " ")
        if isinstance(value, Mapping):
            told += _told(f"{called}, ", value)
        elif isinstance(value, list):
            told.append((called, ", ".join(map(str, value))))
        else:
            told.append((called, f"{value:.3f}" if isinstance(value, float) else value))
    return told


def _sentence(compared: "Comparison") -> str:
    told = [f"Jaccard {interval(compared.jaccard)} on {compared.photos} photos"]
    told += [f"{kind} {interval(each)}" for kind, each in compared.kinds.items()]
    return "; ".join(told)


def add_model(
    model: Annotated[
        Path,
        typer.Argument(
            metavar="MODEL",
            exists=True,
            help="The model; it is copied, with what lies beside it.",
        ),
    ],
    name: Annotated[
        str | None, typer.Option(metavar="NAME", help="What to call it; by default as its file.")
    ] = None,
) -> None:
    """Take in a copy of a model under a name, once it has drawn a map here.

    [bold]Examples[/bold]

      nevus model add ~/Downloads/better.mlpackage

      nevus model add models/noncommercial/lesion-nc.mlpackage --name lesion-nc
    """
    with failures(), stderr().status("trying the model"):
        from models.registry import NameTaken, registry
        from models.run.setup import ModelSetup
        from models.run.trial import try_out

        known, called = registry(), name or model.stem.lower()
        try:
            known.check_name(called)
            try_out(ModelSetup(model))
            entry = known.add(model, called)
        except NameTaken as error:
            raise fail(f"{error} --name says another.", WRONG_USAGE) from error
    print_line(
        f"{entry.name} is there now. Compare it before you use it: "
        f"nevus model compare {entry.name} lesion PAIRS.{_terms(entry)}"
    )


def _terms(entry: "Entry") -> str:
    from models.package.package import OWN_LICENCE

    own = entry.license in {"", OWN_LICENCE}
    return "" if own else f" Its licence is {entry.license}; those terms hold for what you do."


def use_model(
    name: Name,
    anyway: Annotated[
        bool, typer.Option("--anyway", help="Also where it is worse, or nobody has compared it.")
    ] = False,
) -> None:
    """Have a model outline photos from now on, wherever --model says no other.

    Undecided photos are outlined anew when nevus next looks at their folder; decided ones keep
    their masks. A model is refused that was found worse than the one in use, or never compared.

    [bold]Examples[/bold]

      nevus model use better

      nevus model use lesion
    """
    with failures():
        from models.registry import registry

        known = registry()
        entry, shipped = known.find(name), known.entries()[0]
        before = _in_use(known) or shipped
        if entry.name == before.name and not entry.shipped:
            print_line(f"{name} is in use already.")
            return
        refusal = "" if anyway or entry.shipped else why_not(entry, before)
        if refusal:
            raise fail(refusal)
        known.use(name)
    print_line(
        f"{name} is in use now, in place of {before.name}. Undecided photos are outlined anew when "
        f"nevus next looks at their folder; decided ones keep their masks.{_terms(entry)}"
    )


def why_not(entry: "Entry", before: "Entry") -> str:
    """Why a model is not to take the place of another one, as far as is known; else empty."""
    compared = entry.beside(before)
    if entry.hash == before.hash:
        return ""
    if compared is None:
        return (
            f"{entry.name} was never compared with {before.name}, which is in use. Compare them on "
            f"photos with true masks, nevus model compare {entry.name} {before.name} PAIRS, or say "
            "--anyway."
        )
    worse = compared.worse_on
    if not worse:
        return ""
    where = ", ".join(f"on {kind}" if kind else "on all photos" for kind in worse)
    return (
        f"{entry.name} is worse than {before.name}, which is in use, {where} "
        f"({_sentence(compared)}). Say --anyway to use it all the same."
    )


def remove_model(name: Name) -> None:
    """Remove a model of yours; masks that it drew stay, and say that it drew them.

    [bold]Examples[/bold]

      nevus model remove better
    """
    with failures():
        from models.registry import registry

        registry().remove(name)
    print_line(f"{name} is removed. The masks that it drew stay as they are.")
