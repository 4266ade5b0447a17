"""A model held against masks that people drew."""
