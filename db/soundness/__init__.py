"""What in the rows contradicts itself, found without changing anything."""
