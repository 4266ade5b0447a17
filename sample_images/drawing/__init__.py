"""Draw the sample photos; not part of the wheel."""
