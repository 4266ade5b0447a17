"""The runtimes, and one segmenter before them."""
