"""What a model package is and what it says of itself."""
