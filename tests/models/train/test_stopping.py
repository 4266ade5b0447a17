"""The best epoch on dev is kept, and patience ends."""

from pathlib import Path

import pytest

from models.train.stopping import Entry, best_epoch, is_over, kinds_in, reached, read_log


def entry(epoch: int, *jaccards: float) -> dict[str, float]:
    kinds = {f"kind{number}": value for number, value in enumerate(jaccards)}
    return {"epoch": epoch, "loss": 1.0, "seconds": 2.0, "kind0_below_065": 0.9, **kinds}


def test_kinds_count_alike_and_nothing_else_does() -> None:
    assert kinds_in(entry(1, 0.5, 0.7)) == {"kind0": 0.5, "kind1": 0.7}
    assert reached(entry(1, 0.5, 0.7)) == pytest.approx(0.6)
    assert reached({"epoch": 1, "loss": 0.2}) is None


def test_the_first_of_the_best_epochs_is_the_best() -> None:
    entries: list[Entry] = [
        entry(0, 0.5),
        entry(1, 0.7),
        entry(2, 0.7),
        entry(3, 0.6),
        {"epoch": 4, "loss": 1},
    ]
    assert best_epoch(entries) == 1
    assert best_epoch([]) == -1
    assert [is_over(entries, epoch, 2) for epoch in (2, 3)] == [False, True]
    assert not is_over(entries, 99, 0)
    assert not is_over([], 3, 1)


def test_what_a_kill_cut_off_is_no_entry(tmp_path: Path) -> None:
    assert read_log(tmp_path) == []
    (tmp_path / "log.jsonl").write_text('{"epoch": 1, "kind": 0.5}\n{"epo')
    assert read_log(tmp_path) == [{"epoch": 1, "kind": 0.5}]
