"""What the terminal can show, and how a picture becomes cells."""
