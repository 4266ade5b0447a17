"""Datasets out of the database."""
