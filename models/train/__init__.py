"""Networks and how they are trained; needs the training extra."""
