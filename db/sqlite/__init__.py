"""What is SQLite's own: files, connections, locks, forms and failures."""
