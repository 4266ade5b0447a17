"""The refiner: a network that mends an outline at a reviewer's marks, and how it is trained."""
