"""Reference maps, and how near another machine's must come to them."""
