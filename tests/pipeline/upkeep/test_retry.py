"""Files that were set aside are looked at once more when somebody asks, and by an open app too."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from db.store import Store
from db.values import Cause
from imaging.values import FileStat
from pipeline.errors import UpkeepError
from pipeline.intake.ingest import Ingest, Rhythm
from pipeline.intake.outcome import Outcome
from pipeline.intake.scan import file_stat
from pipeline.intake.sights import Pace
from pipeline.upkeep.forgetting import carry_out, plan
from pipeline.upkeep.retry import Asked, retry
from pipeline.work.scorer import Pool
from tests.pipeline.conftest import draw_photo, wait_until
from tests.support.databases import new_store
from tests.support.intake import take_in


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "photos"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(new_store(tmp_path / "nevus.db")) as store:
        yield store


def set_aside(store: Store, path: Path, cause: Cause = Cause.FILE) -> None:
    """As an older nevus did, or a disk that had a bad day: there is nothing wrong with it."""
    store.set_aside(file_stat(draw_photo(path)), "It broke.", cause)


def test_a_file_set_aside_is_looked_at_when_it_is_asked_for(
    store: Store, folder: Path, modelless: Pool
) -> None:
    photo = folder / "mole.png"
    set_aside(store, photo)
    assert take_in(store, modelless, photo) is Outcome.SET_ASIDE
    assert retry(store, folder).paths == (str(photo),)
    assert take_in(store, modelless, photo) is Outcome.STORED
    assert store.set_aside_files(str(folder)) == []


def test_one_that_is_bad_is_set_aside_again_and_then_left(
    store: Store, folder: Path, modelless: Pool
) -> None:
    folder.mkdir()
    (folder / "bad.png").write_text("no picture")
    assert take_in(store, modelless, folder / "bad.png") is Outcome.SET_ASIDE
    retry(store, folder)
    assert store.asked_again(str(folder)) == {str(folder / "bad.png")}
    assert take_in(store, modelless, folder / "bad.png") is Outcome.SET_ASIDE
    assert store.asked_again(str(folder)) == set()
    (file,) = store.set_aside_files(str(folder))
    assert file.cause is Cause.FILE


def test_it_asks_for_those_that_are_named_or_of_a_cause(store: Store, folder: Path) -> None:
    for number, name in enumerate(("a.png", "sub/a.png", "b.png", "c.png")):
        cause = Cause.MACHINE if name == "c.png" else Cause.FILE
        store.set_aside(FileStat(f"{folder}/{name}", number, 1, 1), "It broke.", cause)
    store.set_aside(FileStat(f"{folder}-2/a.png", 9, 1, 1), "It broke.")
    assert retry(store, folder, ["b.png"]).paths == (f"{folder}/b.png",)
    assert retry(store, folder, ["sub/a.png"]).paths == (f"{folder}/sub/a.png",)
    assert retry(store, folder, [str(folder / "a.png")]).paths == (f"{folder}/a.png",)
    assert retry(store, folder, cause=Cause.MACHINE).paths == (f"{folder}/c.png",)
    assert len(retry(store, folder).paths) == 4
    with pytest.raises(UpkeepError, match=r"No file called 'none\.png' was set aside"):
        retry(store, folder, ["a.png", "none.png"])


def test_what_was_forgotten_is_no_file_to_look_at_again(
    store: Store, folder: Path, modelless: Pool
) -> None:
    photo = draw_photo(folder / "mole.png")
    take_in(store, modelless, photo)
    carry_out(store, plan(store, "mole.png"), "ada")
    assert take_in(store, modelless, photo) is Outcome.SET_ASIDE
    set_aside(store, folder / "other.png")
    assert retry(store, folder) == Asked((str(folder / "other.png"),), forgotten=1)
    with pytest.raises(UpkeepError, match=r"mole\.png was forgotten"):
        retry(store, folder, ["mole.png"])


def test_an_open_app_notices(store: Store, folder: Path, modelless: Pool) -> None:
    set_aside(store, folder / "mole.png")
    rhythm = Rhythm(Pace(rescan=0.2, settle=0.01))
    ingest = Ingest(store, modelless, folder, lambda _progress: None, rhythm)
    ingest.start()
    try:
        with closing(Store.open(store.path)) as other:
            retry(other, folder)
        wait_until(lambda: store.counts(str(folder.resolve())).photos == 1)
    finally:
        ingest.stop()
