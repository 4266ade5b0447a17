"""The worker's process really dies, from inside and from outside; the work goes on."""

import json
import os
import resource
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from PIL import Image

from db.store import Store
from db.values import Cause
from models.package.interface import OUTPUT_KEY, PROBABILITY
from models.package.package import ModelError
from models.package.shipped import shipped_model
from models.run.setup import ModelSetup
from pipeline.errors import WorkerDied
from pipeline.intake.ingest import Ingest, IngestProgress, Patience, Rhythm
from pipeline.intake.segment import Told, Totals, segment_folder
from pipeline.intake.sights import Pace
from pipeline.work.scorer import Pool
from pipeline.work.scoring import Segmented
from tests.support.commands import run as nevus
from tests.support.intake import only_pid, running_pid
from tests.support.mac import Mac, in_workers
from tests.support.programs import darkness

Until = Callable[[Callable[[], bool]], None]
Patiently = Callable[..., None]
Draw = Callable[..., Path]
BLUE = (40, 60, 220)
MINUTES = 300
"""Seconds: each death costs a process and a model that are opened anew."""


@pytest.fixture(scope="module", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """One for all tests: the model is translated and compiled once."""
    folder = str(tmp_path_factory.mktemp("home"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", folder)
        patch.setenv("XDG_CACHE_HOME", folder)
        yield


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small one: each process that follows a dead one opens it anew."""
    from tests.models.conftest import build_package

    path = tmp_path_factory.mktemp("model") / "lesion.mlpackage"
    return build_package(path, darkness, (64, 64), **{OUTPUT_KEY: PROBABILITY})


@pytest.fixture
def mac(tmp_path: Path) -> Iterator[Mac]:
    """Worker processes on a Mac that each test orders to die in its own way."""
    with in_workers(tmp_path / "mac") as mac:
        yield mac


@pytest.fixture
def worker(model: Path) -> Iterator[Pool]:
    with closing(Pool(ModelSetup(model, "coreml"))) as worker:
        yield worker


@pytest.fixture
def three(folder: Path, draw: Draw) -> list[Path]:
    return [draw(folder / f"{number}.jpg", at=(number * 10, 0)) for number in range(3)]


def paint_blue(path: Path) -> Path:
    """A photo that the stand-in can be ordered to die on."""
    Image.new("RGB", (64, 48), BLUE).save(path)
    return path


def run(store: Store, worker: Pool, folder: Path) -> Totals:
    remarks: list[str] = []
    totals = segment_folder(store, worker, folder, Told(lambda _done, _total: None, remarks.append))
    assert remarks == []
    return totals


def devices(store: Store, folder: Path) -> dict[str, str]:
    """What each photo's receipt says it was run on."""
    receipts = {item.name: store.photo(item.photo_id).receipt for item in store.queue(str(folder))}
    return {name: receipt.device for name, receipt in receipts.items() if receipt is not None}


def loads(mac: Mac) -> list[str]:
    return [line.removeprefix("load ") for line in mac.journal if line.startswith("load")]


def test_what_the_cpu_survives_stays_there_and_the_receipts_say_so(
    mac: Mac, worker: Pool, store: Store, folder: Path, three: list[Path]
) -> None:
    mac.order("die on CPU_AND_NE", "photos")
    totals = run(store, worker, folder)
    assert (totals.segmented, totals.set_aside, totals.backend) == (3, 0, "coreml")
    assert loads(mac) == ["CPU_AND_NE", "CPU_AND_NE", "CPU_ONLY"]
    assert devices(store, folder) == {path.name: "CPU_ONLY" for path in three}


def test_a_photo_that_dies_everywhere_is_set_aside_and_the_neural_engine_goes_on(
    mac: Mac, worker: Pool, store: Store, folder: Path, three: list[Path]
) -> None:
    kill_on_blue(mac, folder, three)
    totals = run(store, worker, folder)
    assert (totals.segmented, totals.set_aside) == (2, 1)
    # Tried once more when the others were done, and then the model was asked for its name.
    once = ["CPU_AND_NE", "CPU_AND_NE", "CPU_ONLY"]
    assert loads(mac) == [*once, *once, "CPU_AND_NE"]
    assert devices(store, folder) == {"0.jpg": "CPU_AND_NE", "2.jpg": "CPU_AND_NE"}
    [aside] = store.set_aside_files(str(folder))
    assert aside.cause is Cause.MACHINE
    assert aside.reason.startswith("1.png: the worker process died on it three times, the last ")
    assert aside.reason.endswith("nevus tries it again by itself.")


def kill_on_blue(mac: Mac, folder: Path, three: list[Path]) -> None:
    """Make the middle one of three photos kill every process."""
    three[1].unlink()
    paint_blue(three[1].with_suffix(".png"))
    mac.order("die on CPU_AND_NE", "blue photos")
    mac.order("die on CPU_ONLY", "blue photos")


def pardon(mac: Mac) -> None:
    mac.pardon("die on CPU_AND_NE")
    mac.pardon("die on CPU_ONLY")


def test_killed_on_its_turn_a_healthy_photo_is_tried_again_when_the_others_are_done(
    mac: Mac, worker: Pool, store: Store, folder: Path, three: list[Path]
) -> None:
    kill_on_blue(mac, folder, three)
    told = []

    def end_bad_luck(done: int, total: int) -> None:
        told.append((done, total))
        if done == 2:
            [aside] = store.set_aside_files(str(folder))
            assert aside.name == "1.png"
            pardon(mac)

    totals = segment_folder(store, worker, folder, Told(end_bad_luck, print))
    assert (totals.files, totals.segmented, totals.set_aside) == (3, 3, 0)
    assert told == [(0, 3), (1, 3), (2, 3), (3, 3)]
    assert store.set_aside_files(str(folder)) == []


def test_killed_through_a_whole_run_a_healthy_photo_is_outlined_in_the_next(
    mac: Mac, worker: Pool, store: Store, folder: Path, three: list[Path]
) -> None:
    kill_on_blue(mac, folder, three)
    assert run(store, worker, folder).set_aside == 1
    pardon(mac)
    totals = run(store, worker, folder)
    assert (totals.segmented, totals.known, totals.set_aside) == (1, 2, 0)
    assert store.set_aside_files(str(folder)) == []


def test_while_the_app_runs_a_healthy_photo_is_tried_again_by_itself(
    mac: Mac,
    worker: Pool,
    store: Store,
    folder: Path,
    three: list[Path],
    until: Callable[..., None],
) -> None:
    kill_on_blue(mac, folder, three)
    pace, patience = Pace(settle=0.05, calm=0.1, coming=0.1), Patience(postponed=0.05, longest=0.2)
    told: list[IngestProgress] = []
    ingest = Ingest(store, worker, folder, told.append, Rhythm(pace, patience))
    ingest.start()
    try:
        until(lambda: len(store.set_aside_files(str(folder))) == 1, MINUTES)
        # The ones behind it are not held up.
        until(lambda: sum(item.segmented for item in store.queue(str(folder))) == 2, MINUTES)
        pardon(mac)
        until(lambda: sum(item.segmented for item in store.queue(str(folder))) == 3, MINUTES)
    finally:
        ingest.stop()
    assert store.set_aside_files(str(folder)) == []


def test_a_model_that_dies_when_opened_is_opened_on_the_cpu(
    mac: Mac, worker: Pool, store: Store, folder: Path, three: list[Path]
) -> None:
    mac.order("die on CPU_AND_NE", "all")
    assert run(store, worker, folder).segmented == 3
    assert loads(mac) == ["CPU_AND_NE", "CPU_AND_NE", "CPU_ONLY"]
    assert set(devices(store, folder).values()) == {"CPU_ONLY"}


def test_a_model_that_can_t_be_opened_alive_is_a_sentence(
    mac: Mac, worker: Pool, folder: Path, draw: Draw
) -> None:
    mac.order("die on CPU_AND_NE", "all")
    mac.order("die on CPU_ONLY", "all")
    with pytest.raises(WorkerDied, match=r"^lesion\.mlpackage: .* opening this model.*--backend"):
        worker.model()
    assert loads(mac) == ["CPU_AND_NE", "CPU_AND_NE", "CPU_ONLY"]
    assert worker.fingerprint(draw(folder / "a.jpg")).result().format == "JPEG"


def test_what_has_no_numbers_on_the_neural_engine_goes_on_on_the_cpu(
    mac: Mac, worker: Pool, store: Store, folder: Path, three: list[Path]
) -> None:
    mac.order("no numbers on CPU_AND_NE", "photos")
    assert run(store, worker, folder).segmented == 3
    assert loads(mac) == ["CPU_AND_NE", "CPU_ONLY"]
    assert devices(store, folder) == {path.name: "CPU_ONLY" for path in three}


def test_a_photo_without_numbers_anywhere_is_set_aside_and_the_neural_engine_goes_on(
    mac: Mac, worker: Pool, store: Store, folder: Path, three: list[Path]
) -> None:
    three[1].unlink()
    paint_blue(three[1].with_suffix(".png"))
    mac.order("no numbers on CPU_AND_NE", "blue photos")
    mac.order("no numbers on CPU_ONLY", "blue photos")
    totals = run(store, worker, folder)
    assert (totals.segmented, totals.set_aside) == (2, 1)
    assert loads(mac) == ["CPU_AND_NE", "CPU_ONLY", "CPU_AND_NE"]
    assert devices(store, folder) == {"0.jpg": "CPU_AND_NE", "2.jpg": "CPU_AND_NE"}
    [aside] = store.set_aside_files(str(folder))
    assert aside.reason.startswith("1.png: lesion computes values that are no numbers (NaN) on ")


def test_a_model_without_numbers_anywhere_is_refused_when_it_is_opened(
    mac: Mac, worker: Pool
) -> None:
    mac.order("no numbers on CPU_AND_NE", "all")
    mac.order("no numbers on CPU_ONLY", "all")
    with pytest.raises(ModelError, match=r"^lesion computes values that are no numbers \(NaN\)"):
        worker.model()
    assert loads(mac) == ["CPU_AND_NE", "CPU_ONLY"]


def test_a_model_that_is_opened_anew_without_numbers_is_the_models_failure_and_no_photos(
    mac: Mac, worker: Pool, folder: Path, draw: Draw, until: Until
) -> None:
    photo = draw(folder / "mole.jpg")
    worker.model()
    mac.order("no numbers on CPU_AND_NE", "all")
    mac.order("no numbers on CPU_ONLY", "all")
    kill(only_pid(worker))
    until(lambda: only_pid(worker) is None)
    with pytest.raises(ModelError, match=r"^lesion computes values that are no numbers \(NaN\)"):
        worker.take_in(photo, frozenset()).result()


def test_while_the_app_runs_a_photo_is_outlined_once_its_model_can_be_opened_again(
    mac: Mac,
    worker: Pool,
    store: Store,
    folder: Path,
    draw: Draw,
    until: Callable[..., None],
) -> None:
    pace, patience = Pace(settle=0.05, calm=0.1, coming=0.1), Patience(postponed=0.05, longest=0.2)
    told: list[IngestProgress] = []
    ingest = Ingest(store, worker, folder, told.append, Rhythm(pace, patience))
    ingest.start()
    try:
        draw(folder / "a.jpg")
        until(lambda: devices(store, folder) == {"a.jpg": "CPU_AND_NE"}, MINUTES)
        mac.order("no numbers on CPU_AND_NE", "all")
        mac.order("no numbers on CPU_ONLY", "all")
        kill(only_pid(worker))
        draw(folder / "b.jpg", at=(20, 0))
        until(lambda: "no numbers (NaN)" in str(told[-1].message), MINUTES)
        assert store.set_aside_files(str(folder)) == []
        mac.pardon("no numbers on CPU_AND_NE")
        mac.pardon("no numbers on CPU_ONLY")
        until(lambda: set(devices(store, folder)) == {"a.jpg", "b.jpg"}, MINUTES)
    finally:
        ingest.stop()


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="limits another process")
@pytest.mark.parametrize("more", [0, 2**20, 2**23])
def test_a_process_short_of_memory_gives_its_photo_to_a_new_one(
    folder: Path, draw: Draw, more: int
) -> None:
    photo = draw(folder / "mole.jpg")
    with closing(Pool(ModelSetup(shipped_model(), "onnxruntime"))) as worker:
        first = identified_by(worker, photo)
        status = Path(f"/proc/{first}/status").read_text().splitlines()
        [used] = [int(line.split()[1]) * 1024 for line in status if line.startswith("VmSize")]
        _, hard = resource.prlimit(first, resource.RLIMIT_AS)
        resource.prlimit(first, resource.RLIMIT_AS, (used + more, hard))
        assert isinstance(worker.take_in(photo, frozenset()).result(), Segmented)
        assert only_pid(worker) != first


def identified_by(worker: Pool, photo: Path) -> int:
    """The process that said which photo a file holds."""
    worker.fingerprint(photo).result()
    return running_pid(worker)


def kill(pid: int | None) -> None:
    assert pid is not None
    os.kill(pid, signal.SIGKILL)


def kill_while_segmenting(worker: Pool, photo: Path, until: Until, times: int) -> "Future[object]":
    """Segment a photo with a process that is killed in the middle of it, and its followers."""
    worker.model()
    first = running_pid(worker)
    seen = {None, first}
    # A stopped process takes the job and does not come to its end.
    os.kill(first, signal.SIGSTOP)
    with ThreadPoolExecutor() as pool:
        answer: Future[object] = pool.submit(worker.segment, photo)
        until(answer.running)
        kill(first)
        for _ in range(times - 1):
            until(lambda: only_pid(worker) not in seen)
            seen.add(only_pid(worker))
            kill(only_pid(worker))
    return answer


def test_killed_once_the_photo_is_tried_again_with_the_same_compute_units(
    mac: Mac, worker: Pool, folder: Path, draw: Draw, until: Until
) -> None:
    photo = draw(folder / "mole.jpg")
    answer = kill_while_segmenting(worker, photo, until, times=1)
    assert answer.exception() is None
    assert loads(mac) == ["CPU_AND_NE", "CPU_AND_NE"]


def test_killed_twice_it_is_tried_on_the_cpu(
    mac: Mac, worker: Pool, folder: Path, draw: Draw, until: Until
) -> None:
    answer = kill_while_segmenting(worker, draw(folder / "mole.jpg"), until, times=2)
    assert answer.exception() is None
    assert loads(mac)[-1] == "CPU_ONLY"
    assert worker.segment(folder / "mole.jpg").prediction.receipt.device == "CPU_ONLY"


def test_killed_three_times_the_photo_is_given_up_and_the_next_is_unharmed(
    model: Path, folder: Path, draw: Draw, until: Until
) -> None:
    with closing(Pool(ModelSetup(model, "onnxruntime"))) as worker:
        answer = kill_while_segmenting(worker, draw(folder / "mole.jpg"), until, times=3)
        assert isinstance(answer.exception(), WorkerDied)
        assert worker.segment(draw(folder / "next.jpg")).prediction.receipt.device == "CPU"


def test_nevus_segment_goes_on_behind_a_photo_that_kills(
    mac: Mac, folder: Path, three: list[Path], tmp_path: Path
) -> None:
    paint_blue(folder / "1 blue.png")
    mac.order("die on CPU_AND_NE", "blue photos")
    mac.order("die on CPU_ONLY", "blue photos")
    done = nevus("segment", folder, "--db", tmp_path / "a.db", "--json")
    assert done.returncode == 0, done.stderr
    totals = json.loads(done.stdout)
    assert (totals["segmented"], totals["set_aside"], totals["backend"]) == (3, 1, "coreml")
    assert "set aside: 1 blue.png: the worker process died on it three times" in done.stderr
    assert "Traceback" not in done.stderr
