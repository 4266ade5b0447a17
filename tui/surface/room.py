"""How much room the screens need."""

LEAST_WIDTH, LEAST_HEIGHT = 60, 16
"""Cells that the review screen needs."""
WIDE = 100
"""Cells of width that have room for panels on both sides of the photo."""
