import numpy as np
import pytest

from imaging.view.digits import HEIGHT, WIDTH, digits


def test_no_two_digits_look_alike() -> None:
    assert len({digits(number).tobytes() for number in range(10)}) == 10


@pytest.mark.parametrize(("number", "width"), [(0, WIDTH), (7, WIDTH), (10, 2 * WIDTH + 1)])
def test_a_number_is_its_digits_with_a_gap_between(number: int, width: int) -> None:
    drawn = digits(number)
    assert drawn.shape == (HEIGHT, width)
    for place, digit in enumerate(str(number)):
        start = place * (WIDTH + 1)
        assert np.array_equal(drawn[:, start : start + WIDTH], digits(int(digit)))
    assert not drawn[:, WIDTH : WIDTH + 1].any()
