"""Straight lines and letters, printed at an angle."""

import cv2
import numpy as np
import numpy.typing as npt

from sample_images.drawing.fields import Field, Plane


class Page:
    """A page turned by `turn` (radians) around its middle, which lies at `x`, `y` of the plane.

    Points and lengths on it are in short sides from its middle; what is drawn covers.
    """

    _FRACTION = 6

    def __init__(self, plane: Plane, x: float, y: float, turn: float) -> None:
        self._plane, self._middle = plane, np.array((x, y))
        self._axes = np.array(((np.cos(turn), np.sin(turn)), (-np.sin(turn), np.cos(turn))))
        self._zoom = 2 if plane.unit < 2000 else 1
        self._layer = np.zeros((plane.height * self._zoom, plane.width * self._zoom), np.uint8)

    @property
    def ink(self) -> Field:
        """How much of each pixel is covered, 0 to 1."""
        size = (self._plane.width, self._plane.height)
        small = cv2.resize(self._layer, size, interpolation=cv2.INTER_AREA)
        return np.asarray(small / 255, np.float32)

    def line(self, start: tuple[float, float], end: tuple[float, float], thick: float) -> None:
        """A straight line."""
        pixels = max(1, round(thick * self._plane.unit * self._zoom))
        ends = self._points([start, end])
        cv2.polylines(self._layer, [ends], False, 255, pixels, cv2.LINE_AA, self._FRACTION)

    def area(self, corners: list[tuple[float, float]]) -> None:
        """A filled polygon."""
        cv2.fillPoly(self._layer, [self._points(corners)], 255, cv2.LINE_AA, self._FRACTION)

    def text(self, text: str, corner: tuple[float, float], height: float) -> None:
        """Letters along the page: drawn flat and large, then turned into place."""
        pixels = height * self._plane.unit * self._zoom
        flat = np.zeros((60, 40 * len(text)), np.uint8)
        cv2.putText(flat, text, (4, 46), cv2.FONT_HERSHEY_SIMPLEX, 1.6, 255, 4, cv2.LINE_AA)
        scale = pixels / 36 * self._axes
        place = self._points([corner])[0, 0] / 2**self._FRACTION - scale.T @ (4, 46)
        matrix = np.column_stack((scale.T, place))
        size = (self._layer.shape[1], self._layer.shape[0])
        np.maximum(self._layer, cv2.warpAffine(flat, matrix, size), out=self._layer)

    def _points(self, points: list[tuple[float, float]]) -> npt.NDArray[np.int32]:
        placed = np.array(points) @ self._axes + self._middle
        corner = (self._plane.width / 2, self._plane.height / 2)
        pixels = (placed * self._plane.unit + corner) * self._zoom
        rounded = np.round(pixels * 2**self._FRACTION)
        return np.asarray(rounded[:, None], np.int32)
