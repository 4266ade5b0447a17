"""The commands of those who make the model: `python -m tui.commands.workshop.train` and kin."""
