"""What one key decides on many photos is stored as if it were said of each, or left out."""

from dataclasses import replace

from db.claims import SPAN, Holder
from db.columns import now
from db.store import Store
from db.together import LeftOut
from db.values import DecisionKind, Remarks
from tests.db.conftest import FOLDER, edit, outline, revision_of, verdict

NOW = now()
ADA, BOB = Holder("ada", NOW), Holder("bob", NOW)


def test_each_decision_says_what_was_seen_and_ends_remark_and_claim(store: Store) -> None:
    photos = [outline(store, f"{number}.jpg") for number in range(3)]
    store.add_edit("bob", photos[0], revision_of(store, photos[0]), 0, edit(1))
    said = [
        replace(
            verdict(store, each, DecisionKind.ACCEPTED, score=number),
            batch="page",
            seconds=number / 2,
            note="ä",
            flag=True,
        )
        for number, each in enumerate(photos, 1)
    ]
    store.remark(photos[1], "ada", Remarks(score=2))
    store.claim_all(photos, ADA, NOW)
    assert store.decide_together(said, ADA, NOW) == LeftOut()
    made = [each.decision for each in store.reviewed([DecisionKind.ACCEPTED])]
    assert [(each.photo_id, each.score, each.seconds) for each in made] == [
        (photo, number, number / 2) for number, photo in enumerate(photos, 1)
    ]
    assert {(each.batch, each.note, each.flag, each.reviewer) for each in made} == {
        ("page", "ä", True, "ada")
    }
    assert [each.revision_id for each in made] == [each.revision_id for each in said]
    assert store.claims() == []
    # A remark that is left would be told in place of what the decision says.
    assert [each.score for each in store.queue(FOLDER, "ada")] == [1, 2, 3]


def test_a_photo_that_is_not_as_it_was_seen_is_left_out_and_so_is_one_open_elsewhere(
    store: Store,
) -> None:
    photos = [outline(store, f"{number}.jpg") for number in range(5)]
    newer, decided, open_elsewhere, left_open, as_seen = photos
    said = [verdict(store, each, DecisionKind.ACCEPTED) for each in photos]
    outline(store, "0.jpg", model="n" * 64)
    store.decide(verdict(store, decided, DecisionKind.REJECTED, "bob"))
    store.claim_all([left_open], Holder("eve", NOW), NOW - 2 * SPAN)
    store.claim_all([open_elsewhere], BOB, NOW)
    gone = replace(said[0], photo_id=99)
    left = store.decide_together([*said, gone], ADA, NOW)
    assert left == LeftOut(changed=(newer, decided, 99), taken=(open_elsewhere,))
    now_said = {each: store.photo(each).decision for each in photos}
    assert [now_said[each] for each in (newer, open_elsewhere)] == [None, None]
    assert now_said[decided] is DecisionKind.REJECTED
    assert now_said[left_open] is now_said[as_seen] is DecisionKind.ACCEPTED


def test_a_page_is_claimed_but_for_what_others_have_and_what_is_gone(store: Store) -> None:
    first, second, third = (outline(store, f"{number}.jpg") for number in range(3))
    store.claim(second, BOB, NOW)
    claimed = store.claim_all([first, second, 99], ADA, NOW)
    assert {photo: each.holder for photo, each in claimed.items()} == {first: ADA, second: BOB}
    # Another page is looked at by now, and what was decided is on its way.
    store.claim_all([third], ADA, NOW, keep=[first])
    held = {each.photo_id: each.holder for each in store.claims()}
    assert held == {first: ADA, second: BOB, third: ADA}
