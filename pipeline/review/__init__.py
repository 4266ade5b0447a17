"""A reviewer's sitting: open, edit, decide, and nothing is lost."""
