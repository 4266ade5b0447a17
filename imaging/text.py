"""Text from outside made safe to show in a terminal."""

import unicodedata

_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp", "Co", "Cn"})


def printable(text: str) -> str:
    """The text with control, formatting and unpaired surrogate characters as visible escapes.

    Newlines, escape codes and marks that change the reading direction become `\\x1b`-like text, so
    that nothing in a file's name can move the cursor or change what is read.
    """
    # Almost every text has none of them, and a queue asks for ten thousand names.
    return text if text.isprintable() else "".join(map(_shown, text))


def _shown(character: str) -> str:
    if unicodedata.category(character) not in _HIDDEN:
        return character
    code = ord(character)
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
