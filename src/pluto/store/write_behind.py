"""When what polls changed goes to disk: in batches, late, but never lost by a full disk or an orderly end."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, Self

from pluto.clock import Clock
from pluto.errors import PlutoError
from pluto.store.collection import SLICE

RETRY_S: Final = 5.0
"""A full disk is tried again this soon (trust 11.5)."""

log = logging.getLogger(__name__)


class WriteBehind:
    """Keys that changed in memory only; *write* stores those of them that still exist, every *every_s* and at the end."""

    def __init__(self, write: Callable[[Sequence[str]], Awaitable[None]], *, clock: Clock, every_s: float) -> None:
        self._write = write
        self._clock = clock
        self._every_s = every_s
        self._dirty: set[str] = set()
        self._failing = False
        self._task: asyncio.Task[None] | None = None

    @property
    def waiting(self) -> int:
        """Return how many keys are not on disk as they are in memory."""
        return len(self._dirty)

    def mark(self, key: str) -> None:
        """Note that *key* changed in memory."""
        self._dirty.add(key)

    def forget(self, key: str) -> None:
        """Note that *key* is on disk as it is in memory, or gone."""
        self._dirty.discard(key)

    async def __aenter__(self) -> Self:
        """Begin."""
        self._task = asyncio.create_task(self._run(), name="write behind")
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop, then write what is left."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
        await self.flush()

    async def flush(self) -> bool:
        """Write what is marked and return whether all of it is on disk; what is not stays marked."""
        waiting = list(self._dirty)
        try:
            for start in range(0, len(waiting), SLICE):
                await self._flush_slice(waiting[start : start + SLICE])
        except PlutoError as error:
            self._note(error)
        except Exception:  # a bug met by one record must not end the writing of the others for good
            log.exception("readings could not be written", extra={"records": len(self._dirty)})
        else:
            self._note(None)
            return True
        return False

    async def _run(self) -> None:
        wait_s = self._every_s
        while True:
            await self._pause(wait_s)
            wait_s = self._every_s if await self.flush() else min(RETRY_S, self._every_s)

    async def _pause(self, wait_s: float) -> None:
        over = asyncio.Event()
        timer = self._clock.call_at(self._clock.now_s() + wait_s, over.set)
        try:
            await over.wait()
        finally:
            timer.cancel()

    async def _flush_slice(self, keys: Sequence[str]) -> None:
        self._dirty.difference_update(keys)
        try:
            await self._write(keys)
        except BaseException:  # cancelled while waiting for its turn, too: nothing may get lost
            self._dirty.update(keys)
            raise

    def _note(self, error: PlutoError | None) -> None:
        if error is not None and not self._failing:
            log.warning("readings are kept in memory: %s", error, extra={"records": len(self._dirty)})
        if error is None and self._failing:
            log.info("readings are written again")
        self._failing = error is not None
