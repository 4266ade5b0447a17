"""What lies open in one session is handed to nobody in another; what others do is heard of."""

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

import pipeline.review.lull
from db.claims import SPAN
from db.columns import now
from db.store import Store
from db.values import DecisionKind
from pipeline.review.claiming import RENEW, Claiming
from pipeline.review.desk import Desk
from pipeline.review.listening import EVERY, Listening, News
from pipeline.review.lull import Lull
from pipeline.review.session import ReviewSession
from pipeline.review.verdict import Ruling
from pipeline.work.scorer import Pool
from pipeline.work.viewer import Viewer

MakeSession = Callable[[str], ReviewSession]


@pytest.fixture
def sit(store: Store, modelless: Pool, viewer: Viewer, folder: Path) -> Iterator[MakeSession]:
    """Sessions on one database, each with a store of its own, as other processes have."""
    opened: list[tuple[ReviewSession, Store]] = []

    def sit(reviewer: str) -> ReviewSession:
        own = Store.open(store.path)
        opened.append((ReviewSession(own, modelless, viewer, folder, reviewer), own))
        return opened[-1][0]

    yield sit
    for session, own in opened:
        session.close()
        own.close()


CLAIMS = """
import sys
from pathlib import Path
from db.store import Store
from pipeline.review.shared import SharedSession

SharedSession(Store.open(Path(sys.argv[1])), "ada").claim_all([int(sys.argv[2])])
print("claimed", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def photos(
    remember: Callable[..., int], draw: Callable[..., Path], folder: Path, store: Store
) -> list[int]:
    return [remember(store, draw(folder / f"{at}.png", at=(at, 0))) for at in range(3)]


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    """What is held up by it goes on at the test's end at the latest."""
    gate = threading.Event()
    yield gate
    gate.set()


def elsewhere(session: ReviewSession) -> dict[int, str]:
    return dict(session.open_elsewhere(session.claims()))


def test_what_is_looked_at_is_claimed_until_it_is_left_or_decided(
    sit: MakeSession, photos: list[int]
) -> None:
    bo = sit("bo")
    with closing(Desk(sit("ada"))) as desk:
        claimed = desk.claim(photos[0]).result()
        assert claimed is not None
        assert desk.is_ours(claimed)
        assert elsewhere(bo) == {photos[0]: "ada"}
        desk.claim(photos[1]).result()
        assert elsewhere(bo) == {photos[1]: "ada"}
        desk.decide(desk.open(photos[1]).result(), Ruling(DecisionKind.ACCEPTED, 1.0)).result()
        assert elsewhere(bo) == {}
        assert bo.claim_all([photos[1]])[photos[1]].decision_id is not None
        desk.claim(photos[2]).result()
        desk.leave()
        desk._claiming._lane.submit(lambda: None).result()
        assert elsewhere(sit("cleo")) == {photos[1]: "bo"}
        desk.claim(photos[0]).result()
    assert elsewhere(bo) == {}


def test_what_is_opened_ahead_is_not_claimed(sit: MakeSession, photos: list[int]) -> None:
    with closing(Desk(sit("ada"))) as desk:
        desk.open(photos[0]).result()
        assert elsewhere(sit("bo")) == {}


def test_two_windows_of_one_reviewer_don_t_get_the_same_photo(
    sit: MakeSession, photos: list[int]
) -> None:
    one, other = sit("ada"), sit("ada")
    assert one.claim_all([photos[0]])[photos[0]].holder == one.holder
    assert other.claim_all([photos[0]])[photos[0]].holder == one.holder
    assert elsewhere(other) == {photos[0]: "ada"}
    assert elsewhere(one) == {}


@pytest.mark.parametrize("killed", [True, False])
def test_a_session_whose_process_was_killed_has_nothing_open(
    sit: MakeSession, photos: list[int], store: Store, killed: bool
) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", CLAIMS, str(store.path), str(photos[0])],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"claimed\n"
        bo = sit("bo")
        assert elsewhere(bo) == {photos[0]: "ada"}
        assert bo.claim_all(photos)[photos[0]].holder.reviewer == "ada"
        if killed:
            other.kill()
            other.wait()
        assert elsewhere(bo) == ({} if killed else {photos[0]: "ada"})
        assert (bo.claim_all(photos)[photos[0]].holder == bo.holder) is killed


def test_a_decision_and_a_claim_let_a_photo_be_drawn_first(
    sit: MakeSession, photos: list[int], store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline.review.lull, "AT_MOST", 600.0)
    with closing(Desk(sit("ada"))) as desk:
        photo = desk.open(photos[0]).result()
        desk.hold()
        stored = desk.decide(photo, Ruling(DecisionKind.ACCEPTED, 1.0))
        claimed = desk.claim(photos[1])
        assert store.photo(photos[0], "ada").decision is None
        assert elsewhere(sit("bo")) == {}
        desk.go_on()
        stored.result()
        assert store.photo(photos[0], "ada").decision is DecisionKind.ACCEPTED
        assert claimed.result() is not None


def test_they_are_stored_where_nobody_says_that_it_is_drawn(
    sit: MakeSession, photos: list[int]
) -> None:
    with closing(Desk(sit("ada"))) as desk:
        photo = desk.open(photos[0]).result()
        desk.hold()
        desk.decide(photo, Ruling(DecisionKind.ACCEPTED, 1.0)).result()
        assert desk.claim(photos[1]).result() is not None


def test_nobody_is_handed_a_photo_before_the_decision_on_it_is_stored(
    sit: MakeSession, photos: list[int], gate: threading.Event
) -> None:
    bo = sit("bo")
    with closing(Desk(sit("ada"))) as desk:
        desk.claim(photos[0]).result()
        photo = desk.open(photos[0]).result()
        desk._storing.submit(gate.wait)
        stored = desk.decide(photo, Ruling(DecisionKind.ACCEPTED, 1.0))
        desk.claim(photos[1]).result()
        assert bo.claim_all([photos[0]])[photos[0]].holder.reviewer == "ada"
        gate.set()
        stored.result()
        assert bo.claim_all([photos[0]])[photos[0]].decision_id is not None


def test_no_claim_is_made_of_what_was_left_before_its_turn(
    sit: MakeSession, photos: list[int], gate: threading.Event
) -> None:
    with closing(Desk(sit("ada"))) as desk:
        desk._claiming._lane.submit(gate.wait)
        first, second = desk.claim(photos[0]), desk.claim(photos[1])
        gate.set()
        assert first.result() is None
        assert second.result() is not None
        assert elsewhere(sit("bo")) == {photos[1]: "ada"}


def test_a_claim_is_renewed_before_it_runs_out_and_not_after_a_kill(
    sit: MakeSession, photos: list[int]
) -> None:
    ada, bo, seconds = sit("ada"), sit("bo"), [0.0]
    began = now()
    ada.clock = bo.clock = lambda: began + timedelta(seconds=seconds[0])
    claiming = Claiming(ada, Lull(), lambda: seconds[0])
    claiming.claim(photos[0]).result()
    while seconds[0] < 3 * SPAN.total_seconds():
        seconds[0] += EVERY
        claiming.renew()
        claiming._lane.submit(lambda: None).result()
        assert elsewhere(bo) == {photos[0]: "ada"}
    assert SPAN.total_seconds() > 2 * (RENEW + EVERY)
    # Killed: nobody renews it, and it is not let go of.
    seconds[0] += SPAN.total_seconds()
    assert elsewhere(bo) == {}
    claiming.close()


def test_what_others_do_is_heard_of_at_the_next_look_and_once(
    sit: MakeSession,
    photos: list[int],
    store: Store,
    remember: Callable[..., int],
    draw: Callable[..., Path],
    folder: Path,
) -> None:
    ada, bo = sit("ada"), sit("bo")
    list(ada.queue())
    told: list[News] = []
    listening = Listening(ada, told.append, lambda: None)
    listening.look()
    assert told == []
    bo.claim_all([photos[1]])
    listening.look()
    bo.decide(bo.open(photos[0]), Ruling(DecisionKind.REJECTED, 1.0))
    listening.look()
    assert told == [News(claims={photos[1]: "bo"}), News(said=True, claims={photos[1]: "bo"})]
    changed = {item.photo_id: item.decision for item in ada.changed([])}
    assert changed == {photos[0]: DecisionKind.REJECTED}
    bo.let_go()
    listening.look()
    assert told[2:] == [News()]
    remember(store, draw(folder / "new.png", at=(9, 9)))
    listening.look()
    assert told[3:] == [News(arrived=True)]
    list(ada.queue())
    bo.take_back()
    listening.look()
    listening.look()
    assert told[4:] == [News(said=True)]
    listening.stop()


def test_what_a_killed_session_had_open_is_free_though_nothing_is_committed(
    sit: MakeSession, photos: list[int]
) -> None:
    ada, bo = sit("ada"), sit("bo")
    list(ada.queue())
    bo.claim_all([photos[1]])
    told: list[News] = []
    listening = Listening(ada, told.append, lambda: None)
    listening.look()
    began = now()
    ada.clock = lambda: began + SPAN
    listening.look()
    listening.look()
    assert told == [News(claims={photos[1]: "bo"}), News()]
    listening.stop()


def test_a_look_is_well_within_two_seconds_of_the_last_and_asks_nothing_of_a_still_database(
    sit: MakeSession, photos: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = sit("ada")
    list(ada.queue())
    listening = Listening(ada, lambda _news: None, lambda: None)
    listening.look()
    # No sessions are begun any more: only the number of its state is asked for.
    monkeypatch.setattr(ada._store, "_reading", None)
    for _ in range(10):
        listening.look()
    assert EVERY <= 1.0
    listening.stop()


def test_a_desk_tells_on_a_thread_of_its_own_what_others_do(
    sit: MakeSession, photos: list[int], until: Callable[[Callable[[], bool]], None]
) -> None:
    ada, bo = sit("ada"), sit("bo")
    told: list[News] = []
    with closing(Desk(ada)) as desk:
        next(desk.read_queue()).result()
        desk.listen(told.append)
        bo.decide(bo.open(photos[0]), Ruling(DecisionKind.REJECTED, 1.0))
        until(lambda: any(news.said for news in told))
    assert "listening" not in [thread.name for thread in threading.enumerate()]


def test_a_page_is_claimed_until_another_one_or_a_photo_is_looked_at(
    sit: MakeSession, photos: list[int]
) -> None:
    bo = sit("bo")
    bo.claim_all([photos[2]])
    with closing(Desk(sit("ada"))) as desk:
        claimed = desk.claim_page(photos).result()
        assert [desk.is_ours(claimed[photo]) for photo in photos] == [True, True, False]
        assert elsewhere(bo) == dict.fromkeys(photos[:2], "ada")
        # Nobody looks at the first page any more when its turn comes.
        assert desk.claim_page(photos[1:2]).result().keys() == {photos[1]}
        assert elsewhere(bo) == {photos[1]: "ada"}
        desk.claim(photos[0]).result()
        assert elsewhere(bo) == {photos[0]: "ada"}
    assert elsewhere(bo) == {}
