"""How a photo's values are scaled before the network sees them."""

MEAN = (0.485, 0.456, 0.406)
DEVIATION = (0.229, 0.224, 0.225)
"""ImageNet's mean and deviation of each channel, of values from 0 to 1."""
