"""Takes note of changes while the server runs: at once in memory, on disk a moment later, without making anybody wait."""

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Mapping
from typing import Final, Self

from pluto.audit.entry import DONE, Entry
from pluto.audit.files import AuditFiles, Question
from pluto.clock import Clock

MOST_WAITING: Final = 10_000
BATCH: Final = 500
RETRY_S: Final = 5.0

log = logging.getLogger(__name__)


class Trail:
    """The audit log of a running server; `async with` writes until its end what `note` was told."""

    def __init__(self, files: AuditFiles, clock: Clock) -> None:
        self._files = files
        self._clock = clock
        self._waiting: deque[Entry] = deque()
        self._has_news, self._closing = asyncio.Event(), asyncio.Event()
        self._writing = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None
        self._is_failing = False
        self._last_id = 0
        self.lost = 0

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._run(), name="audit")
        return self

    async def __aexit__(self, *_: object) -> None:
        self._closing.set()
        self._has_news.set()
        if self._task is not None:
            await self._task

    def note(
        self,
        who: tuple[str, str],
        action: str,
        target: str = "",
        changes: Mapping[str, Mapping[str, object]] | None = None,
        result: str = DONE,
    ) -> None:
        """Take note of one change; *who* is the actor and the address. Returns at once."""
        at_s = self._clock.utc().timestamp()
        self._last_id = max(self._last_id + 1, int(at_s * 1000))
        if len(self._waiting) >= MOST_WAITING:
            self.lost += 1
            return
        actor, address = who
        self._waiting.append(
            Entry(self._last_id, round(at_s, 3), actor or address, address, action, target, changes or {}, result)
        )
        self._has_news.set()

    async def newest_first(self, question: Question) -> list[Entry]:
        """Return the entries that are meant, those that were just noted too."""
        await self._write()
        stored = await asyncio.to_thread(self._files.newest_first, question)
        unwritten = [entry for entry in reversed(self._waiting) if question.means(entry)]
        return [*unwritten, *stored][: question.limit]

    async def _run(self) -> None:
        while not self._closing.is_set() or self._waiting:
            await self._has_news.wait()
            self._has_news.clear()
            if await self._write():
                continue
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(RETRY_S):
                    await self._closing.wait()
                    return  # what could not be written until now is lost with the process
            self._has_news.set()

    async def _write(self) -> bool:
        """Write what waits, and return whether all of it is on disk."""
        async with self._writing:
            while self._waiting:
                batch = [self._waiting[place] for place in range(min(BATCH, len(self._waiting)))]
                try:
                    await asyncio.to_thread(self._files.append, batch)
                except OSError as error:
                    if not self._is_failing:
                        log.warning("audit log cannot be written", extra={"why": error.strerror, "waiting": len(self._waiting)})
                    self._is_failing = True
                    return False
                for _ in batch:
                    self._waiting.popleft()
            if self._is_failing:
                log.info("audit log is written again", extra={"lost": self.lost})
            self._is_failing = False
        return True
