"""What is in a package, read without running it."""
