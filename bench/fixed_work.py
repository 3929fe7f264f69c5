"""What a fixed piece of work takes, counted instead of timed: `python -m bench.fixed_work [--time | --write]`.

Counted are the bytecodes that run and the calls into C, which are the same on every machine with the same Python; time is
not. The server is whole but for its sockets: a miner's answer is handed to its connection as the event loop would.
`bench/fixed_work.json` holds what was counted last (`--write`), `tests/trust/test_no_slower.py` fails where it is 5 % more.
"""

import asyncio
import gc
import heapq
import itertools
import json
import logging
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Any, Final, Self

import msgspec

from bench.contenders import registered
from bench.fast_fleet import info
from pluto.app import App
from pluto.events.live import packet
from pluto.events.room import TableRoom
from pluto.events.topics import FLEET
from pluto.metrics.exposition import gzipped
from pluto.model.columns import FLEET as COLUMNS
from pluto.settings import Settings

MINERS: Final = 100
KEPT: Final = Path(__file__).with_suffix(".json")
MORE: Final = 1.05
"""What may be added before somebody should look."""
PORT: Final = 80

Counts = Mapping[str, int]


class Clock:
    """Time that goes on when told."""

    def __init__(self) -> None:
        self._now_s = 1000.0
        self._calls: list[tuple[float, int, _Call]] = []
        self._order = itertools.count()

    def now_s(self) -> float:
        """Return the seconds so far."""
        return self._now_s

    def utc(self) -> datetime:
        """Return a wall time that goes with them."""
        return datetime.fromtimestamp(self.wall_s(), UTC)

    def wall_s(self) -> float:
        """Return the same as seconds since 1970."""
        return 1.8e9 + self._now_s

    def call_at(self, when_s: float, callback: Callable[[], None]) -> "_Call":
        """Make *callback* when time has come so far."""
        call = _Call(callback)
        heapq.heappush(self._calls, (when_s, next(self._order), call))
        return call

    def advance(self, seconds: float) -> None:
        """Go on, making every call that is due on the way."""
        end_s = self._now_s + seconds
        while self._calls and self._calls[0][0] <= end_s:
            due_s, _, call = heapq.heappop(self._calls)
            self._now_s = max(self._now_s, due_s)
            if call.callback is not None:
                call.callback()
        self._now_s = end_s


class _Call:
    def __init__(self, callback: Callable[[], None]) -> None:
        self.callback: Callable[[], None] | None = callback

    def cancel(self) -> None:
        self.callback = None


class Wire(asyncio.Transport):
    """The end of a connection to a miner: notes that it was asked."""

    def __init__(self, loop: "Loop", host: str, protocol: Any) -> None:
        super().__init__()
        self.host = host
        self.protocol = protocol
        self._loop = loop

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """Return a socket of which nothing but its number is asked."""
        return self if name == "socket" else default

    def fileno(self) -> int:
        """Return the number of a descriptor that may be kept."""
        return 10

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Be asked."""
        self._loop.asked.append(self)

    def abort(self) -> None:
        """End."""


class Loop(asyncio.SelectorEventLoop):
    """An event loop whose connections lead to miners that are not there."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[Wire] = []

    async def create_connection(self, protocol_factory: Any, host: Any = None, port: Any = None, **_: Any) -> Any:
        """Connect to the miner at *host*."""
        protocol = protocol_factory()
        wire = Wire(self, host, protocol)
        protocol.connection_made(wire)
        return wire, protocol


class Work(App):
    """A whole server, and pieces of work to have done."""

    def __init__(self, settings: Settings, clock: Clock, loop: Loop) -> None:
        super().__init__(settings, clock)
        self._time = clock
        self._loop = loop
        self._answers: dict[str, bytes] = {}

    async def __aenter__(self) -> Self:
        await super().__aenter__()
        for moment in range(65):  # until between two rounds, everybody connected and answered
            self._time.advance(0.1)
            await asyncio.sleep(0.001)
            for _ in range(5):  # a busy machine may be late with the first, and a connection takes several turns
                await asyncio.sleep(0)
            self.prepare(moment)
            self.poll()
        if not all(state.is_online for state in self.fleet.states.values()):
            raise RuntimeError("the miners did not answer: what is counted would be nothing")
        self.room = TableRoom(self._views.table(COLUMNS), self._views.macs)
        await self.room.open()
        await self._metrics.text()
        return self

    def prepare(self, second: int) -> None:
        """Let the miners that were asked have another answer ready."""
        for wire in self._loop.asked:
            body = info(int(wire.host.rpartition(".")[2]) - 1, second)
            self._answers[wire.host] = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body

    def poll(self) -> None:
        """Answer every miner that was asked: decode, state, totals, metrics, store, events, history."""
        asked, self._loop.asked = self._loop.asked, []
        for wire in asked:
            wire.protocol.data_received(self._answers[wire.host])

    def tick(self) -> None:
        """Ask every miner once."""
        self._time.advance(5.0)

    async def scrape(self) -> None:
        """Make the text of the metrics, and compress it."""
        await gzipped(await self._metrics.text())

    def patch(self) -> None:
        """Make one patch of the fleet for our page, in which every miner is another."""
        self.room.changed.update(dict.fromkeys(self._views.macs()))
        taken = self.room.take()
        packet("patch", {"topic": FLEET, "seq": 1, "at": 1.0, **(taken or {})})

    def store(self) -> None:
        """Make what is written of every miner; when the writing thread is done with it is nothing to count."""
        for record in self._store.in_order():
            record.to_json()


async def _all(measured: Callable[[str], Any], rounds: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        await registered(Path(folder), PORT, MINERS)
        settings = Settings(
            port=0, data_dir=folder, logs_dir=folder, dashboards_dir=f"{folder}/dashboards", auto_listen=True,
            discovery_networks=("127.50.0.0/30",), discovery_mdns=False,
        )  # fmt: skip
        loop = asyncio.get_running_loop()
        assert isinstance(loop, Loop)
        async with Work(settings, Clock(), loop) as work:
            gc.disable()
            for round_ in range(rounds):
                with measured("tick"):
                    work.tick()
                work.prepare(100 + round_)
                with measured("polls"):
                    work.poll()
                with measured("patch"):
                    work.patch()
                with measured("scrape"):
                    await work.scrape()
                with measured("store"):
                    work.store()


def counted() -> Counts:
    """Return the fewest of two counts, each taken in a process of its own with a fixed order of everything.

    A scrape tells of the process, too, whose threads and descriptors are not always the same.
    """
    command = [sys.executable, "-m", "bench.fixed_work", "--count"]
    root = Path(__file__).parents[1]
    environment = {**os.environ, "PYTHONHASHSEED": "0", "PYTHONPATH": f"{root / 'src'}:{root}"}
    said = [subprocess.run(command, check=True, capture_output=True, cwd=root, env=environment).stdout for _ in range(2)]
    one, other = [msgspec.json.decode(text, type=dict[str, int]) for text in said]
    return {name: min(count, other[name]) for name, count in one.items()}


def kept() -> Mapping[str, int]:
    """Return what was counted last with this Python, nothing where it was not."""
    by_python: Mapping[str, Mapping[str, int]] = json.loads(KEPT.read_text())
    return by_python.get(_python(), {})


def grown(before: Counts, now: Counts) -> list[str]:
    """Return a sentence for each piece of work that takes over MORE of what it took."""
    return [
        f"{name}: {now[name]:,} instead of {count:,}, {100 * now[name] / count - 100:+.1f} %"
        for name, count in before.items()
        if now[name] > count * MORE
    ]


def _count() -> Counts:
    counts: dict[str, int] = {}
    codes = calls = 0

    def trace(frame: FrameType, _event: str, _arg: Any) -> Any:
        frame.f_trace_opcodes = True
        frame.f_trace_lines = False
        return on_code

    def on_code(_frame: FrameType, event: str, _arg: Any) -> Any:
        nonlocal codes
        codes += event == "opcode"
        return on_code

    def profile(_frame: FrameType, event: str, _arg: Any) -> None:
        nonlocal calls
        calls += event == "c_call"

    @contextmanager
    def measured(name: str) -> Generator[None]:
        nonlocal codes, calls
        codes = calls = 0
        sys.settrace(trace)
        sys.setprofile(profile)
        try:
            yield
        finally:
            sys.setprofile(None)
            sys.settrace(None)
            counts[f"{name}, bytecodes"], counts[f"{name}, calls into C"] = codes, calls

    _run(measured, rounds=2)
    return counts


def _time() -> None:
    times: dict[str, list[float]] = {}

    @contextmanager
    def measured(name: str) -> Generator[None]:
        began_s = time.process_time() if name == "scrape" else time.thread_time()
        yield
        ended_s = time.process_time() if name == "scrape" else time.thread_time()
        times.setdefault(name, []).append(ended_s - began_s)

    _run(measured, rounds=200)
    for name, all_s in times.items():
        print(f"{name:8} {sorted(all_s)[len(all_s) // 2] / MINERS * 1e6:8.2f} us a miner")


def _run(measured: Callable[[str], Any], rounds: int) -> None:
    with asyncio.Runner(loop_factory=Loop) as runner:
        runner.run(_all(measured, rounds))


def _python() -> str:
    return f"{sys.version_info.major}.{sys.version_info.minor}"


def main() -> int:
    """Compare, or do as told; returns 1 where something takes more than it did."""
    logging.disable(logging.WARNING)
    if "--count" in sys.argv:
        print(json.dumps(_count()))
        return 0
    if "--time" in sys.argv:
        _time()
        return 0
    before, now = kept(), counted()
    for name, count in now.items():
        print(f"{name:28} {count:10,}   before {before.get(name, 0):10,}")
    if "--write" in sys.argv:
        by_python: dict[str, Counts] = json.loads(KEPT.read_text()) if KEPT.exists() else {}
        KEPT.write_text(json.dumps({**by_python, _python(): now}, indent=2) + "\n")
        return 0
    if not before:
        print(f"nothing was kept for Python {_python()}: --write keeps this")
        return 0
    slower = grown(before, now)
    print("\n".join(slower) or "no slower")
    return 1 if slower else 0


if __name__ == "__main__":
    sys.exit(main())
