"""The customer's pointer, told to the technician."""

import asyncio
import io
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from PIL import Image

from agent.capture.base import Box, Capture, CursorShape, Monitor, Picture
from agent.pointer import PointerSharing
from agent.protocol import control


class Hand(Capture):
    """A pointer that the test shapes and moves; there is no screen behind it."""

    def __init__(self) -> None:
        self.shape: CursorShape | None = solid(0xFF)
        self.place = (0, 0)

    def cursor(self) -> CursorShape | None:
        return self.shape

    def pointer(self) -> tuple[int, int]:
        return self.place

    def reshape(self, shape: CursorShape) -> None:
        self.shape = shape
        self.on_cursor()

    def move(self, x: int, y: int) -> None:
        self.place = (x, y)
        self.on_pointer()

    def attach(self, loop: asyncio.AbstractEventLoop) -> None: ...
    def detach(self) -> None: ...
    def take_damage(self) -> list[Box]:
        raise NotImplementedError

    def monitors(self) -> list[Monitor]:
        raise NotImplementedError

    def show(self, part: Box | None) -> None: ...
    def grab(self, boxes: list[Box]) -> Picture:
        raise NotImplementedError

    def reopen(self) -> Picture:
        raise NotImplementedError

    def partial(self) -> bool:
        return False

    def close(self) -> None: ...


def solid(value: int, side: int = 16, hot: int = 3) -> CursorShape:
    return CursorShape(bytes([value, 0, 0, 255]) * side * side, side, side, hot, hot)


class Technician:
    """Keeps what was told, and that all of it can be read."""

    def __init__(self) -> None:
        self.told: list[control.AgentControl] = []

    async def tell(self, message: control.AgentControl) -> None:
        assert control.parse_from_agent(control.dump(message)) == message
        self.told.append(message)

    @property
    def cursors(self) -> list[control.Cursor]:
        return [message for message in self.told if isinstance(message, control.Cursor)]

    @property
    def places(self) -> list[control.Pointer]:
        return [message for message in self.told if isinstance(message, control.Pointer)]


@asynccontextmanager
async def following(hand: Hand) -> AsyncIterator[tuple[PointerSharing, Technician]]:
    technician = Technician()
    sharing = PointerSharing(hand, technician.tell)
    task = asyncio.create_task(sharing.run())
    await asyncio.sleep(0.05)
    try:
        yield sharing, technician
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_a_shape_comes_with_its_picture_once_and_then_by_its_name() -> None:
    hand = Hand()
    async with following(hand) as (_sharing, technician):
        for value in (1, 2, 1):
            hand.reshape(solid(value))
            await asyncio.sleep(0.15)
        first, one, two, again = technician.cursors
        assert first.shape is not None
        assert one.shape is not None
        assert (one.shape.w, one.shape.h, one.shape.hot_x, one.shape.hot_y) == (16, 16, 3, 3)
        picture = Image.open(io.BytesIO(one.shape.png))
        assert picture.getcolors() == [(256, (1, 0, 0, 255))]
        assert two.id != one.id
        assert again == control.Cursor(one.id)


async def test_a_shape_that_stays_is_told_once() -> None:
    hand = Hand()
    async with following(hand) as (_sharing, technician):
        for _ in range(5):
            hand.on_cursor()
            await asyncio.sleep(0.11)
        assert len(technician.cursors) == 1


async def test_after_a_refresh_everything_is_told_anew() -> None:
    hand = Hand()
    async with following(hand) as (sharing, technician):
        before = technician.cursors[-1]
        await asyncio.sleep(0.1)
        sharing.refresh()
        await asyncio.sleep(0.15)
        assert technician.cursors == [before, before]


async def test_an_animated_pointer_does_not_fill_the_line_and_its_last_shape_is_told() -> None:
    hand = Hand()
    async with following(hand) as (_sharing, technician):
        for step in range(100):
            hand.reshape(solid(step))
            await asyncio.sleep(0.01)
        assert len(technician.cursors) <= 14
        await asyncio.sleep(0.15)
        picture = technician.cursors[-1].shape
        assert picture is not None
        assert Image.open(io.BytesIO(picture.png)).getpixel((0, 0)) == (99, 0, 0, 255)


@pytest.mark.parametrize(("width", "height"), [(300, 300), (2048, 17), (1, 999)])
async def test_a_large_shape_is_scaled_down_with_its_hot_spot(width: int, height: int) -> None:
    hand = Hand()
    hand.shape = CursorShape(
        bytes([9, 9, 9, 255]) * width * height, width, height, width - 1, height // 2
    )
    async with following(hand) as (_sharing, technician):
        shape = technician.cursors[0].shape
        assert shape is not None
        assert max(shape.w, shape.h) == 256
        assert shape.hot_x == shape.w - 1
        assert shape.hot_y == int(height // 2 * 256 / max(width, height))


async def test_a_shape_that_does_not_compress_is_scaled_down_until_it_fits() -> None:
    hand = Hand()
    noise = random.Random(7).randbytes(256 * 256 * 4)  # noqa: S311 (no secret)
    hand.shape = CursorShape(noise, 256, 256, 255, 0)
    async with following(hand) as (_sharing, technician):
        shape = technician.cursors[0].shape
        assert shape is not None
        assert len(shape.png) <= control.CURSOR_PNG_MAX
        assert shape.w in {64, 128}


async def test_a_pointer_of_which_nothing_is_to_be_seen_is_a_single_clear_pixel() -> None:
    hand = Hand()
    hand.shape = CursorShape(bytes(64 * 64 * 4), 64, 64, 5, 5)
    async with following(hand) as (_sharing, technician):
        shape = technician.cursors[0].shape
        assert shape is not None
        assert (shape.w, shape.h, shape.hot_x, shape.hot_y) == (1, 1, 0, 0)
        assert Image.open(io.BytesIO(shape.png)).getpixel((0, 0)) == (0, 0, 0, 0)


async def test_a_shape_that_is_not_known_is_not_told() -> None:
    hand = Hand()
    hand.shape = None
    async with following(hand) as (_sharing, technician):
        assert technician.cursors == []


async def test_only_the_customers_own_movements_are_told() -> None:
    hand = Hand()
    async with following(hand) as (sharing, technician):
        hand.move(10, 20)
        await asyncio.sleep(0.1)
        assert technician.places[-1] == control.Pointer(10, 20)
        count = len(technician.places)
        # The technician's hand: the pointer follows a little later.
        for x in range(0, 300, 10):
            sharing.placed(x, 50)
            hand.move(max(0, x - 20), 50)
            await asyncio.sleep(0.01)
        hand.move(290, 50)
        await asyncio.sleep(0.5)
        assert len(technician.places) == count
        hand.move(-3, 77)
        await asyncio.sleep(0.1)
        assert technician.places[count:] == [control.Pointer(0, 77)]


async def test_where_the_pointer_is_not_where_the_technician_wanted_it_is_told() -> None:
    hand = Hand()
    async with following(hand) as (sharing, technician):
        sharing.placed(5000, 5000)
        hand.move(1279, 799)
        await asyncio.sleep(0.5)
        assert technician.places[-1] == control.Pointer(1279, 799)


async def test_while_paused_nothing_is_told_and_then_what_is_new() -> None:
    hand = Hand()
    async with following(hand) as (sharing, technician):
        sharing.pause()
        told = len(technician.told)
        hand.move(7, 7)
        hand.reshape(solid(77))
        await asyncio.sleep(0.3)
        assert len(technician.told) == told
        sharing.resume()
        await asyncio.sleep(0.1)
        assert [type(message) for message in technician.told[told:]] == [
            control.Cursor,
            control.Pointer,
        ]
