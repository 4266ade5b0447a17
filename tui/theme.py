"""The colours: near-black greys that leave the skin its own, and one accent."""

from textual.theme import Theme

THEME = Theme(
    name="nevus",
    dark=True,
    primary="#58c4b4",
    secondary="#58c4b4",
    accent="#58c4b4",
    foreground="#d3d8dc",
    background="#0d1012",
    surface="#13171a",
    panel="#1b2125",
    success="#8db87c",
    warning="#d8a657",
    error="#dd7a72",
    variables={
        "quiet": "#8b959c",
        "faint": "#59636a",
        "cursor": "#1f2c2e",
        "footer-background": "#13171a",
        "scrollbar": "#2a3237",
        "scrollbar-background": "#13171a",
        "scrollbar-corner-color": "#13171a",
        "scrollbar-hover": "#3a444a",
        "scrollbar-active": "#58c4b4",
        "scrollbar-background-hover": "#13171a",
        "scrollbar-background-active": "#13171a",
    },
)
