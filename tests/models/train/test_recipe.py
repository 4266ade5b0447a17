import pytest

from models.train.recipe import Recipe


def test_the_rate_rises_shortly_and_falls_to_nothing() -> None:
    rates = [Recipe().rate(step / 100) for step in range(101)]
    top = rates.index(max(rates))
    assert top == 5
    assert max(rates) == pytest.approx(Recipe().peak_rate)
    assert rates[: top + 1] == sorted(rates[: top + 1])
    assert rates[top:] == sorted(rates[top:], reverse=True)
    assert rates[-1] == pytest.approx(0)


def test_the_rate_stays_level_until_its_tail_however_long_the_run_becomes() -> None:
    rates = [Recipe(tail=0.4).rate(step / 100) for step in range(101)]
    assert rates[5:61] == [Recipe().peak_rate] * 56
    assert rates[60:] == sorted(rates[60:], reverse=True)
    assert rates[80] == pytest.approx(Recipe().peak_rate / 2)
    assert rates[-1] == pytest.approx(0)


def test_one_kind_of_photo_can_train_alone() -> None:
    assert Recipe(kind="dermoscopy").where == {"split": "train", "kind": "dermoscopy"}
    assert Recipe().where == {"split": "train"}
