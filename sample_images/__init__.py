"""The sample photos, which ship with nevus; the scripts that draw them, `drawing`, do not."""
