"""What a check found, in sentences; of many the first few, and how many more there are."""

from collections.abc import Iterable
from dataclasses import dataclass, field

MOST = 50
"""Findings that are listed: behind so many, a person puts back a copy."""


@dataclass(frozen=True)
class Report:
    """What a check found.

    `holds` is whether nothing contradicts itself. `counts` are the rows of each table, with the
    maps in the cache and the photos that were read. `findings` are at most `MOST` sentences on what
    doesn't hold, `more` says how many others there are; `notes` are worth knowing, and no fault.
    """

    holds: bool
    database: str
    counts: dict[str, int]
    findings: tuple[str, ...] = ()
    more: int = 0
    notes: tuple[str, ...] = ()


@dataclass
class Findings:
    """Sentences as they come."""

    listed: list[str] = field(default_factory=list)
    more: int = 0

    def add(self, sentences: Iterable[str]) -> None:
        """Keep the first, count the others."""
        for sentence in sentences:
            if len(self.listed) < MOST:
                self.listed.append(sentence)
            else:
                self.more += 1
