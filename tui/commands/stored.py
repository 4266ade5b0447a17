"""What a database holds, counted in a person's words: what else a row is of, nobody asks."""

from collections.abc import Mapping

_WORDS = {
    "photo": ("photo", "photos"),
    "file": ("file", "files"),
    "mask": ("mask", "masks"),
    "map": ("map", "maps"),
    "draft": ("draft", "drafts"),
    "edit": ("edit", "edits"),
    "decision": ("decision", "decisions"),
    "remark": ("score or note", "scores or notes"),
    "aside": ("file set aside", "files set aside"),
    "tombstone": ("photo forgotten", "photos forgotten"),
    "photos read": ("file read", "files read"),
}
"""What a person counts, one and many."""


def stored(counts: Mapping[str, int]) -> str:
    """`1 photo, 3 masks`, from how many there are of what; empty where there is nothing."""
    found = [(counts.get(name, 0), words) for name, words in _WORDS.items()]
    return ", ".join(f"{count:,} {words[count != 1]}" for count, words in found if count)
