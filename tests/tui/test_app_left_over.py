"""What comes after the undecided photos: skipped ones, and those edited since their decision."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

from db.values import DecisionKind
from imaging.framing import Mask
from imaging.mask import rle
from pipeline.exchange.export import export
from pipeline.review.verdict import Ruling
from tests.tui.driving import Clinic, press, sentences, settled, shown_photo, text_of, until
from tui.app import NevusApp
from tui.widgets.queue import Queue

MakeApp = Callable[[], NevusApp]
ONLY_SKIPPED = "Every other photo is decided: 3 were skipped and come again."


async def test_skipped_photos_come_again_the_first_skipped_first_and_that_is_said_once(
    make_app: MakeApp, three: list[int]
) -> None:
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await press(pilot, "j", "s")
        assert shown_photo(screen) == three[2]
        screen = await press(pilot, "s")
        assert ONLY_SKIPPED not in sentences(pilot)
        screen = await press(pilot, "s")
        assert shown_photo(screen) == three[1]
        for photo in (three[2], three[0], three[1]):
            assert shown_photo(await press(pilot, "s")) == photo
        assert sentences(pilot).count(ONLY_SKIPPED) == 1
        assert shown_photo(await press(pilot, "a")) == three[2]
        screen = await press(pilot, "a")
        assert shown_photo(screen) == three[0]
        screen = await press(pilot, "a")
        assert shown_photo(screen) is None
        assert "Every photo is reviewed." in text_of(screen, "#canvas")


async def test_the_last_photo_skipped_is_not_called_reviewed_and_k_goes_back_to_it(
    clinic: Clinic, make_app: MakeApp
) -> None:
    photo = clinic.outline("only.jpg")
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await press(pilot, "s")
        told = " ".join(text_of(screen, "#canvas").split())
        assert "1 photo is skipped; k goes back to it." in told
        assert "Every photo is reviewed." not in told
        assert shown_photo(await press(pilot, "k")) == photo
        screen = await press(pilot, "a")
        assert "Every photo is reviewed." in text_of(screen, "#canvas")


async def test_a_sitting_that_begins_with_skipped_photos_only_says_so(
    clinic: Clinic, make_app: MakeApp, three: list[int]
) -> None:
    for photo in three:
        clinic.session.decide(clinic.session.open(photo), Ruling(DecisionKind.SKIPPED, 1.0))
    async with make_app().run_test(size=(120, 40)) as pilot:
        assert shown_photo(await settled(pilot)) == three[0]
        assert ONLY_SKIPPED in sentences(pilot)


async def test_photos_that_are_still_to_come_and_files_set_aside_are_not_forgotten(
    clinic: Clinic, make_app: MakeApp
) -> None:
    clinic.outline("only.jpg")
    (clinic.folder / "empty.jpg").touch()
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await settled(pilot)
        await until(pilot, lambda: len(screen.query_one(Queue)) == 2)
        screen = await press(pilot, "a")
        told = " ".join(text_of(screen, "#canvas").split())
        assert "1 file was set aside" in told


async def test_edits_after_a_decision_are_seen_and_a_stores_them_for_the_export(
    clinic: Clinic, make_app: MakeApp, three: list[int], tmp_path: Path
) -> None:
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await press(pilot, "a", "k", "t")
        assert "✎ photo0.jpg" in text_of(screen, "#queue")
        details = text_of(screen, "#details Static")
        assert "accepted, edited since" in details
        assert "a stores the edits" in details
        screen = await press(pilot, "u")
        assert "✓ photo0.jpg" in text_of(screen, "#queue")
        assert "edited since" not in text_of(screen, "#details Static")
        await press(pilot, "t", "j", "a")
    clinic.session.drain()
    assert clinic.item(three[0]).edited_since
    before = exported(clinic, tmp_path / "before")
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await settled(pilot)
        assert "✎ photo0.jpg" in text_of(screen, "#queue")
        # The last one is undecided and comes first.
        assert shown_photo(screen) == three[2]
        screen = await press(pilot, "a")
        assert shown_photo(screen) == three[0]
        await pilot.press("q")
        await until(pilot, lambda: "photo0.jpg was edited after" in "".join(sentences(pilot)))
        screen = await press(pilot, "a")
        assert "± photo0.jpg" in text_of(screen, "#queue")
        assert "Every photo is reviewed." in text_of(screen, "#canvas")
    [corrected] = clinic.store.reviewed([DecisionKind.CORRECTED])
    assert corrected.rle is not None
    assert not np.array_equal(rle.decode(corrected.rle), before)
    assert np.array_equal(rle.decode(corrected.rle), exported(clinic, tmp_path / "after"))


def exported(clinic: Clinic, dest: Path) -> Mask:
    """The mask that an export of now holds for the first photo."""
    kinds = [DecisionKind.ACCEPTED, DecisionKind.CORRECTED]
    export(clinic.store.path, dest, clinic.folder, "png", kinds)
    [mask] = dest.rglob("photo0*.png")
    pixels: Mask = np.asarray(Image.open(mask)) > 0
    return pixels


async def test_what_was_drawn_before_a_rejection_is_not_called_edited_since(
    clinic: Clinic, make_app: MakeApp, three: list[int]
) -> None:
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await press(pilot, "t", "r", "k")
        assert "✗ photo0.jpg" in text_of(screen, "#queue")
        screen = await press(pilot, "t")
        assert "✎ photo0.jpg" in text_of(screen, "#queue")
        assert "rejected, edited since" in text_of(screen, "#details Static")
    clinic.session.drain()
    assert clinic.item(three[0]).edited_since
