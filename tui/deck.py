"""The photos that are open: the one on the screen, the next ones and the last ones."""

import asyncio
from concurrent.futures import Future

from pipeline.review.editor import OpenPhoto
from pipeline.review.session import ReviewSession
from pipeline.review.threads import Jobs

KEPT = 6
"""Photos kept open: a 12 MP photo's mask and picture are about 15 MB."""


class Deck:
    """Opens each photo once and keeps the last few."""

    def __init__(self, session: ReviewSession, jobs: Jobs) -> None:
        self._session = session
        self._jobs = jobs
        self._photos: dict[int, Future[OpenPhoto]] = {}

    def ready(self, photo_id: int) -> OpenPhoto | None:
        """The photo if it is open already."""
        photo = self._photos.get(photo_id)
        if photo is None or not photo.done() or photo.cancelled() or photo.exception():
            return None
        return photo.result()

    async def open(self, photo_id: int) -> OpenPhoto:
        """The photo, opened now if it is not; raises what the session raises.

        Cancelled, it does not open a photo that was still waiting for its turn.
        """
        return await asyncio.wrap_future(self._asked(photo_id))

    async def prepare(self, photo_id: int) -> None:
        """Open a photo that will be wanted soon; what fails now is told when it is wanted."""
        photo = asyncio.wrap_future(self._asked(photo_id))
        await asyncio.wait([photo])
        if not photo.cancelled():
            photo.exception()

    def _asked(self, photo_id: int) -> Future[OpenPhoto]:
        photo = self._photos.pop(photo_id, None)
        if photo is None or photo.cancelled() or (photo.done() and photo.exception()):
            photo = self._jobs.open(lambda: self._session.open(photo_id))
        self._photos[photo_id] = photo
        for oldest in list(self._photos)[:-KEPT]:
            del self._photos[oldest]
        return photo

    def drop(self, photo_id: int) -> None:
        """Open this photo anew next time: what is known of it has changed."""
        self._photos.pop(photo_id, None)
