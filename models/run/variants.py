"""A segmenter used otherwise than its package asks, to measure what that would change."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from imaging.framing import FRAMINGS, Pixels
from models.package.package import ModelError, PackageInfo
from models.run.segmenter import Backend


class Mirrored:
    """A backend that averages the maps of a photo and its three mirror images."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self.name, self.device, self.info = backend.name, backend.device, backend.info

    def run(self, framed: Pixels) -> npt.NDArray[np.float32]:
        """A framed photo, uint8 (gh, gw, 3), to the mean map, float32 (gh, gw)."""
        shape = framed.shape[:2]
        maps = []
        for rows in (1, -1):
            for columns in (1, -1):
                view = np.ascontiguousarray(framed[::rows, ::columns])
                maps.append(self._backend.run(view).reshape(shape)[::rows, ::columns])
        return np.asarray(np.mean(maps, axis=0), np.float32)


class Reframed:
    """A backend whose package is taken to ask for another framing."""

    def __init__(self, backend: Backend, framing: str) -> None:
        if framing not in FRAMINGS:
            raise ModelError(f"There is no framing {framing}; there are {', '.join(FRAMINGS)}.")
        self._backend = backend
        self.name, self.device = backend.name, backend.device
        self.info: PackageInfo = replace(backend.info, framing=framing)

    def run(self, framed: Pixels) -> npt.NDArray[np.float32]:
        """As the backend does."""
        return self._backend.run(framed)
