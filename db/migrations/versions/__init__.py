"""One file for each form that the database has had; its name begins with its number."""
