"""Masks: edits, strokes, outlines, run lengths, agreement and measurements."""
