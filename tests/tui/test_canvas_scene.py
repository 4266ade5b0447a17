"""A photo on the canvas: places there and back, and what a change of the mask touches."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.geometry import Region

from imaging.framing import Mask, Part, Pixels, Size, fit
from imaging.view.lens import Lens
from imaging.view.overlay import Pens, Shown
from tests.tui.easel import PHOTO, disc, skin
from tui.surface.raster import QUARTERS, Raster
from tui.widgets.aids import Aids, Brush
from tui.widgets.scene import Look, Scene, Subject, stretched

sizes = st.builds(Size, st.integers(8, 300), st.integers(8, 300))
canvases = st.builds(Size, st.integers(2, 60), st.integers(1, 30))
BESIDE = (1, 2, 3)
LOOK = Look(Shown.BOTH.ink(0.5))
widths = st.integers(1, 5)


def scene_of(photo: Size, cells: Size) -> Scene:
    scene = scene_with(disc(photo, min(photo.width, photo.height) / 3), cells)
    scene.draw(LOOK)
    return scene


def scene_with(mask: Mask, cells: Size, picture: Pixels | None = None) -> Scene:
    photo, grid = Size.of(mask), Size(cells.width, 2 * cells.height)
    subject = Subject(skin(photo) if picture is None else picture, photo, mask)
    return Scene(subject, fit(photo, grid), BESIDE)


def seen(scene: Scene, cells: Size) -> Pixels:
    return scene.pixels(slice(0, 2 * cells.height))


def part_of(photo: Size, data: st.DataObject) -> Part:
    left = data.draw(st.integers(0, photo.width - 1))
    top = data.draw(st.integers(0, photo.height - 1))
    width = data.draw(st.integers(1, photo.width - left))
    height = data.draw(st.integers(1, photo.height - top))
    return slice(top, top + height), slice(left, left + width)


@given(sizes, canvases, st.data())
def test_the_brush_is_seen_in_the_cell_that_points_at_it(
    photo: Size, cells: Size, data: st.DataObject
) -> None:
    scene = scene_of(photo, cells)
    x = data.draw(st.floats(0, cells.width, exclude_max=True))
    y = data.draw(st.floats(0, cells.height, exclude_max=True))
    there = scene.to_photo(x, y)
    on_photo = 0 <= there[0] < photo.width and 0 <= there[1] < photo.height
    regions = scene.mark(Aids(Brush(*there, 0.0, erases=False, is_down=False)))
    back = [region for region in regions if region.contains(int(x), int(y))]
    assert back or not on_photo


@given(sizes, canvases, st.integers(-70, 70), st.integers(-70, 70))
def test_a_moved_place_is_on_the_photo_and_comes_back(
    photo: Size, cells: Size, across: int, down: int
) -> None:
    scene = scene_of(photo, cells)
    middle = scene.moved(photo.width / 2, photo.height / 2, 0, 0)
    moved = scene.moved(*middle, across, down)
    assert 0 < moved[0] < photo.width
    assert 0 < moved[1] < photo.height
    corner = scene.moved(0, 0, 0, 0)
    away = scene.moved(*corner, abs(across), abs(down))
    assert scene.moved(*away, -abs(across), -abs(down)) == pytest.approx(corner, abs=1e-6)


@given(sizes, canvases, widths, st.booleans(), st.data())
def test_a_changed_mask_is_drawn_as_if_it_had_always_been_so(
    photo: Size, cells: Size, width: int, value: bool, data: st.DataObject
) -> None:
    part = part_of(photo, data)
    mask = disc(photo, min(photo.width, photo.height) / 3)
    scene = scene_with(mask, cells)
    look = Look(Shown.BOTH.ink(0.5, Pens(width=width)))
    scene.draw(look)
    before = seen(scene, cells)
    mask[part] = value
    region = scene.draw_part(part)
    after = seen(scene, cells)
    anew = scene_with(mask, cells)
    anew.draw(look)
    assert np.array_equal(after, seen(anew, cells))
    assert untouched(before, after, region)


def untouched(before: Pixels, after: Pixels, region: Region) -> bool:
    """Whether nothing outside a region of cells looks different."""
    changed = np.argwhere((before != after).any(axis=-1))
    return all(region.contains(column, row // 2) for row, column in changed.tolist())


@given(sizes, canvases, st.floats(0, 40), st.booleans(), st.data())
def test_a_brush_that_is_gone_leaves_nothing(
    photo: Size, cells: Size, radius: float, is_down: bool, data: st.DataObject
) -> None:
    scene = scene_of(photo, cells)
    bare = seen(scene, cells)
    x, y = data.draw(st.floats(-9, photo.width + 9)), data.draw(st.floats(-9, photo.height + 9))
    (*regions,) = scene.mark(Aids(Brush(x, y, radius, erases=False, is_down=is_down)))
    with_brush = seen(scene, cells)
    region = regions[0] if regions else Region()
    assert untouched(bare, with_brush, region)
    assert scene.mark(Aids()) == regions
    assert np.array_equal(seen(scene, cells), bare)


def test_a_stroke_inside_the_lesion_changes_nothing_on_the_screen() -> None:
    photo, cells = Size(400, 300), Size(60, 30)
    scene = scene_of(photo, cells)
    assert not scene.draw_part((slice(140, 160), slice(190, 210)))


@pytest.mark.parametrize("column", [2900, 3000, 3033])
def test_a_cut_of_one_pixel_through_the_lesion_of_a_large_photo_is_seen(column: int) -> None:
    photo, cells = Size(6000, 4000), Size(60, 20)
    mask = disc(photo, 900)
    scene = scene_with(mask, cells, skin(Size(300, 200)))
    scene.draw(LOOK)
    before = seen(scene, cells)
    mask[:, column] = False
    assert scene.draw_part((slice(0, photo.height), slice(column, column + 1)))
    changed = (before != seen(scene, cells)).any(axis=-1)
    assert changed.sum() >= 2 * 900 * 40 // 4000 - 2


def test_a_photo_with_an_empty_mask_is_shown_bare() -> None:
    scene = Scene(Subject(skin(), PHOTO, disc(radius=0)), fit(PHOTO, Size(40, 40)), BESIDE)
    bare = seen(scene, Size(40, 20))
    scene.draw(LOOK)
    assert np.array_equal(seen(scene, Size(40, 20)), bare)


@given(sizes, canvases, st.floats(1, 20), st.floats(0, 1), st.floats(0, 1))
def test_near_the_mask_is_drawn_as_a_piece_of_a_larger_canvas(
    photo: Size, cells: Size, zoom: float, x: float, y: float
) -> None:
    lens = Lens.whole(photo, Size(cells.width, 2 * cells.height))
    framing = lens.zoomed(zoom, x * photo.width, y * photo.height).framing
    subject = Subject(skin(photo), photo, disc(photo, min(photo.width, photo.height) / 3))
    near = Scene(subject, framing, BESIDE)
    near.draw(LOOK)
    # All of the photo, as large: no border may run where a canvas merely ends.
    top, left = min(framing.top, 0), min(framing.left, 0)
    grid = Size(max(framing.width, cells.width), max(framing.height, 2 * cells.height))
    all_of_it = replace(framing, grid=grid, left=framing.left - left, top=framing.top - top)
    large = Scene(subject, all_of_it, BESIDE)
    large.draw(LOOK)
    rows, columns = framing.inside
    there = (
        slice(rows.start - top, rows.stop - top),
        slice(columns.start - left, columns.stop - left),
    )
    # A piece alone is resized to within a grey level of what it is in the whole.
    apart = near._drawn[framing.inside].astype(int) - large._drawn[there]
    assert np.abs(apart).max() <= 1


@given(sizes, canvases, st.floats(1, 9), st.lists(st.tuples(*[st.integers(-90, 90)] * 2)))
def test_a_photo_that_was_moved_looks_as_if_it_had_always_lain_there(
    photo: Size, cells: Size, zoom: float, ways: list[tuple[int, int]]
) -> None:
    mask = disc(photo, min(photo.width, photo.height) / 3)
    subject = Subject(skin(photo), photo, mask)
    lens = Lens.whole(photo, Size(cells.width, 2 * cells.height)).zoomed(zoom, 0, 0)
    scene = Scene(subject, lens.framing, BESIDE)
    scene.draw(LOOK)
    for across, down in ways:
        lens = lens.panned(across, down)
        scene = scene.panned(lens.framing)
        scene.draw(LOOK)
    anew = Scene(subject, lens.framing, BESIDE)
    anew.draw(LOOK)
    assert np.array_equal(scene._seen[scene._ringed.inside], anew._seen[anew._ringed.inside])
    apart = np.abs(seen(scene, cells).astype(int) - seen(anew, cells))
    assert apart.max(initial=0) <= 1


def test_a_place_and_a_length_on_the_screen_mean_the_same_however_fine_it_is() -> None:
    cells, subject = Size(80, 30), Subject(skin(), PHOTO, disc())
    fine = Raster(across=10, down=20)
    scenes = [
        Scene(subject, stretched(fit(PHOTO, raster.grid(cells)), raster.stretch), BESIDE, raster)
        for raster in (QUARTERS, fine)
    ]
    rough, sharp = scenes
    assert sharp.dot == pytest.approx(rough.dot, rel=0.02)
    assert sharp.longest == pytest.approx(rough.longest, abs=1)
    assert sharp.to_photo(40.5, 12.0) == pytest.approx(rough.to_photo(40.5, 12.0), abs=sharp.dot)
    steps = [scene.moved(200, 150, 3, 2) for scene in scenes]
    assert steps[0] == pytest.approx(steps[1], abs=sharp.dot / 10)
    for scene in scenes:
        scene.draw(Look(Shown.OUTLINE.ink(0.5)))
        (region,) = scene.mark(Aids(Brush(200, 150, 40, erases=False, is_down=False)))
        left, top = scene.framing.point_to_grid(160, 110)
        assert region.x == pytest.approx(left / scene.raster.across, abs=2)
        assert region.y == pytest.approx(top / scene.raster.down, abs=2)
