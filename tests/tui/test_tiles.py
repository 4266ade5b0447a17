"""Where the photos of a page lie, and which of them are kept drawn."""

import pytest
from textual.strip import Strip

from tui.widgets.thumbs import Thumb, Thumbs
from tui.widgets.tiles import SIZES, Tiles


@pytest.mark.parametrize("size", range(len(SIZES)))
@pytest.mark.parametrize("cells", [(80, 19), (120, 35), (240, 65), (61, 23)])
def test_photos_fill_a_page_and_lie_on_no_other(cells: tuple[int, int], size: int) -> None:
    tiles = Tiles.filling(*cells, size)
    least = SIZES[size]
    assert tiles.count == 1 or (tiles.width >= least[0] and tiles.height >= least[1])
    frames = [tiles.frame(place) for place in range(tiles.count)]
    for place, frame in enumerate(frames):
        assert (frame.right <= cells[0], frame.bottom <= cells[1]) == (True, True)
        # A line between two rows is the one's frame or the other's.
        assert tiles.at(frame.x, frame.y) == tiles.at(frame.right - 1, frame.bottom - 2) == place
    # No more would fit.
    assert (tiles.columns + 1) * (least[0] + 2) > cells[0]
    assert (tiles.rows + 1) * (least[1] + 3) + 1 > cells[1]


@pytest.mark.parametrize("cells", [(80, 19), (120, 35), (240, 65), (61, 23)])
@pytest.mark.parametrize("photos", [0, 1, 2, 3, 5, 11, 41, 77, 500])
@pytest.mark.parametrize("size", range(len(SIZES)))
def test_few_photos_are_all_on_a_page_and_as_large_as_can_be(
    cells: tuple[int, int], photos: int, size: int
) -> None:
    most, tiles = Tiles.filling(*cells, size), Tiles.filling(*cells, size, photos)
    if photos >= most.count:
        assert tiles == most
        return
    assert photos <= tiles.count
    # No row is for nobody, and none is larger where there are more.
    assert tiles.rows == max(1, -(-photos // tiles.columns))
    assert tiles.width >= most.width or tiles.height >= most.height
    assert tiles.seen >= Tiles.filling(*cells, size, photos + 1).seen
    frames = [tiles.frame(place) for place in range(photos)]
    assert all(frame.right <= cells[0] and frame.bottom <= cells[1] for frame in frames)


def test_what_was_seen_longest_ago_is_drawn_anew() -> None:
    thumbs = Thumbs(most_cells=25)
    thumb = Thumb(1, (Strip.blank(10),))
    for photo_id in (1, 2):
        thumbs.keep(photo_id, 0, thumb)
    assert thumbs.find(1, 0) is thumb
    assert thumbs.find(1, 1) is None
    thumbs.keep(3, 0, thumb)
    assert [thumbs.find(each, 0) for each in (1, 2, 3)] == [thumb, None, thumb]
    # Kept anew, it takes no more than before.
    thumbs.keep(3, 0, thumb)
    assert thumbs.find(1, 0) is thumb
