"""Whose turn it is: one at a time for each miner, few wait, different miners know nothing of each other."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Final

from pluto.errors import TooBusy
from pluto.model.miner import MacAddress

MAX_WAITING: Final = 4
RETRY_AFTER_S: Final = 15
"""About what one write takes when the miner is slow: question, write, read-back."""


class Turns:
    """First come, first served, a queue a miner; one that is empty leaves nothing behind."""

    def __init__(self) -> None:
        self._queues: dict[MacAddress, _Queue] = {}

    @asynccontextmanager
    async def of(self, mac: MacAddress) -> AsyncGenerator[None, None]:
        """Have the turn of *mac* inside the block; raises TooBusy at once when MAX_WAITING wait already."""
        queue = self._queues.setdefault(mac, _Queue())
        if queue.members > MAX_WAITING:
            raise TooBusy(f"{MAX_WAITING} changes are waiting for this miner already", RETRY_AFTER_S)
        queue.members += 1
        try:
            async with queue.turn:
                yield
        finally:
            queue.members -= 1
            if not queue.members:
                del self._queues[mac]


class _Queue:
    """*members* counts who has the turn and who waits."""

    def __init__(self) -> None:
        self.members = 0
        self.turn = asyncio.Lock()
