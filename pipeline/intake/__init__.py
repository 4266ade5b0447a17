"""A folder's photos come in: scan, watch, outline, store."""
