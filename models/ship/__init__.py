"""Checkpoints become a calibrated package; needs the training extra."""
