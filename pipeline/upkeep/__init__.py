"""What keeps a database for years: checked, copied, put back, and made to forget."""
