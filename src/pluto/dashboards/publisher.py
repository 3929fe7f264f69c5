"""Which dashboards wait to be public and when each is tried next; while Grafana is away a single one asks for all."""

import asyncio
import heapq
import logging
from typing import Final, Self
from weakref import WeakValueDictionary

import msgspec

from pluto.clock import Clock
from pluto.dashboards.grafana import CALLS_AT_ONCE, Grafana, NotPublished
from pluto.model.json_value import JsonObject

SEEN_AFTER_S: Final = 2.0
"""So long Grafana gets to see a new file before it is asked about it."""
RETRY_S: Final = 5.0
OFTEN_FOR_S: Final = 60.0
SELDOM_S: Final = 60.0
PROBE_SELDOM_S: Final = 10.0
"""How far apart a Grafana that is away is asked, after the first minute: back to published takes 40 s at most (trust 12.3)."""

log = logging.getLogger(__name__)


class Waiting(msgspec.Struct):
    """A dashboard that is not known to be public: *since_s* is when it was first due, *gap_s* the pause after the last try."""

    since_s: float
    next_s: float
    gap_s: float = RETRY_S
    has_failed: bool = False


def next_gap_s(waited_s: float, gap_s: float, most_s: float) -> float:
    """Return the pause before the next try: RETRY_S during the first minute, then twice the last one up to *most_s*."""
    return RETRY_S if waited_s < OFTEN_FOR_S else min(gap_s * 2, most_s)


class Publisher:
    """Tries each waiting dashboard until it is public, at most CALLS_AT_ONCE at once; open within `async with`."""

    def __init__(self, grafana: Grafana, clock: Clock) -> None:
        self._grafana = grafana
        self._clock = clock
        self._waiting: dict[str, Waiting] = {}
        self._due: list[tuple[float, str]] = []
        self._tries: dict[str, asyncio.Task[str | None]] = {}
        self._one_at_a_time: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._probe: Waiting | None = None
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Begin to publish."""
        self._task = asyncio.create_task(self._run(), name="publish dashboards")
        return self

    async def __aexit__(self, *_: object) -> None:
        """End every try; who still waits is looked at again after the next start."""
        tasks: list[asyncio.Task[None] | asyncio.Task[str | None]] = [*self._tries.values()]
        if self._task is not None:
            tasks.append(self._task)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    @property
    def waiting(self) -> int:
        """Return how many dashboards are not known to be public yet."""
        return len(self._waiting)

    @property
    def trying(self) -> int:
        """Return how many dashboards are being tried now."""
        return len(self._tries)

    def publish(self, uid: str, *, is_new: bool) -> None:
        """Make the dashboard *uid* public in the background, at once or, for a new file, when Grafana may have seen it."""
        if uid not in self._waiting:
            due_s = self._clock.now_s() + (SEEN_AFTER_S if is_new else 0.0)
            self._put(uid, Waiting(due_s, due_s))
            self._wake.set()

    def forget(self, uid: str) -> None:
        """Try *uid* no more, and end a try that is under way."""
        self._waiting.pop(uid, None)
        if (task := self._tries.get(uid)) is not None:
            task.cancel()

    async def publish_now(self, uid: str) -> JsonObject:
        """Make the dashboard *uid* public, if it is not, in one try, and return its public record; raises NotPublished."""
        async with self._one_at_a_time.setdefault(uid, asyncio.Lock()):
            try:
                record = await self._grafana.publish(uid)
            finally:
                self._note_grafana()
        self._waiting.pop(uid, None)
        return record

    async def unpublish(self, uid: str) -> None:
        """End the public dashboard of *uid*; raises NotPublished where Grafana cannot be asked."""
        self.forget(uid)
        async with self._one_at_a_time.setdefault(uid, asyncio.Lock()):
            try:
                await self._grafana.unpublish(uid)
            finally:
                self._note_grafana()

    def _put(self, uid: str, waiting: Waiting) -> None:
        self._waiting[uid] = waiting
        heapq.heappush(self._due, (waiting.next_s, uid))

    async def _run(self) -> None:
        while True:
            while (uid := self._take()) is not None:
                self._begin(uid)
            await self._rest()

    def _take(self) -> str | None:
        """Return a dashboard that is due now, if there is a turn for it."""
        self._drop_stale()
        free = (1 if self._probe else CALLS_AT_ONCE) - len(self._tries)
        if free <= 0 or not self._due or self._next_s() > self._clock.now_s():
            return None
        return heapq.heappop(self._due)[1]

    def _next_s(self) -> float:
        return self._due[0][0] if self._probe is None else self._probe.next_s

    def _drop_stale(self) -> None:
        """Drop what was forgotten, published or put off since it was queued, and what is under way."""
        while self._due:
            due_s, uid = self._due[0]
            waiting = self._waiting.get(uid)
            if waiting is not None and waiting.next_s == due_s and uid not in self._tries:
                return
            heapq.heappop(self._due)

    async def _rest(self) -> None:
        """Wait until somebody is due, a try ends, or somebody new waits."""
        self._wake.clear()
        is_full = len(self._tries) >= (1 if self._probe else CALLS_AT_ONCE)
        timer = None if is_full or not self._due else self._clock.call_at(self._next_s(), self._wake.set)
        try:
            await self._wake.wait()
        finally:
            if timer is not None:
                timer.cancel()

    def _begin(self, uid: str) -> None:
        task = asyncio.create_task(self._try(uid), name=f"publish {uid}")
        self._tries[uid] = task
        task.add_done_callback(lambda ended: self._ended(uid, ended))

    async def _try(self, uid: str) -> str | None:
        """Return why the dashboard is not public after one try; None when it is."""
        try:
            await self.publish_now(uid)
        except NotPublished as error:
            return str(error)
        except Exception:  # a bug met by one dashboard must not stop the publishing of the others
            log.exception("publishing failed unexpectedly", extra={"uid": uid})
            return "a fault in Pluto, see its log"
        return None

    def _ended(self, uid: str, ended: asyncio.Task[str | None]) -> None:
        del self._tries[uid]
        self._wake.set()
        waiting = self._waiting.get(uid)
        if waiting is None:
            return  # published, or forgotten meanwhile
        if ended.cancelled():
            self._put(uid, waiting)  # forgotten and wanted again before the try had ended
        elif (why := ended.result()) is not None:
            self._put_off(uid, waiting, why)

    def _put_off(self, uid: str, waiting: Waiting, why: str) -> None:
        now_s = self._clock.now_s()
        if not waiting.has_failed and not self._grafana.is_failing:
            log.info("dashboard not published yet, trying on", extra={"uid": uid, "why": why})
        gap_s = next_gap_s(now_s - waiting.since_s, waiting.gap_s, SELDOM_S)
        self._put(uid, Waiting(waiting.since_s, now_s + gap_s, gap_s, has_failed=True))

    def _note_grafana(self) -> None:
        """Let a single dashboard ask while Grafana is away, and everybody at once when it is back."""
        now_s = self._clock.now_s()
        if not self._grafana.is_failing:
            if self._probe is not None:
                self._probe = None
                for uid, waiting in self._waiting.items():
                    self._put(uid, Waiting(now_s, now_s, has_failed=waiting.has_failed))
            return
        before = self._probe or Waiting(now_s, now_s)
        gap_s = next_gap_s(now_s - before.since_s, before.gap_s, PROBE_SELDOM_S)
        self._probe = Waiting(before.since_s, now_s + gap_s, gap_s)
