"""The colours: greys that leave the skin its own, near black or near white, and one accent."""

from textual.theme import Theme


def _theme(name: str, dark: bool, greys: tuple[str, ...], colours: tuple[str, ...]) -> Theme:
    """A theme of seven greys, from the ground to the text, and four colours that mean something."""
    background, surface, panel, cursor, faint, quiet, foreground = greys
    accent, success, warning, error = colours
    return Theme(
        name=name,
        dark=dark,
        primary=accent,
        secondary=accent,
        accent=accent,
        foreground=foreground,
        background=background,
        surface=surface,
        panel=panel,
        success=success,
        warning=warning,
        error=error,
        variables={
            "quiet": quiet,
            "faint": faint,
            "cursor": cursor,
            "footer-background": surface,
            "scrollbar-background": surface,
            "scrollbar-corner-color": surface,
            "scrollbar-background-hover": surface,
            "scrollbar-background-active": surface,
            "scrollbar-active": accent,
            **BARS[name],
        },
    )


BARS = {
    "dark": {"scrollbar": "#2a3237", "scrollbar-hover": "#3a444a"},
    "light": {"scrollbar": "#c2c9cd", "scrollbar-hover": "#a4adb2"},
}
THEMES = {
    "dark": _theme(
        "dark",
        True,
        ("#0d1012", "#13171a", "#1b2125", "#1f2c2e", "#59636a", "#8b959c", "#d3d8dc"),
        ("#58c4b4", "#8db87c", "#d8a657", "#dd7a72"),
    ),
    "light": _theme(
        "light",
        False,
        ("#f4f6f7", "#eaedef", "#dde2e5", "#cfe3e0", "#78828a", "#505a61", "#171c20"),
        ("#00655a", "#33651f", "#7a4d00", "#a32b25"),
    ),
}
"""By the names that the settings give them."""
USUAL = "dark"


def other(name: str) -> str:
    """The theme that isn't this one."""
    return "dark" if name == "light" else "light"
