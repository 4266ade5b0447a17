"""Findings as a person reads them: sections, aligned, each finding with what to do."""

from collections import Counter

from rich.console import Console
from rich.padding import Padding
from rich.table import Table

from pipeline.doctor.findings import Examination, Finding, Grade, Section
from tui.commands.output import safe_text

GRADE_COLOURS = {Grade.OK: "green", Grade.NOTE: "yellow", Grade.PROBLEM: "bold red"}


def print_findings(examination: Examination) -> None:
    """Sections and a verdict on stdout, wrapped to its width and never cut."""
    console = Console(highlight=False)
    found = [finding for section in examination.sections for finding in section.findings]
    subjects = max(len(finding.subject) for finding in found)
    for section in examination.sections:
        console.print(safe_text(section.title, "bold"))
        console.print(Padding(_table(section, subjects), (0, 0, 1, 2)))
    console.print(safe_text(_verdict(found)))


def _table(section: Section, subjects: int) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(width=len(Grade.PROBLEM), no_wrap=True)
    table.add_column(width=subjects, no_wrap=True)
    table.add_column(overflow="fold")
    for finding in section.findings:
        state = safe_text(finding.state, GRADE_COLOURS[finding.state])
        table.add_row(state, safe_text(finding.subject), safe_text(finding.sentence))
        if finding.advice:
            table.add_row("", "", safe_text(f"→ {finding.advice}", "cyan"))
    return table


def _verdict(found: list[Finding]) -> str:
    counts = Counter(finding.state for finding in found)
    notes = _some(counts[Grade.NOTE], "note")
    problems = counts[Grade.PROBLEM]
    if not problems:
        return f"Nothing stops work here; {notes}."
    stop = "stops" if problems == 1 else "stop"
    return f"{_some(problems, 'problem')} {stop} work here; {notes}."


def _some(number: int, thing: str) -> str:
    return f"{number or 'no'} {thing}{'' if number == 1 else 's'}"
