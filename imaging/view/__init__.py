"""The pictures of a screen: a photo and its mask in the screen's grid."""
