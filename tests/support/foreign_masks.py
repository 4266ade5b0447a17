"""The masks that other tools were given to write, each 60 by 80."""

import numpy as np
import numpy.typing as npt

SIZE = (60, 80)


def boxes(*places: tuple[int, int, int, int]) -> npt.NDArray[np.bool_]:
    mask = np.zeros(SIZE, np.bool_)
    for left, top, right, bottom in places:
        mask[top:bottom, left:right] = True
    return mask


HOLE = boxes((20, 10, 60, 40))
HOLE[20:25, 30:35] = False
MASKS = {
    "hole": HOLE,
    "two": boxes((5, 5, 15, 15), (50, 40, 75, 55)),
    "border": boxes((0, 0, 80, 7), (73, 0, 80, 60)),
    "nothing": boxes(),
}
"""By the name of their photo."""
