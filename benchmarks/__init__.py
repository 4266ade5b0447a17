"""Speed and memory: milliseconds are reported, ratios within one run and counts may gate."""
