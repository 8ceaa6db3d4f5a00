"""Where a picture is wrong."""

import numpy as np
from numpy.typing import NDArray

from bench.soak.rest import wrong_box


def picture() -> NDArray[np.uint8]:
    return np.zeros((20, 30, 3), np.uint8)


def test_one_wrong_pixel_is_found() -> None:
    shown = picture()
    shown[7, 11, 2] = 1
    assert wrong_box(shown, picture()) == (11, 7, 1, 1)


def test_the_box_holds_all_that_is_wrong() -> None:
    shown = picture()
    shown[3, 25] = shown[18, 2] = 255
    assert wrong_box(shown, picture()) == (2, 3, 24, 16)


def test_another_size_is_wrong_as_a_whole() -> None:
    assert wrong_box(picture()[:10], picture()) == (0, 0, 30, 20)


def test_the_same_picture_is_right() -> None:
    assert wrong_box(picture(), picture()) is None
