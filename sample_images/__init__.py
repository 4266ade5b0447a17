"""The sample photos and the script that draws them; not part of the wheel."""
