"""A file becomes an upright sRGB picture, or a sentence that says why not."""
