"""Pixels in, pixels and numbers out: pure functions over NumPy, no database, model or screen."""
