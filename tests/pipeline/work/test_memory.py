"""What a header hides is seen as it is decoded: a photo that takes too much is given up."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from imaging.photo import USUAL_MEMORY, PhotoError, PhotoUnavailable
from models.run.setup import ModelSetup
from pipeline.work.scorer import Pool
from pipeline.work.scoring import ScorerSetup
from pipeline.work.turns import Urgency
from pipeline.work.viewer import Viewer
from pipeline.work.viewing import ViewerSetup
from pipeline.work.worker import Worker
from tests.support.greedy import MOST, GreedyJob, GreedySetup, Purse
from tests.support.intake import NO_MODEL
from tests.support.pictures import encoded, grainy, written

PATH = Path("greedy.png")


@pytest.fixture
def processes() -> Iterator[Worker[Purse]]:
    with closing(Worker(GreedySetup(), 600)) as worker:
        yield worker


def test_a_photo_that_takes_too_much_is_given_up_at_once_and_the_next_one_is_not(
    processes: Worker[Purse],
) -> None:
    assert processes.ask(GreedyJob(MOST // 2), Urgency.SCREEN, PATH) == MOST // 2
    before = processes.pid
    with pytest.raises(
        PhotoError, match=r"^greedy\.png took more memory than a photo may"
    ) as caught:
        processes.ask(GreedyJob(3 * MOST), Urgency.SCREEN, PATH)
    assert not isinstance(caught.value, PhotoUnavailable)
    assert processes.pid is None
    assert processes.ask(GreedyJob(1), Urgency.SCREEN, PATH) == 1
    assert processes.pid != before


@pytest.mark.slow
def test_both_processes_refuse_what_a_header_says(tmp_path: Path) -> None:
    path = written(tmp_path / "a.png", encoded(grainy(900, 900), "png"))
    with (
        closing(Pool(NO_MODEL, memory=10**6)) as scorer,
        closing(Viewer(memory=10**6)) as viewer,
    ):
        with pytest.raises(PhotoError, match=r"more than a photo may take \(0\.001 GB\)"):
            scorer.fingerprint(path).result()
        with pytest.raises(PhotoError, match=r"more than a photo may take \(0\.001 GB\)"):
            viewer.view(path, 64)


def test_a_process_may_grow_by_more_than_a_photo_alone_takes() -> None:
    assert ScorerSetup(ModelSetup(PATH)).most_growth > USUAL_MEMORY
    assert ScorerSetup(ModelSetup(PATH), 10**9).spare().memory == 10**9
    assert ViewerSetup(ModelSetup(PATH)).most_growth > 2 * USUAL_MEMORY
