"""Which of the decided photos a dataset is to hold: by the screen's own rules, by day and model."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from db.exported import ReviewedPhoto
from db.store import Store
from db.values import DecisionKind, QueueItem
from pipeline.errors import WrongChoice
from pipeline.review.wanted import CHOICES, Facet, has, searchable

Values = tuple[tuple[Facet, str], ...]


@dataclass(frozen=True)
class Choice:
    """What is asked of a photo beside its decision; everything is, where nothing is said.

    Of several values of one facet one is enough. `since` and `until` are days where the reviewer
    decided, both included; `models` are names, or beginnings of hashes, of what drew the outline.
    """

    text: str = ""
    values: Values = ()
    since: date | None = None
    until: date | None = None
    models: tuple[str, ...] = ()

    @property
    def limits(self) -> bool:
        """Whether some photos may be left out."""
        return self != Choice()

    @property
    def said(self) -> dict[str, str]:
        """All of it as options of a command say it; "" where one isn't said."""
        return {
            "--where": " ".join(f"{facet}={value}" for facet, value in self.values),
            "--search": self.text,
            "--since": "" if self.since is None else self.since.isoformat(),
            "--until": "" if self.until is None else self.until.isoformat(),
            "--by-model": " ".join(self.models),
        }


EVERY = Choice()


def value_of(text: str) -> tuple[Facet, str]:
    """`score=5` as a facet and its value. Raises WrongChoice with those that there are."""
    name, equals, value = text.partition("=")
    if name in set(Facet) and not equals:
        raise WrongChoice(f"“{text}” says no value: say WHAT=VALUE, as in score=5.")
    if name not in set(Facet):
        raise WrongChoice(f"“{text}” is none of {', '.join(f'{facet}=…' for facet in Facet)}.")
    facet = Facet(name)
    known = CHOICES.get(facet)
    if known is not None and value not in known:
        raise WrongChoice(f"“{name}” is one of: {', '.join(known)}; not “{value}”.")
    return facet, value


def chosen(
    seen: Store, kinds: Collection[DecisionKind], folder: Path, choice: Choice
) -> list[bool]:
    """Whether each of the photos that `Store.reviewed` gives is wanted, in their order."""
    wanted = _by_line(seen, folder, choice)
    return [
        (wanted is None or photo.photo_id in wanted) and _by_photo(photo, choice)
        for photo in seen.reviewed(kinds, str(folder))
    ]


def _by_line(seen: Store, folder: Path, choice: Choice) -> set[int] | None:
    """The photos whose line on the screen is wanted; None where none is left out by it."""
    if not (choice.values or choice.text):
        return None
    words = searchable(choice.text).split()
    facets: dict[Facet, list[str]] = defaultdict(list)
    for facet, value in choice.values:
        facets[facet].append(str(folder / value) if facet is Facet.FOLDER else value)
    return {
        line.photo_id
        for line in seen.queue(str(folder))
        if _says(line, words, folder) and _has_all(line, facets)
    }


def _says(line: QueueItem, words: list[str], folder: Path) -> bool:
    text = searchable(f"{Path(line.path).relative_to(folder)}\n{line.note}")
    return all(word in text for word in words)


def _has_all(line: QueueItem, facets: dict[Facet, list[str]]) -> bool:
    return all(any(has(line, facet, value) for value in asked) for facet, asked in facets.items())


def _by_photo(photo: ReviewedPhoto, choice: Choice) -> bool:
    day = photo.decision.created_at.astimezone().date()
    if not (choice.since or day) <= day <= (choice.until or day):
        return False
    receipt = photo.receipt
    return not choice.models or (
        receipt is not None
        and any(
            name == receipt.model_name or (len(name) >= 6 and receipt.model_hash.startswith(name))
            for name in choice.models
        )
    )
