"""What was found, and what to do about it."""

from dataclasses import dataclass
from enum import StrEnum


class Grade(StrEnum):
    """How it stands: nothing to do, something to know, or work that can't be done."""

    OK = "ok"
    NOTE = "note"
    PROBLEM = "problem"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: a sentence on it, and what to do (empty for nothing)."""

    subject: str
    state: Grade
    sentence: str
    advice: str = ""


@dataclass(frozen=True)
class Section:
    """Findings that belong together."""

    title: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Examination:
    """All that was found; `works` is False where a problem stops work."""

    works: bool
    sections: tuple[Section, ...]


def examined(*sections: Section) -> Examination:
    """Sections with their verdict."""
    found = [finding for section in sections for finding in section.findings]
    return Examination(all(each.state is not Grade.PROBLEM for each in found), sections)


def ok(subject: str, sentence: str) -> Finding:
    """Nothing to do."""
    return Finding(subject, Grade.OK, sentence)


def note(subject: str, sentence: str, advice: str = "") -> Finding:
    """Work goes on; something to know, or to do better."""
    return Finding(subject, Grade.NOTE, sentence, advice)


def problem(subject: str, sentence: str, advice: str = "") -> Finding:
    """Work that can't be done before this is put right."""
    return Finding(subject, Grade.PROBLEM, sentence, advice)
