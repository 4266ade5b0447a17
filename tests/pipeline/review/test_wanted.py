"""What is shown of a queue: whatever is asked for, as if each line were looked at."""

import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, composite

from db.values import DecisionKind, QueueItem
from pipeline.review.roster import Roster
from pipeline.review.shown import Shown
from pipeline.review.tally import Tally
from pipeline.review.waiting import order_wanted
from pipeline.review.wanted import ALL, CHOICES, Facet, Order, Wanted, select

FOLDER = "/photos"
KINDS = st.none() | st.sampled_from(DecisionKind)
NUMBERS = st.none() | st.sampled_from([0.0, 0.005, 0.01, 0.3, 0.5, 0.65, 0.8, 1.0])
TEXTS = st.lists(st.sampled_from(["naevus", "Ärztin", "10", "9", "x"]), max_size=3).map(" ".join)


@composite
def lines(draw: DrawFn) -> QueueItem:
    photo_id = draw(st.integers(1, 10_000))
    folder = draw(st.sampled_from(["", "leg/", "leg/left/", "legs/", "arm/"]))
    name = f"{draw(TEXTS)} {photo_id}.jpg"
    decision = draw(KINDS)
    decided = decision is not None
    return QueueItem(
        photo_id=photo_id,
        path=f"{FOLDER}/{folder}{name}",
        name=name,
        decision=decision,
        segmented=draw(st.booleans()),
        has_draft=False,
        area_fraction=draw(NUMBERS),
        predicted_jaccard=draw(NUMBERS),
        edited_since=decided and draw(st.booleans()),
        flag=decided and draw(st.booleans()),
        reviewer=draw(st.sampled_from(["ada", "bob"])) if decided else "",
        score=draw(st.none() | st.integers(1, 5)) if decided else None,
        note=draw(TEXTS) if decided else "",
        disagreement=draw(NUMBERS) if decided else None,
    )


QUEUES = st.lists(lines(), max_size=12, unique_by=lambda item: item.photo_id)


@composite
def wishes(draw: DrawFn) -> Wanted:
    wanted = Wanted(draw(TEXTS), (), draw(st.sampled_from(Order)), draw(st.booleans()))
    offered = {**CHOICES, Facet.REVIEWER: ("ada", "eve"), Facet.FOLDER: (f"{FOLDER}/leg",)}
    for facet in draw(st.sets(st.sampled_from(Facet), max_size=2)):
        wanted = wanted.having(facet, draw(st.sampled_from(offered[facet])))
    return wanted


def is_wanted(item: QueueItem, wanted: Wanted) -> bool:
    """The rule in plain words, each line on its own."""
    told = f"{item.path.removeprefix(FOLDER + '/')} {item.note}".casefold()
    if not all(word in told for word in wanted.text.casefold().split()):
        return False
    kind, area, sure = item.decision, item.area_fraction, item.predicted_jaccard
    apart = item.disagreement
    skipped = kind is DecisionKind.SKIPPED
    true: dict[tuple[Facet, str], bool] = {
        (Facet.DECISION, "waiting"): kind is None or skipped,
        (Facet.DECISION, "decided"): kind is not None and not skipped,
        (Facet.DECISION, "edited since"): item.edited_since,
        (Facet.FLAG, "flagged"): item.flag,
        (Facet.FLAG, "not flagged"): not item.flag,
        (Facet.SCORE, "no score"): item.score is None,
        (Facet.REVIEWER, item.reviewer): True,
        (Facet.FOLDER, f"{FOLDER}/leg"): item.path.startswith(f"{FOLDER}/leg/"),
        (Facet.SCORE, str(item.score)): True,
        (Facet.AREA, "no outline"): area is None,
        (Facet.SURENESS, "not said"): sure is None,
        (Facet.DISAGREEMENT, "not compared"): apart is None,
    }
    if apart is not None:
        true |= {
            (Facet.DISAGREEMENT, "below 0.10"): apart < 0.1,
            (Facet.DISAGREEMENT, "0.10 to 0.25"): 0.1 <= apart < 0.25,
            (Facet.DISAGREEMENT, "0.25 to 0.50"): 0.25 <= apart < 0.5,
            (Facet.DISAGREEMENT, "0.50 and more"): apart >= 0.5,
        }
    if kind is not None:
        true[Facet.DECISION, str(kind)] = True
    if area is not None:
        true |= {
            (Facet.AREA, "nothing"): area == 0,
            (Facet.AREA, "below 1%"): 0 < area < 0.01,
            (Facet.AREA, "1% to 10%"): 0.01 <= area < 0.1,
            (Facet.AREA, "10% to 40%"): 0.1 <= area < 0.4,
            (Facet.AREA, "more"): area >= 0.4,
        }
    if sure is not None:
        true |= {
            (Facet.SURENESS, "below 0.50"): sure < 0.5,
            (Facet.SURENESS, "0.50 to 0.65"): 0.5 <= sure < 0.65,
            (Facet.SURENESS, "0.65 to 0.80"): 0.65 <= sure < 0.8,
            (Facet.SURENESS, "0.80 and more"): sure >= 0.8,
        }
    return all(true.get(value, False) for value in wanted.values)


def gathered(items: list[QueueItem], page: int) -> Roster:
    roster = Roster(FOLDER)
    for start in range(0, len(items), page):
        roster.extend(items[start : start + page])
    return roster


def shown(roster: Roster, wanted: Wanted) -> Shown:
    return Shown(roster, wanted, select(roster.items, roster.texts, wanted, len(roster)))


@given(QUEUES, wishes(), st.integers(1, 5))
def test_any_filter_and_page_is_what_looking_at_each_line_gives(
    items: list[QueueItem], wanted: Wanted, page: int
) -> None:
    roster = gathered(items, page)
    found = shown(roster, wanted)
    plain = [item for item in items if is_wanted(item, wanted)]
    assert sorted(item.photo_id for item in found) == sorted(item.photo_id for item in plain)
    if not wanted.arranges:
        assert list(found) == plain
    pages = [item for start in range(0, len(found), page) for item in found[start : start + page]]
    assert pages == list(found) == [found[index] for index in range(len(found))]
    assert [found.find(item.photo_id) for item in found] == list(range(len(found)))


@given(
    QUEUES,
    st.sampled_from([Order.SCORE, Order.AREA, Order.SURENESS, Order.DISAGREEMENT]),
    st.booleans(),
)
def test_numbers_are_sorted_either_way_and_what_has_none_comes_last_as_the_queue_has_it(
    items: list[QueueItem], order: Order, reverse: bool
) -> None:
    def number(item: QueueItem) -> float | None:
        return {
            Order.SCORE: item.score,
            Order.AREA: item.area_fraction,
            Order.SURENESS: item.predicted_jaccard,
            Order.DISAGREEMENT: item.disagreement,
        }[order]

    found = list(shown(gathered(items, 5), Wanted(order=order, reverse=reverse)))
    known = [(value, item) for item in items if (value := number(item)) is not None]
    known.sort(key=lambda pair: -pair[0] if reverse else pair[0])
    assert found == [item for _, item in known] + [i for i in items if number(i) is None]


@given(QUEUES.filter(bool), wishes(), st.lists(st.tuples(st.integers(0, 99), KINDS), max_size=9))
def test_what_changes_under_a_filter_is_there_exactly_while_it_fits_but_the_last_one_stays(
    items: list[QueueItem], wanted: Wanted, changes: list[tuple[int, DecisionKind | None]]
) -> None:
    roster = gathered(items, 5)
    found, kept = shown(roster, wanted), None
    for number, kind in changes:
        place = number % len(items)
        before = roster.items[place]
        was_there = found.find(before.photo_id) is not None
        after = replace(before, decision=kind, edited_since=False, note="", reviewer="")
        found.keep(before.photo_id)
        roster.change(place, after)
        found.follow(before.photo_id)
        kept = before.photo_id if was_there else None
    wants = {item.photo_id for item in roster.items if is_wanted(item, wanted)}
    assert {item.photo_id for item in found} == wants | ({kept} if kept is not None else set())
    assert found.fitting == len(wants)
    anew = gathered(roster.items, 3)
    assert roster.tally.kinds() == anew.tally.kinds() == Tally.of(roster.items).kinds()
    assert (roster.skipped, roster.edited, roster.outlined, roster.texts) == (
        anew.skipped,
        anew.edited,
        anew.outlined,
        anew.texts,
    )
    assert roster.choices(Facet.REVIEWER) == anew.choices(Facet.REVIEWER)


def line(photo_id: int, path: str, decision: DecisionKind | None = None) -> QueueItem:
    name = path.rpartition("/")[2]
    return QueueItem(photo_id, f"{FOLDER}/{path}", name, decision, True, False, 0.1)


def test_the_one_just_decided_stays_where_it_was_until_the_next_is() -> None:
    roster = gathered([line(number, f"{number}.jpg") for number in range(5)], 5)
    found = shown(roster, ALL.having(Facet.DECISION, "waiting"))
    for photo_id, left in ((1, [0, 1, 2, 3, 4]), (2, [0, 2, 3, 4])):
        found.keep(photo_id)
        roster.change(photo_id, line(photo_id, f"{photo_id}.jpg", DecisionKind.ACCEPTED))
        found.follow(photo_id)
        assert [item.photo_id for item in found] == left
        assert found.fitting == 5 - photo_id
    # And it is there still when the queue was read again.
    again = shown(roster, found.wanted)
    again.keep_as(found)
    assert [item.photo_id for item in again] == [0, 2, 3, 4]
    roster.change(1, line(1, "1.jpg"))
    found.follow(1)
    assert [item.photo_id for item in found] == [0, 1, 2, 3, 4]


def test_what_waits_comes_as_it_is_shown() -> None:
    skipped, accepted = DecisionKind.SKIPPED, DecisionKind.ACCEPTED
    items = [line(1, "a"), line(2, "b", skipped), line(3, "c", accepted), line(4, "d")]
    since = replace(line(5, "e", accepted), edited_since=True)
    order = [item.photo_id for item in order_wanted([*items, since], 3)]
    assert order == [4, 1, 5, 2]


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_accents_are_found_however_they_are_written(form: str) -> None:
    name = unicodedata.normalize("NFD", "Müller/Nävus 10.jpg")
    roster = gathered([line(1, name)], 1)
    text = unicodedata.normalize("NFC" if form == "NFD" else "NFD", "MÜLLER näv")
    assert [item.photo_id for item in shown(roster, Wanted(text))] == [1]
    assert not shown(roster, Wanted("photos"))


def test_names_are_sorted_as_people_number_them() -> None:
    roster = gathered([line(n, f"IMG_{n}.jpg") for n in (10, 9, 100)], 3)
    assert [item.photo_id for item in shown(roster, Wanted(order=Order.NAME))] == [9, 10, 100]


def test_folders_are_offered_with_those_above_them() -> None:
    roster = gathered([line(1, "leg/left/1"), line(2, "arm/2"), line(3, "3")], 3)
    assert roster.choices(Facet.FOLDER) == [
        f"{FOLDER}/arm", f"{FOLDER}/leg", f"{FOLDER}/leg/left",
    ]  # fmt: skip
