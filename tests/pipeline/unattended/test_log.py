"""Lines of the log: one piece each, nothing in them unescaped, none that stops the work."""

import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from pipeline.unattended.log import Event, EventLine, Log, PhotoLine, as_json, as_text

AT = datetime(2026, 3, 4, 5, 6, 7, 890_000, UTC)
HOSTILE = "mo\n\x1b[31mle\u202e\x9b\x7f\udcff.jpg"
SHOWN = r"mo\x0a\x1b[31mle\u202e\x9b\x7f\udcff.jpg"


def lines(form: Callable[..., str]) -> list[str]:
    return [
        form(AT, PhotoLine(HOSTILE, "set aside", 12.34, 5.6, 0.0789, f"{HOSTILE} is cut.")),
        form(AT, EventLine(Event.TROUBLE, f"{HOSTILE} can't be read.")),
    ]


def test_as_text_a_photo_s_line_says_what_became_of_it() -> None:
    photo, trouble = lines(as_text)
    assert photo == (f"2026-03-04T05:06:07+0000  set aside  {SHOWN}  12 ms  7.89%  {SHOWN} is cut.")
    assert trouble == f"2026-03-04T05:06:07+0000  trouble    {SHOWN} can't be read."


def test_as_json_each_line_is_an_object_in_plain_ascii() -> None:
    printed = lines(as_json)
    photo, trouble = map(json.loads, printed)
    assert (photo["event"], photo["photo"], photo["outcome"]) == ("photo", HOSTILE, "set aside")
    assert (photo["milliseconds"], photo["area_fraction"]) == (12.34, 0.0789)
    assert (trouble["event"], trouble["sentence"]) == ("trouble", f"{HOSTILE} can't be read.")
    assert datetime.fromisoformat(photo["at"]) == AT
    assert all(line.isascii() and line.isprintable() for line in printed)


@pytest.mark.parametrize("form", [as_text, as_json])
def test_no_line_has_two(form: Callable[..., str]) -> None:
    assert all(line.isprintable() for line in lines(form))


def test_lines_that_can_not_be_written_are_counted_and_stop_nobody() -> None:
    written: list[str] = []
    full = [True]

    def write(line: str) -> None:
        if full[0]:
            raise OSError(28, "No space left on device")
        written.append(line)

    log = Log(write, as_text, lambda: AT)
    log.tell(Event.NOTE, "one")
    log.photo(PhotoLine("a.jpg", "segmented"))
    full[0] = False
    log.tell(Event.NOTE, "three")
    log.tell(Event.NOTE, "four")
    assert [line.split("  ", 1)[1].strip() for line in "".join(written).splitlines()] == [
        "trouble    2 lines of this log could not be written.",
        "note       three",
        "note       four",
    ]
