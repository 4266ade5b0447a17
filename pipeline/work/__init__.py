"""Work done in processes that may die: decoding and inference."""
