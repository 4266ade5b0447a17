"""The steps of the work, without a screen: watch, segment, review, export."""
