"""The lesion segmenter: network, training, conversion, runtimes and the shipped weights."""
