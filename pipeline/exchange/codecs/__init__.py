"""How formats write a mask or a picture, where more than one does or it takes some doing."""
