"""Whether this machine computes what the shipped model should: `nevus doctor --selftest`."""
