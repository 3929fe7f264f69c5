"""The namespace `/ui`: who watches which topic, in which order patches are numbered, and what a slow reader gets instead."""

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Protocol, cast

import engineio.packet
import msgspec
import socketio

from pluto.events.room import Room
from pluto.model.json_value import JsonObject

NAMESPACE: Final = "/ui"
WATCH: Final = "watch"
UNWATCH: Final = "unwatch"
SNAPSHOT: Final = "snapshot"
PATCH: Final = "patch"
REFUSED: Final = "refused"

PATCH_EVERY_S: Final = 0.25
PACKETS_WAITING: Final = 8
"""A client for which more waits gets no patches until it has read all, and then a snapshot."""
PATCHES_KEPT: Final = 40
"""For clients that were away for ten seconds at most."""
TOPICS_A_CLIENT: Final = 32
CLOSE_LIMIT_S: Final = 1.0
TOPIC_CHARACTERS: Final = 100

log = logging.getLogger(__name__)


class Refused(Exception):
    """A topic that cannot be watched: *code* for programs, the text for people."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


class Rooms(Protocol):
    """Knows the topics."""

    def room(self, topic: str) -> Room:
        """Return a room for *topic*, to be opened; raises Refused."""
        ...


class _Topic:
    """A room that is watched, with its numbers and its last patches."""

    def __init__(self, name: str, room: Room, seq: int) -> None:
        self.name = name
        self.room = room
        self.seq = seq
        self.patches: deque[tuple[int, str]] = deque(maxlen=PATCHES_KEPT)
        self.is_open = asyncio.Event()
        self._snapshot: tuple[int, str] | None = None

    def snapshot(self, at_s: float) -> str:
        """Return everything as of the last patch, as a packet."""
        if self._snapshot is None or self._snapshot[0] != self.seq:
            self._snapshot = self.seq, self._packet(SNAPSHOT, at_s, self.room.snapshot())
        return self._snapshot[1]

    def patch(self, at_s: float) -> str | None:
        """Return what changed since the last patch as the next one, or None."""
        if not self.is_open.is_set() or (members := self.room.take()) is None:
            return None
        self.seq += 1
        text = self._packet(PATCH, at_s, members)
        self.patches.append((self.seq, text))
        return text

    def since(self, seq: int) -> list[str] | None:
        """Return the patches after *seq*, None where not all of them are here."""
        if seq == self.seq:
            return []
        missed = [text for number, text in self.patches if number > seq]
        return missed if 0 < len(missed) == self.seq - seq else None

    def _packet(self, event: str, at_s: float, members: JsonObject) -> str:
        head: JsonObject = {"topic": self.name, "seq": self.seq, "at": at_s}
        return packet(event, head | members)


class _Client:
    """One browser: the topics it watches, and which of them it has lost touch with."""

    def __init__(self) -> None:
        self.topics: set[str] = set()
        self.behind: set[str] = set()


class Live:
    """Tells those who watch: a topic nobody watches costs nothing, a watched one at most a patch every PATCH_EVERY_S."""

    def __init__(self, server: socketio.AsyncServer, rooms: Rooms, wall_s: Callable[[], float]) -> None:
        self._server = server
        self._rooms = rooms
        self._wall_s = wall_s
        self._clients: dict[str, _Client] = {}
        self._topics: dict[str, _Topic] = {}
        self._is_watched = asyncio.Event()
        self._sender: asyncio.Task[None] | None = None
        self.snapshots_instead = 0
        for event, heard in (
            ("connect", self._connect),
            ("disconnect", self._disconnect),
            (WATCH, self._watch),
            (UNWATCH, self._unwatch),
        ):
            server.on(event, heard, namespace=NAMESPACE)

    async def __aenter__(self) -> "Live":
        self._sender = asyncio.create_task(self._send(), name="live topics")
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._sender is not None:
            self._sender.cancel()
            await asyncio.gather(self._sender, return_exceptions=True)
        for topic in self._topics.values():
            topic.room.close()
        self._topics.clear()
        engine_sids = [self._server.manager.eio_sid_from_sid(sid, NAMESPACE) for sid in self._clients]
        with contextlib.suppress(TimeoutError):  # a client that does not read is cut off with its connection
            async with asyncio.timeout(CLOSE_LIMIT_S):
                await asyncio.gather(*map(self._server.eio.disconnect, engine_sids), return_exceptions=True)

    @property
    def clients(self) -> int:
        """Return how many browsers are connected to `/ui`."""
        return len(self._clients)

    @property
    def topics(self) -> int:
        """Return how many topics somebody watches."""
        return len(self._topics)

    # What clients say.

    def _connect(self, sid: str, _environ: Mapping[str, Any]) -> None:
        self._clients[sid] = _Client()

    def _disconnect(self, sid: str, _reason: object = None) -> None:
        client = self._clients.pop(sid, None)
        if client is not None:
            self._close_unwatched(client.topics)

    async def _watch(self, sid: str, wish: object = None, *_: object) -> None:
        since = _member(wish, "since")
        for name in _topics(wish):
            try:
                topic = await self._opened(sid, name)
            except Refused as error:
                self._put(sid, packet(REFUSED, {"topic": name, "code": error.code, "detail": str(error)}))
                continue
            if topic is not None:
                self._begin(sid, topic, _member(since, name))

    async def _unwatch(self, sid: str, wish: object = None, *_: object) -> None:
        client = self._clients.get(sid)
        if client is None:
            return
        names = client.topics.intersection(_topics(wish))
        client.topics -= names
        client.behind -= names
        self._close_unwatched(names)

    async def _opened(self, sid: str, name: str) -> _Topic | None:
        """Return the open topic that *sid* watches from now on; None when it left meanwhile. Raises Refused."""
        client = self._clients.get(sid)
        if client is None:
            return None
        if name not in client.topics and len(client.topics) >= TOPICS_A_CLIENT:
            raise Refused("too_many_topics", f"at most {TOPICS_A_CLIENT} topics a client")
        topic = self._topics.get(name)
        client.behind.discard(name)
        if topic is None:
            topic = self._topics[name] = _Topic(name, self._rooms.room(name), int(self._wall_s() * 1000))
            client.topics.add(name)
            await self._open(topic)
        client.topics.add(name)
        await topic.is_open.wait()
        self._is_watched.set()
        return topic if sid in self._clients and name in client.topics else None

    async def _open(self, topic: _Topic) -> None:
        try:
            await topic.room.open()
        except Exception:
            self._topics.pop(topic.name, None)
            raise
        finally:
            topic.is_open.set()

    def _begin(self, sid: str, topic: _Topic, since: object) -> None:
        missed = topic.since(since) if isinstance(since, int) else None
        texts = [topic.snapshot(self._wall_s())] if missed is None else missed
        if not all(self._put(sid, text) for text in texts):
            self._clients[sid].behind.add(topic.name)

    def _close_unwatched(self, names: set[str]) -> None:
        watched = {name for client in self._clients.values() for name in client.topics}
        for name in names - watched:
            topic = self._topics.pop(name, None)
            if topic is not None:
                topic.room.close()
        if not self._topics:
            self._is_watched.clear()

    # The way out.

    async def _send(self) -> None:
        while True:
            await self._is_watched.wait()
            for topic in list(self._topics.values()):
                try:
                    self._send_patch(topic)
                except Exception:  # one topic's trouble must not silence the others
                    log.exception("live topic failed", extra={"topic": topic.name})
            for sid, client in list(self._clients.items()):
                self._catch_up(sid, client)
            await asyncio.sleep(PATCH_EVERY_S)

    def _send_patch(self, topic: _Topic) -> None:
        text = topic.patch(self._wall_s())
        if text is None:
            return
        for sid, client in self._clients.items():
            if topic.name in client.topics and topic.name not in client.behind and not self._put(sid, text):
                client.behind.add(topic.name)

    def _catch_up(self, sid: str, client: _Client) -> None:
        for name in list(client.behind):
            topic = self._topics.get(name)
            if topic is None or not self._is_idle(sid):
                continue
            if self._put(sid, topic.snapshot(self._wall_s())):
                self.snapshots_instead += 1
                client.behind.discard(name)

    def _is_idle(self, sid: str) -> bool:
        socket = self._socket(sid)
        return socket is not None and bool(socket.queue.empty())

    def _put(self, sid: str, text: str) -> bool:
        """Hand *text* to the socket of a client that reads; return whether it was taken."""
        socket = self._socket(sid)
        if socket is None or socket.queue.qsize() >= PACKETS_WAITING:
            return False
        socket.queue.put_nowait(engineio.packet.Packet(engineio.packet.MESSAGE, data=text))
        return True

    def _socket(self, sid: str) -> Any:
        engine_sid = self._server.manager.eio_sid_from_sid(sid, NAMESPACE)
        return self._server.eio.sockets.get(engine_sid)


def packet(event: str, payload: JsonObject) -> str:
    """Return the Socket.IO packet of *event* in the namespace `/ui`."""
    return f'2{NAMESPACE},["{event}",{msgspec.json.encode(payload).decode()}]'


def _member(wish: object, name: str) -> object:
    return cast("dict[str, object]", wish).get(name) if isinstance(wish, dict) else None


def _topics(wish: object) -> Sequence[str]:
    topics = _member(wish, "topics")
    if not isinstance(topics, list):
        return ()
    names = (name[:TOPIC_CHARACTERS] for name in cast("list[object]", topics)[:TOPICS_A_CLIENT] if isinstance(name, str))
    return tuple(dict.fromkeys(names))
