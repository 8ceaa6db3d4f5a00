"""Signals from the channel layer for a socket that stands."""

import asyncio
import logging
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

from channels.layers import get_channel_layer

logger = logging.getLogger(__name__)

# A signal may get lost, so what it would have said is looked up now and then, in seconds.
CHECK_EVERY = 30.0
# What happened between the admission and the subscription, in seconds.
FIRST_CHECK_AFTER = 1.0
# Redis gets so long to answer before the socket goes on without signals, in seconds.
SUBSCRIBE_WITHIN = 2.0
TRY_AGAIN_AFTER = 2.0


def must_stop() -> bool:
    """Whether the running task was cancelled.

    Asgiref swallows a cancellation that arrives during a call of the database.
    """
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


async def stop(tasks: Collection[asyncio.Task[None]]) -> None:
    """Cancel `tasks` and wait until they have ended.

    A cancellation may get lost in the layer's wait for Redis (Python 3.11's wait_for
    prefers a result that came at the same moment), so it is repeated.
    """
    running = set(tasks)
    while running:
        for task in running:
            task.cancel()
        _done, running = await asyncio.wait(running, timeout=0.2)


class Listener:
    """Hears signals beside other work."""

    async def on_signal(self, kind: str) -> None:
        """Do what the signal of that type asks for."""
        raise NotImplementedError

    async def check(self) -> None:
        """Look up what a lost signal would have said."""
        raise NotImplementedError

    @asynccontextmanager
    async def listening(self, groups: Sequence[str]) -> AsyncIterator[None]:
        """Listen to `groups` until the block ends."""
        subscribed = asyncio.Event()
        tasks = [asyncio.create_task(self._listen(groups, subscribed))]
        try:
            with suppress(TimeoutError):
                await asyncio.wait_for(subscribed.wait(), SUBSCRIBE_WITHIN)
            tasks.append(asyncio.create_task(self._check_now_and_then()))
            yield
        finally:
            await stop(tasks)

    async def _listen(self, groups: Sequence[str], subscribed: asyncio.Event) -> None:
        layer: Any = get_channel_layer()
        channel = await layer.new_channel()
        try:
            while not must_stop():
                try:
                    for group in groups:
                        await layer.group_add(group, channel)
                    subscribed.set()
                    while not must_stop():
                        message = await layer.receive(channel)
                        await self.on_signal(message["type"])
                except Exception:
                    logger.exception("No signals for a moment")
                    await asyncio.sleep(TRY_AGAIN_AFTER)
        finally:
            for group in groups:
                with suppress(Exception):
                    await layer.group_discard(group, channel)

    async def _check_now_and_then(self) -> None:
        pause = FIRST_CHECK_AFTER
        while not must_stop():
            await asyncio.sleep(pause)
            pause = CHECK_EVERY
            try:
                await self.check()
            except Exception:
                logger.exception("A check of an open socket failed")
