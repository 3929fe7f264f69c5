"""Namespace `/ui`: what our own page watches. A topic is watched by each page for itself; nobody else can switch it off."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, cast

import msgspec
import socketio

NAMESPACE: Final = "/ui"
WATCH: Final = "watch"
UNWATCH: Final = "unwatch"
SNAPSHOT: Final = "snapshot"
PATCH: Final = "patch"
REFUSED: Final = "refused"
FLUSH_S: Final = 0.1
MAX_TOPICS: Final = 32
"""As many as one page may watch at once."""
MAX_WAITING_PACKETS: Final = 200
"""A page that has so many unread gets no further patch until it reads; how many rows it missed is told then."""
LINGER_S: Final = 8.0
"""A topic is closed so long after the last page has gone: a reload does not close and open a miner's socket."""

log = logging.getLogger(__name__)


class Topic(msgspec.Struct, frozen=True):
    """A kind of topic, `kind` or `kind:name`: *opened* and *closed* hear of its first and last watcher by name.

    *opened* returns why there is no such name, or None.
    """

    opened: Callable[[str], str | None]
    closed: Callable[[str], None]
    snapshot: Callable[[str], Sequence[object]]


class _Watched:
    """One topic that somebody watches."""

    def __init__(self) -> None:
        self.pages: dict[str, int] = {}
        self.rows: list[object] = []
        self.seq = 0
        self.closes_s: float | None = None


class Live:
    """Snapshots, then patches with `seq`; what is published while nobody watches costs nothing."""

    def __init__(self, server: socketio.AsyncServer) -> None:
        self._server = server
        self._topics: dict[str, Topic] = {}
        self._watched: dict[str, _Watched] = {}
        self._task: asyncio.Task[None] | None = None
        self.each_tick: list[Callable[[], None]] = []
        for event, handler in ((WATCH, self._watch), (UNWATCH, self._unwatch), ("disconnect", self._gone)):
            server.on(event, handler, namespace=NAMESPACE)
        server.on("connect", _welcome, namespace=NAMESPACE)

    async def __aenter__(self) -> "Live":
        self._task = asyncio.create_task(self._run(), name="live topics")
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def offer(self, kind: str, topic: Topic) -> None:
        """Let pages watch topics of *kind*."""
        self._topics[kind] = topic

    def publish(self, topic: str, rows: Iterable[object]) -> None:
        """Tell those who watch *topic* of new *rows*."""
        watched = self._watched.get(topic)
        if watched is not None:
            watched.rows.extend(rows)

    def is_watched(self, topic: str) -> bool:
        """Return whether a page watches *topic*."""
        return topic in self._watched

    async def _watch(self, sid: str, asked: object = None, *_: object) -> None:
        for name in _names(asked):
            if sum(sid in watched.pages for watched in self._watched.values()) >= MAX_TOPICS:
                await self._say(sid, REFUSED, {"topic": name, "error": f"at most {MAX_TOPICS} topics a page"})
                return
            await self._join(sid, name)

    async def _join(self, sid: str, name: str) -> None:
        kind, _, rest = name.partition(":")
        topic = self._topics.get(kind)
        problem = "there is no such topic" if topic is None else self._open(topic, name, rest)
        if topic is None or problem is not None:
            await self._say(sid, REFUSED, {"topic": name[:100], "error": problem})
            return
        watched = self._watched[name]
        watched.pages.setdefault(sid, 0)
        await self._say(sid, SNAPSHOT, {"topic": name, "seq": watched.seq, "rows": topic.snapshot(rest)})

    def _open(self, topic: Topic, name: str, rest: str) -> str | None:
        if (watched := self._watched.get(name)) is not None:
            watched.closes_s = None
            return None
        problem = topic.opened(rest)
        if problem is None:
            self._watched[name] = _Watched()
        return problem

    async def _unwatch(self, sid: str, asked: object = None, *_: object) -> None:
        for name in _names(asked):
            if (watched := self._watched.get(name)) is not None:
                watched.pages.pop(sid, None)

    def _gone(self, sid: str, *_: object) -> None:
        for watched in self._watched.values():
            watched.pages.pop(sid, None)

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(FLUSH_S)
            try:
                for act in self.each_tick:
                    act()
                for name in list(self._watched):
                    await self._flush(name, self._watched[name])
            except Exception:  # one topic's trouble must not silence the others for good
                log.exception("live topics failed unexpectedly")

    async def _flush(self, name: str, watched: _Watched) -> None:
        if not watched.pages:
            self._close_later(name, watched)
        if not watched.rows:
            return
        rows, watched.rows = watched.rows, []
        watched.seq += 1
        for sid in list(watched.pages):
            if self._is_behind(sid):
                watched.pages[sid] += len(rows)
                continue
            missed, watched.pages[sid] = watched.pages[sid], 0
            await self._say(sid, PATCH, {"topic": name, "seq": watched.seq, "rows": rows, "missed": missed})

    def _close_later(self, name: str, watched: _Watched) -> None:
        now_s = asyncio.get_running_loop().time()
        if watched.closes_s is None:
            watched.closes_s = now_s + LINGER_S
        elif now_s >= watched.closes_s:
            del self._watched[name]
            kind, _, rest = name.partition(":")
            self._topics[kind].closed(rest)

    def _is_behind(self, sid: str) -> bool:
        socket = self._server.eio.sockets.get(self._server.manager.eio_sid_from_sid(sid, NAMESPACE))
        return socket is None or socket.queue.qsize() > MAX_WAITING_PACKETS

    async def _say(self, sid: str, event: str, payload: Mapping[str, object]) -> None:
        await self._server.emit(event, msgspec.to_builtins(payload), to=sid, namespace=NAMESPACE)


def _welcome(_sid: str, _environ: object, _auth: object = None) -> None:
    """Let every page in; the guard has judged the handshake before."""


def _names(asked: object) -> list[str]:
    topics = cast("dict[str, object]", asked).get("topics") if isinstance(asked, dict) else None
    return [topic for topic in cast("list[object]", topics) if isinstance(topic, str)] if isinstance(topics, list) else []
